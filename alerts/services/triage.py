"""What a member of the team does with an alert. Each action is one transaction under the patient's lock.

Raises NotAllowed (role, or not of the team), Conflict (somebody was first, or the state has moved on) and
DomainError with a code (a reason, disposition or note is missing; never snoozed).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alerts.lifecycle import ESCALATION_ROLES, Action, Refusal, resolve_refusal, snooze_refusal
from alerts.models import Alert, Episode, Notification
from alerts.selectors import ruleset_in_force
from alerts.services.paging import ANSWERED, MERGED, TELEPHONE, deadlines_set, hand_over, pages_write
from alerts.services.raising import patient_lock
from alerts.services.transitions import actor_of, event, move, refuse
from heartvoice.shared.live import publish_on_commit
from patients.models import User


@transaction.atomic
def alert_claim(*, alert: Alert, by: User, now: datetime | None = None) -> Alert:
    """The alert is this person's, and paging for it stops. Of two who try at once, one gets Conflict."""
    row, at = _locked(alert), now or timezone.now()
    fields = _take(row, Action.ACKNOWLEDGE, by, at, "acknowledged")
    return _saved(row, fields)


@transaction.atomic
def alert_start(*, alert: Alert, by: User, now: datetime | None = None) -> Alert:
    """Somebody works on it; claims it too if nobody has."""
    row, at = _locked(alert), now or timezone.now()
    return _saved(row, _take(row, Action.START, by, at, "started"))


@transaction.atomic
def alert_contact_record(*, alert: Alert, by: User, now: datetime | None = None) -> Alert:
    """A person has reached the patient about this alert."""
    row, at = _locked(alert), now or timezone.now()
    fields = _take(row, Action.CONTACT, by, at, "patient_reached")
    row.contacted_at = row.contacted_at or at
    return _saved(row, [*fields, "contacted_at"])


@transaction.atomic
def alert_take_over(*, alert: Alert, by: User, reason: str = "", now: datetime | None = None) -> Alert:
    """A lead has it instead of its owner."""
    row, at = _locked(alert), now or timezone.now()
    return _saved(row, _take(row, Action.TAKE_OVER, by, at, "taken_over", reason=reason))


@transaction.atomic
def alert_release(*, alert: Alert, by: User, reason: str = "", now: datetime | None = None) -> Alert:
    """Nobody has it any more: its clocks start again and the person on call is told."""
    row, at = _locked(alert), now or timezone.now()
    fields = _changed(row, Action.RELEASE, by, at, "released", reason=reason)
    row.acknowledged_at = None
    return _page_again(row, [*fields, "acknowledged_at"], at)


@transaction.atomic
def alert_snooze(
    *, alert: Alert, by: User, until: datetime, reason: str, now: datetime | None = None
) -> Alert:
    """It sleeps until then, or until new evidence. Low and medium only, a day at most."""
    row, at = _locked(alert), now or timezone.now()
    longest_h = ruleset_in_force()["snooze_longest_h"]
    fields = _changed(row, Action.SNOOZE, by, at, "snoozed", reason=reason, until=until.isoformat())
    _check(snooze_refusal(until, at, longest_h=longest_h, reason=reason))
    row.snoozed_until = until
    row.acknowledged_at = row.acknowledged_at or at
    _stop_pages(row, at)
    return _saved(row, [*fields, "snoozed_until", "acknowledged_at"])


@transaction.atomic
def alert_escalate(
    *, alert: Alert, by: User, to_role: str, reason: str, now: datetime | None = None
) -> Alert:
    """The people in that role are paged and may claim it. Raises Conflict when it is with that role already."""
    row, at = _locked(alert), now or timezone.now()
    is_there = row.state == Alert.State.ESCALATED and row.escalated_to == to_role
    fields = _changed(row, Action.ESCALATE, by, at, "escalated", reason=reason, to_role=to_role)
    if to_role not in ESCALATION_ROLES:
        _check(Refusal("unknown_role", "escalate to one of the roles on the roster"))
    if not reason.strip():
        _check(Refusal("reason_missing", "an escalation needs a reason"))
    if is_there:
        _check(Refusal("already_escalated", f"the alert is with the role {to_role} already"))
    row.escalated_to, row.acknowledged_at = to_role, None
    _stop_pages(row, at)
    return _page_again(row, [*fields, "escalated_to", "acknowledged_at"], at)


@transaction.atomic
def alert_resolve(
    *,
    alert: Alert,
    by: User,
    disposition: str,
    note: str,
    false_alarm_reason: str = "",
    now: datetime | None = None,
) -> Alert:
    """Closed, with what came of it. The episode closes with its last open alert."""
    row, at = _locked(alert), now or timezone.now()
    fields = _changed(row, Action.RESOLVE, by, at, "resolved", disposition=disposition, note=note)
    if disposition not in ("", *Alert.Disposition.values):
        _check(Refusal("unknown_disposition", "choose one of the outcomes"))
    if false_alarm_reason not in ("", *Alert.FalseAlarm.values):
        _check(Refusal("unknown_reason", "choose one of the reasons"))
    _check(resolve_refusal(disposition, note, false_alarm_reason))
    row.resolved_at, row.disposition, row.resolution_note = at, disposition, note.strip()
    row.false_alarm_reason, row.snoozed_until = false_alarm_reason, None
    _stop_pages(row, at)
    saved = _saved(
        row, [*fields, "resolved_at", "disposition", "resolution_note", "false_alarm_reason", "snoozed_until"]
    )
    if not Alert.objects.filter(episode_id=row.episode_id).open().exists():
        Episode.objects.filter(pk=row.episode_id, closed_at__isnull=True).update(closed_at=at)
    return saved


@transaction.atomic
def alert_reopen(*, alert: Alert, by: User, reason: str, now: datetime | None = None) -> Alert:
    """Open again, unowned, with its clocks started anew."""
    row, at = _locked(alert), now or timezone.now()
    fields = _changed(row, Action.REOPEN, by, at, "reopened", reason=reason)
    if not reason.strip():
        _check(Refusal("reason_missing", "say why it is opened again"))
    row.resolved_at = row.acknowledged_at = None
    row.disposition = row.false_alarm_reason = row.escalated_to = ""
    others = Episode.objects.filter(patient_id=row.patient_id, closed_at__isnull=True)
    if not others.exists():
        Episode.objects.filter(pk=row.episode_id).update(closed_at=None)
    cleared = ["resolved_at", "acknowledged_at", "disposition", "false_alarm_reason", "escalated_to"]
    return _page_again(row, [*fields, *cleared], at)


@transaction.atomic
def alert_note_add(*, alert: Alert, by: User, text: str, now: datetime | None = None) -> Alert:
    """A line on the alert's timeline, in whatever state it is."""
    row, at = _locked(alert), now or timezone.now()
    if not text.strip():
        _check(Refusal("note_missing", "a note needs text"))
    _changed(row, Action.NOTE, by, at, "note", text=text.strip())
    return _saved(row, [])


def _locked(alert: Alert) -> Alert:
    """The alert as it is now. The patient's lock orders every change of the patient's alerts."""
    patient = patient_lock(alert.patient)
    row = Alert.objects.get(pk=alert.pk)
    row.patient = patient
    return row


def _changed(row: Alert, action: Action, by: User, at: datetime, kind: str, **data: Any) -> list[str]:
    before = row.state
    fields = move(row, action, actor_of(by, row))
    event(
        row, kind, at=at, by=by, from_state=before, **{name: value for name, value in data.items() if value}
    )
    return fields


def _take(row: Alert, action: Action, by: User, at: datetime, kind: str, **data: Any) -> list[str]:
    """An action that makes somebody the owner: acknowledged now, if it was not."""
    fields = _changed(row, action, by, at, kind, **data)
    row.acknowledged_at = row.acknowledged_at or at
    row.snoozed_until = None
    _stop_pages(row, at)
    return [*fields, "acknowledged_at", "snoozed_until"]


def _stop_pages(row: Alert, at: datetime) -> None:
    """Nobody is told any more what somebody already has in hand. Pages that were left out for these now leave."""
    waiting = Notification.objects.filter(alert=row, state=Notification.State.PENDING)
    unsent = list(waiting.filter(channel__in=TELEPHONE).values_list("recipient_id", "channel"))
    waiting.update(state=Notification.State.CANCELLED)
    left_out = [
        page
        for page in Notification.objects.filter(
            alert__episode_id=row.episode_id, state=Notification.State.CANCELLED, error_code=MERGED
        )
        .exclude(alert=row)
        .exclude(alert__state__in=ANSWERED)
        if (page.recipient_id, page.channel) in unsent
    ]
    Notification.objects.filter(pk__in=[page.pk for page in left_out]).update(
        state=Notification.State.PENDING, error_code="", next_attempt_at=at
    )
    hand_over(left_out)


def _page_again(row: Alert, fields: list[str], at: datetime) -> Alert:
    rules = ruleset_in_force()
    fields = [*fields, *deadlines_set(row, row.patient.care_team, rules, at)]
    saved = _saved(row, fields)
    pages_write(row, row.patient.care_team, rules, at)
    return saved


def _saved(row: Alert, fields: list[str]) -> Alert:
    if fields:
        row.save(update_fields=list(dict.fromkeys(fields)))
    publish_on_commit(
        "alerts",
        team_id=row.patient.care_team_id,
        alert=row.pk,
        patient=row.patient_id,
        episode=row.episode_id,
    )
    return row


def _check(refusal: Refusal | None) -> None:
    if refusal is not None:
        refuse(refusal)
