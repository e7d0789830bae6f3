"""From a button on the page to the one service that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts import lifecycle, services
from alerts.lifecycle import Action
from alerts.models import Alert
from alerts.services.raising import patient_lock
from alerts.severity import AlertType, Severity
from heartvoice.dashboard.staff import Staff
from heartvoice.shared.errors import Conflict
from patients.models import User

# In the order of the page: the next step first, then what puts the alert elsewhere.
SHOWN = (
    Action.ACKNOWLEDGE,
    Action.START,
    Action.CONTACT,
    Action.RESOLVE,
    Action.TAKE_OVER,
    Action.SNOOZE,
    Action.ESCALATE,
    Action.RELEASE,
    Action.REOPEN,
    Action.NOTE,
)

PUTS_AWAY = frozenset({Action.RESOLVE, Action.SNOOZE})
NEXT = frozenset({Action.ACKNOWLEDGE, Action.START, Action.CONTACT, Action.RESOLVE})

# Waking and worsening are the system's own: no page may ask for them.
SERVICES: Mapping[Action, Callable[..., Alert]] = {
    Action.ACKNOWLEDGE: services.alert_claim,
    Action.START: services.alert_start,
    Action.CONTACT: services.alert_contact_record,
    Action.RESOLVE: services.alert_resolve,
    Action.TAKE_OVER: services.alert_take_over,
    Action.SNOOZE: services.alert_snooze,
    Action.ESCALATE: services.alert_escalate,
    Action.RELEASE: services.alert_release,
    Action.REOPEN: services.alert_reopen,
    Action.NOTE: services.alert_note_add,
}

DONE: Mapping[Action, Any] = {
    Action.ACKNOWLEDGE: _("Claimed. It is yours, and paging for it has stopped."),
    Action.START: _("Started."),
    Action.CONTACT: _("Recorded: the patient was reached."),
    Action.RESOLVE: _("Resolved."),
    Action.TAKE_OVER: _("Taken over."),
    Action.SNOOZE: _("Snoozed. It wakes by itself, or when something new comes in."),
    Action.ESCALATE: _("Escalated."),
    Action.RELEASE: _("Given back to the team."),
    Action.REOPEN: _("Opened again."),
    Action.NOTE: _("The note is on the alert."),
}


def offered(alert: Alert, staff: Staff) -> list[Action]:
    """What this person may do with the alert now, in the order of the page."""
    role = staff.roles.get(alert.patient.care_team_id)
    if role is None:
        return []
    now = lifecycle.Situation(
        state=lifecycle.State(alert.state),
        severity=Severity(alert.severity),
        alert_type=AlertType(alert.alert_type),
        owner_id=alert.owner_id,
    )
    possible = lifecycle.allowed(now, lifecycle.Actor(staff.user_id, lifecycle.Role(role)))
    shown = [action for action in SHOWN if action in possible]
    done = {Action.START} if alert.state == "in_progress" else set()
    if alert.contacted_at is not None:
        done.add(Action.CONTACT)
    return [action for action in shown if action not in done]


def next_step(actions: list[Action]) -> Action | None:
    """The action of the prominent button: what usually comes next, if this person may do it."""
    return next((action for action in actions if action in NEXT), None)


def seen_mark(alert: Alert) -> str:
    """What a form says that its reader had seen: how bad it was, and how often it had been reported."""
    return f"{alert.severity}-{alert.occurrences}"


@transaction.atomic
def carry_out(
    action: Action, *, alert: Alert, user: User, details: Mapping[str, Any], seen: str = ""
) -> None:
    """Does it, or raises a DomainError that says why not.

    `seen`: the mark of the form. What puts an alert away is refused when something came in that the form did not show.
    """
    if seen and action in PUTS_AWAY:
        patient_lock(
            alert.patient
        )  # in the order of the services: nothing comes in between the look and the step
        now = Alert.objects.visible_to(user).only("severity", "occurrences").get(pk=alert.pk)
        if seen != seen_mark(now):
            raise Conflict("new evidence", code="changed_since")
    SERVICES[action](alert=alert, by=user, **details)
