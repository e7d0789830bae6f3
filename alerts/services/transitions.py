"""The state machine of alerts.lifecycle applied to a row. Who may is decided there, not here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from alerts.lifecycle import Action, Actor, Refusal, Role, Situation, State, step
from alerts.models import Alert, AlertEvent
from alerts.severity import AlertType, Severity
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed
from patients.models import Membership, User

CONFLICTS = {"already_claimed", "already_escalated", "owned_by_other", "wrong_state"}


def actor_of(user: User, alert: Alert) -> Actor:
    """The user's role in the patient's care team. Raises NotAllowed for anybody outside it."""
    role = (
        Membership.objects.filter(user=user, team_id=alert.patient.care_team_id)
        .values_list("role", flat=True)
        .first()
    )
    if role is None or not user.is_active:
        raise NotAllowed("not a member of the patient's care team")
    return Actor(user.pk, Role(role))


def situation_of(alert: Alert) -> Situation:
    return Situation(
        State(alert.state), Severity(alert.severity), AlertType(alert.alert_type), alert.owner_id
    )


def move(alert: Alert, action: Action, actor: Actor) -> list[str]:
    """Change state and owner of the row in memory; the fields to save. Raises Conflict or NotAllowed."""
    result = step(situation_of(alert), action, actor)
    if isinstance(result, Refusal):
        refuse(result)
    alert.state, alert.owner_id = result.state, result.owner_id
    return ["state", "owner"]


def refuse(refusal: Refusal) -> NoReturn:
    """Raise the refusal as the error that callers translate."""
    if refusal.code == "not_allowed":
        raise NotAllowed(refusal.why)
    if refusal.code in CONFLICTS:
        raise Conflict(refusal.why, code=refusal.code)
    raise DomainError(refusal.why, code=refusal.code)


def event(
    alert: Alert, kind: str, *, at: datetime, by: User | None = None, from_state: str = "", **data: Any
) -> AlertEvent:
    """One line of the timeline. `data` is protected: notes and reasons belong there. ValueError for an unknown kind."""
    return AlertEvent.objects.create(
        alert=alert,
        at=at,
        actor=by,
        kind=AlertEvent.Kind(kind),
        from_state=from_state,
        to_state=alert.state,
        data=data,
    )
