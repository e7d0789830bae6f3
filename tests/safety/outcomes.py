"""Reads what a simulated call left behind: from the tables, and from the telephone stand-in's list of messages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from alerts.models import Alert, CallFlag, CareTask, Notification
from calls.models import Call, CallSchedule, FollowUp, ToolCall, Turn
from heartvoice.demo.phone.exchange import Exchange
from patients.models import Consent, Patient, PatientRecord
from tests.safety.expectations import AlertSeen, CallSeen, Outcome, PageSeen, ToolSeen
from tests.safety.people import Enrolled
from tests.safety.watch import Watch

SCRIPT = "script:"
CLAIM = "alert_committed"
ANSWERS = (
    "shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "mood_assessment", "quality_of_life",
    "missed_doses_week", "weight_change_lb", "weight_lb", "heart_rate_bpm", "spo2_percent",
)  # fmt: skip


def outcome_of(
    enrolled: Enrolled, exchange: Exchange, watch: Watch, *, critical_at: float | None, trouble: str
) -> Outcome:
    """Everything of one patient, as of now."""
    patient = Patient.objects.get(pk=enrolled.patient_id)
    calls = list(_calls(enrolled).order_by("planned_for", "created_at"))
    today = [call for call in calls if call.state != Call.State.PLANNED]
    first = today[0] if today else None
    committed, paged = _commits(watch, str(patient.pk), critical_at)
    return Outcome(
        calls=tuple(_call(call, first) for call in today),
        alerts=tuple(_alert(alert, enrolled, critical_at) for alert in Alert.objects.filter(patient=patient)),
        flags=frozenset(CallFlag.objects.filter(patient=patient).values_list("flag", flat=True)),
        record=_record(today),
        consents=frozenset(
            Consent.objects.filter(patient=patient, revoked_at__isnull=True).values_list("scope", flat=True)
        ),
        tasks=tuple(CareTask.objects.filter(patient=patient).values_list("kind", flat=True)),
        follow_ups=tuple(FollowUp.objects.filter(patient=patient).values_list("urgency", flat=True)),
        tools=tuple(
            ToolSeen(tool.name, tool.is_ok, tool.error_code)
            for tool in ToolCall.objects.filter(call__in=today).order_by("pk")
        ),
        scripts=tuple(_scripts(today)),
        next_call=_next_call(patient, calls),
        alert_committed_after_s=committed,
        pages_committed_after_s=paged,
        claimed_after_s=_claimed(first),
        texts=_texts(exchange, enrolled),
        secrets=(patient.first_name, patient.last_name, patient.phone, str(patient.date_of_birth)),
        played=not trouble,
        trouble=trouble,
    )


def is_at_rest(enrolled: Enrolled) -> bool:
    """Nothing that the calls of this patient started is still under way."""
    patient = enrolled.patient_id
    live = Call.objects.filter(patient_id=patient, state__in=Call.LIVE_STATES).exists()
    waiting = (Notification.State.PENDING, Notification.State.SENDING)
    return not live and not Notification.objects.filter(alert__patient_id=patient, state__in=waiting).exists()


def has_ended(enrolled: Enrolled) -> bool:
    """The patient was called, or called in, and that call is over."""
    first = _calls(enrolled).exclude(state=Call.State.PLANNED).order_by("planned_for").first()
    return first is not None and first.state in Call.END_STATES


def _calls(enrolled: Enrolled) -> QuerySet[Call]:
    """The calls since the enrolment; what was before is invented history."""
    return Call.objects.filter(patient_id=enrolled.patient_id, planned_for__gte=enrolled.since)


def _call(call: Call, first: Call | None) -> CallSeen:
    after = 0.0
    if first is not None and first.ended_at is not None and call.pk != first.pk:
        after = max(0.0, (call.planned_for - first.ended_at).total_seconds())
    return CallSeen(
        state=call.state,
        has_ended=call.state in Call.END_STATES,
        end_reason=call.end_reason,
        identity=call.identity_result,
        answer_type=call.answer_type,
        purpose=call.purpose,
        completed=call.is_completed,
        after_s=after,
    )


def _alert(alert: Alert, enrolled: Enrolled, critical_at: float | None) -> AlertSeen:
    pages = (_page(row, enrolled, critical_at) for row in alert.notifications.order_by("created_at"))
    return AlertSeen(alert.severity, alert.alert_type, alert.rule_id, alert.flag, alert.source, tuple(pages))


def _page(row: Notification, enrolled: Enrolled, critical_at: float | None) -> PageSeen:
    sent = None
    if row.sent_at is not None and critical_at is not None:
        sent = row.sent_at.timestamp() - critical_at
    return PageSeen(
        channel=row.channel,
        state=row.state,
        purpose=row.purpose,
        to_on_call=row.recipient_id == enrolled.nurse_id,
        error=row.error_code,
        sent_after_s=sent,
    )


def _record(calls: list[Call]) -> dict[str, Any] | None:
    record = PatientRecord.objects.filter(call__in=calls).first()
    if record is None:
        return None
    values = {name: getattr(record, name) for name in ANSWERS}
    return {name: float(value) if name.startswith("weight") and value is not None else value
            for name, value in values.items()}  # fmt: skip


def _scripts(calls: list[Call]) -> list[str]:
    turns = Turn.objects.filter(call__in=calls, item_id__startswith=SCRIPT).order_by("start_ms")
    return [turn.item_id.split(":")[1] for turn in turns]


def _claimed(call: Call | None) -> float | None:
    """When the engine began to claim that the team knows, in seconds after the words that it was about."""
    if call is None:
        return None
    claim = (
        Turn.objects.filter(call=call, item_id__startswith=f"{SCRIPT}{CLAIM}").order_by("start_ms").first()
    )
    flagged = [turn for turn in Turn.objects.filter(call=call, speaker="patient") if turn.flags]
    if claim is None or not flagged:
        return None
    return (claim.start_ms - min(turn.end_ms for turn in flagged)) / 1000


def _next_call(patient: Patient, calls: list[Call]) -> str:
    if any(call.state == Call.State.PLANNED for call in calls):
        return "planned"
    schedule = CallSchedule.objects.get(patient=patient)
    return schedule.why_not_next or "none"


def _commits(watch: Watch, patient_id: str, since: float | None) -> tuple[float | None, float | None]:
    """Seconds from the critical words to the commit of the alert, and of its outbox rows."""
    if since is None:
        return None, None
    alert = watch.critical_alert(patient_id, since)
    if alert is None:
        return None, None
    page = watch.page(alert.told["id"], since)
    return alert.at - since, None if page is None else page.at - since


def _texts(exchange: Exchange, enrolled: Enrolled) -> tuple[str, ...]:
    ours = {enrolled.phone, enrolled.contact, *enrolled.staff}
    return tuple(message.body for message in exchange.messages if message.to in ours)
