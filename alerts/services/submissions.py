"""What a call, the scheduler and the voice analysis report: stored and judged in the same transaction.

Either the report and everything that follows from it are committed, or nothing is. All are safe to repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from alerts.facts import Circumstances, facts_for, with_known_alerts
from alerts.models import Alert, CallFlag
from alerts.rules import Finding, Judgement, judge
from alerts.rules.facts import CallEvents, Doubt, Evidence, MissedContact, VoiceCall
from alerts.selectors import rules_for, ruleset_in_force
from alerts.services.raising import Origin, alert_raise, findings_raise, patient_lock
from alerts.severity import AlertType, Severity, at_least
from patients.models import Patient, PatientRecord

MODEL_VERSION = "model"


class Hit(Protocol):
    """A flag as the phrase scanner reports it (alerts.phrases.model.FlagHit)."""

    @property
    def flag(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def alert_type(self) -> str: ...
    @property
    def rule_id(self) -> str: ...
    @property
    def max_age_h(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """Where in the call something was said. `utterance` is the whole sentence; `at_ms` from the stream's start."""

    utterance: str = ""
    at_ms: int | None = None


@transaction.atomic
def flags_submit(
    *,
    patient: Patient,
    call: Any,
    hits: Iterable[Hit],
    heard: Heard | None = None,
    now: datetime | None = None,
) -> list[Alert]:
    """The flags are stored and judged together with all others of this call. Idempotent per (call, flag).

    A flag heard again with a higher severity is raised; with the same or a lower one nothing happens.
    Returns the alerts that the call's flags and answers stand behind, new or not.
    """
    wanted = [hit for hit in hits if hit.severity != "none"]
    if not wanted:
        return []
    patient, heard = _locked(patient, call), heard or Heard()
    now = now or timezone.now()
    for hit in wanted:
        _keep(patient, call, hit, heard, now)
    return _judge(patient, call, now, Alert.Source.RULE)


def _locked(patient: Patient, call: Any) -> Patient:
    """The call's row, then the patient's: always in this order, so that two reports of a call cannot block each other."""
    if call is not None:
        type(call).objects.select_for_update(no_key=True, of=("self",)).get(pk=call.pk)
    return patient_lock(patient)


def _keep(patient: Patient, call: Any, hit: Hit, heard: Heard, now: datetime) -> None:
    """Store a hit, unless the same flag was heard at least as severe before."""
    known = CallFlag.objects.filter(call=call, flag=hit.flag).first()
    if known is not None and Severity(hit.severity).rank <= Severity(known.severity).rank:
        return
    row = known or CallFlag(patient=patient, call=call, flag=hit.flag)
    row.severity, row.alert_type = Severity(hit.severity), AlertType(hit.alert_type)
    row.rule_id, row.hours_ago = hit.rule_id, hit.max_age_h
    row.utterance, row.at_ms, row.heard_at = heard.utterance, heard.at_ms, now
    row.save()


# The answers a check-in may give: PatientRecord's own columns.
ANSWERS = frozenset(
    {
        "shortness_of_breath",
        "swelling",
        "fatigue",
        "sleep_difficulty",
        "quality_of_life",
        "mood_assessment",
        "weight_change_lb",
        "weight_lb",
        "heart_rate_bpm",
        "systolic_mmhg",
        "spo2_percent",
        "takes_ace_inhibitor",
        "takes_beta_blocker",
        "takes_diuretic",
        "missed_doses_week",
        "notes",
    }
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The stored record, and the alerts its answers raised or belong to."""

    record: PatientRecord
    alerts: list[Alert]


@transaction.atomic
def answers_submit(
    *,
    patient: Patient,
    call: Any,
    answers: dict[str, Any],
    is_identity_verified: bool = True,
    confirmed_weight: bool = False,
    now: datetime | None = None,
) -> Submitted:
    """One check-in's answers, added to its record and judged in the same commit.

    `answers` are columns of PatientRecord; what is not given, or is None, stays as it was. A later answer
    replaces an earlier one in the record, but never takes an alert back. Raises ValueError for an unknown name.
    """
    if unknown := set(answers) - ANSWERS:
        raise ValueError(f"unknown answers: {', '.join(sorted(unknown))}")
    patient = _locked(patient, call)
    now = now or timezone.now()
    record = PatientRecord.objects.filter(call=call).first() if call is not None else None
    record = record or PatientRecord(patient=patient, call=call, recorded_at=now)
    record.is_identity_verified = record.is_identity_verified or is_identity_verified
    for name, value in answers.items():
        if value is not None:
            setattr(record, name, value)
    record.save()
    beside = Circumstances(confirmed_weight=confirmed_weight)
    return Submitted(record, _judge(patient, call, now, Alert.Source.RULE, beside))


@transaction.atomic
def doubts_submit(
    *, patient: Patient, call: Any, doubts: Sequence[Doubt], now: datetime | None = None
) -> list[Alert]:
    """Answers that could not be trusted after one re-ask (rule D01)."""
    patient = _locked(patient, call)
    now = now or timezone.now()
    return _judge(patient, call, now, Alert.Source.CALL, Circumstances(doubts=tuple(doubts)), only=("D01",))


@transaction.atomic
def call_lost_submit(
    *, patient: Patient, call: Any, silence_s: float | None = None, now: datetime | None = None
) -> list[Alert]:
    """The line dropped (no `silence_s`), or the patient was silent so long, after an emergency flag (rule E17)."""
    patient = _locked(patient, call)
    now = now or timezone.now()
    flagged = CallFlag.objects.filter(call=call, alert_type=AlertType.EMERGENCY).exists()
    events = CallEvents(emergency_flagged=flagged, line_lost=silence_s is None, silence_s=silence_s)
    return _judge(patient, call, now, Alert.Source.CALL, Circumstances(events=events), only=("E17",))


@transaction.atomic
def missed_checkin_submit(*, patient: Patient, day: date, now: datetime | None = None) -> list[Alert]:
    """A scheduled check-in of that local day failed after all attempts (rules C01 to C03). Idempotent per day."""
    patient = patient_lock(patient)
    now = now or timezone.now()
    last = PatientRecord.objects.filter(patient=patient, is_identity_verified=True).order_by("-recorded_at")
    since = last.values_list("recorded_at", flat=True).first()
    days = {day.isoformat()} | _missed_days(patient, since)
    missed = MissedContact(len(days), datetime.combine(day, time(12), UTC))
    rules, _ = rules_for(patient, now=now)
    beside = with_known_alerts(patient, Circumstances(missed=missed), now=now)
    facts = facts_for(patient, rules, now=now, beside=beside)
    found = [one for one in judge(facts, rules).findings if one.rule_id in ("C01", "C02", "C03")]
    origin = Origin(Alert.Source.CALL, f"missed-{day.isoformat()}")
    return findings_raise(patient=patient, findings=found, origin=origin, rules=rules, now=now)


def _missed_days(patient: Patient, since: datetime | None) -> set[str]:
    """The local days already reported as missed since the patient was last reached."""
    rows = Alert.objects.filter(patient=patient, topic="missed_contact")
    first = None if since is None else since.date().isoformat()
    days = {
        key.split(":")[0].removeprefix("missed-")
        for row in rows
        for key in (row.inputs or {}).get("seen", {})
        if key.startswith("missed-")
    }
    return {one for one in days if first is None or one > first}


@transaction.atomic
def voice_submit(
    *, patient: Patient, call: Any, voice: Sequence[VoiceCall], now: datetime | None = None
) -> list[Alert]:
    """The patient's valid voice measurements, oldest first, the newest of this call (rules V01 to V03)."""
    patient = _locked(patient, call)
    now = now or timezone.now()
    beside = Circumstances(voice=tuple(voice))
    return _judge(patient, call, now, Alert.Source.RULE, beside, only=("V01", "V02", "V03"))


@transaction.atomic
def model_alert_submit(
    *,
    patient: Patient,
    call: Any,
    severity: str,
    alert_type: str,
    description: str,
    recommended_action: str = "",
    immediate: bool = False,
    reference: str,
    now: datetime | None = None,
) -> Alert:
    """An alert that the voice model asks for. It may add or raise; it never lowers or closes anything.

    `reference` is the model's tool-call id: the same one is the same alert. An immediate one is at least high.
    What is no emergency joins an alert of its type that this call has raised; an emergency stands for itself.
    """
    patient = _locked(patient, call)
    wanted = at_least(Severity(severity), Severity.HIGH if immediate else None)
    kind = AlertType(alert_type)
    said = Evidence("event", "raised by the voice model", now or timezone.now())
    finding = Finding(
        rule_id=MODEL_VERSION,
        version=MODEL_VERSION,
        severity=wanted,
        alert_type=kind,
        topic=_beside(patient, call, kind) or f"model_{kind.value}",
        description=description,
        recommended_action=recommended_action,
        inputs={"severity": severity, "immediate": immediate},
        evidence=(said,),
    )
    origin = Origin(Alert.Source.MODEL, f"{call.pk}-{reference}", call)
    return alert_raise(patient=patient, finding=finding, origin=origin, now=now)


def _beside(patient: Patient, call: Any, kind: AlertType) -> str:
    """The topic of the worst open alert of this type from this call, "" if there is none."""
    if kind is AlertType.EMERGENCY:
        return ""
    rows = (
        Alert.objects.filter(patient=patient, call=call, alert_type=kind)
        .open()
        .exclude(topic__startswith="model_")
    )
    worst = max(rows, key=lambda row: Severity(row.severity).rank, default=None)
    return "" if worst is None else worst.topic


def _judge(
    patient: Patient,
    call: Any,
    now: datetime,
    source: str,
    beside: Circumstances | None = None,
    *,
    only: tuple[str, ...] = (),
) -> list[Alert]:
    """Judge the patient's facts and raise what is found. `only` restricts what a report may raise, not what runs."""
    rules, _ = rules_for(patient, now=now, base=ruleset_in_force())
    known = with_known_alerts(patient, beside or Circumstances(), now=now)
    judgement: Judgement = judge(facts_for(patient, rules, now=now, call=call, beside=known), rules)
    found = [one for one in judgement.findings if not only or one.rule_id in only]
    key = str(call.pk) if call is not None else f"at-{now.isoformat()}"
    return findings_raise(
        patient=patient, findings=found, origin=Origin(source, key, call), rules=rules, now=now
    )
