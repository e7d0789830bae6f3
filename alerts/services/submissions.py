"""What a call reports: stored and judged in the same transaction.

Either the report and everything that follows from it are committed, or nothing is. All are safe to repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.facts import Circumstances
from alerts.models import Alert, AlertSighting, CallFlag
from alerts.phrases.flags import LOST_RULE
from alerts.rules import Judgement
from alerts.rules.facts import CallEvents, Doubt
from alerts.services.judging import judge_and_raise, judged, locked, origin_of
from alerts.services.raising import findings_raise
from alerts.severity import AlertType, Severity
from patients.models import Patient, PatientRecord


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
    @property
    def source(self) -> str: ...


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
    patient, heard = locked(patient, call), heard or Heard()
    now = now or timezone.now()
    for hit in wanted:
        _keep(patient, call, hit, heard, now)
    return judge_and_raise(patient, call, now, Alert.Source.RULE)


def _keep(patient: Patient, call: Any, hit: Hit, heard: Heard, now: datetime) -> None:
    """Store a hit, unless the same flag was heard at least as severe before."""
    known = CallFlag.objects.filter(call=call, flag=hit.flag).first()
    if known is not None and Severity(hit.severity).rank <= Severity(known.severity).rank:
        return
    row = known or CallFlag(patient=patient, call=call, flag=hit.flag)
    row.severity, row.alert_type = Severity(hit.severity), AlertType(hit.alert_type)
    row.rule_id, row.hours_ago, row.source = hit.rule_id, hit.max_age_h, hit.source[:40]
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
        "breathless_at_rest",
        "orientation_failed",
        "phq2",
        "kccq12",
        "notes",
    }
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The stored record, and the alerts its answers raised or belong to.

    `doubts_weight`: its weight cannot be right unless the patient confirms it (rule D01).
    """

    record: PatientRecord
    alerts: list[Alert]
    doubts_weight: bool = False


@transaction.atomic
def answers_submit(
    *,
    patient: Patient,
    call: Any,
    answers: dict[str, Any],
    is_identity_verified: bool = True,
    confirms_weight: bool = False,
    at_ms: int | None = None,
    now: datetime | None = None,
) -> Submitted:
    """One check-in's answers, added to its record and judged in the same commit.

    `answers` are columns of PatientRecord; what is not given, or is None, stays as it was. A later answer
    replaces an earlier one in the record, but never takes an alert back. `at_ms` is when they were given, from the
    start of the call's audio. Raises ValueError for an unknown name.

    `confirms_weight`: the patient was asked again. It counts only for the weight that the record holds already.
    """
    if unknown := set(answers) - ANSWERS:
        raise ValueError(f"unknown answers: {', '.join(sorted(unknown))}")
    patient = locked(patient, call)
    now = now or timezone.now()
    record = PatientRecord.objects.filter(call=call).first() if call is not None else None
    record = record or PatientRecord(patient=patient, call=call, recorded_at=now)
    record.is_identity_verified = record.is_identity_verified or is_identity_verified
    given = {name: value for name, value in answers.items() if value is not None}
    _weigh(record, given.get("weight_lb"), confirms=confirms_weight)
    for name, value in given.items():
        setattr(record, name, value)
    if at_ms is not None:
        record.given_ms = {**record.given_ms, **dict.fromkeys(given, at_ms)}
    record.save()
    judgement, rules = judged(patient, call, now)
    alerts = findings_raise(
        patient=patient,
        findings=judgement.findings,
        origin=origin_of(call, Alert.Source.RULE, now),
        rules=rules,
        now=now,
    )
    return Submitted(record, alerts, _doubts_weight(judgement))


def _doubts_weight(judgement: Judgement) -> bool:
    topics = [finding.inputs["topics"] for finding in judgement.findings if finding.rule_id == "D01"]
    return any(isinstance(each, list) and "weight" in each for each in topics)


def _weigh(record: PatientRecord, lb: Any, *, confirms: bool) -> None:
    """A weight is confirmed when the very same one is said again on being asked; another one starts anew."""
    if lb is None:
        return
    is_same = record.weight_lb is not None and round(float(record.weight_lb), 1) == round(float(lb), 1)
    record.weight_confirmed = is_same and (record.weight_confirmed or confirms)


@transaction.atomic
def doubts_submit(
    *, patient: Patient, call: Any, doubts: Sequence[Doubt], now: datetime | None = None
) -> list[Alert]:
    """Answers that could not be trusted after one re-ask (rule D01)."""
    patient = locked(patient, call)
    now = now or timezone.now()
    return judge_and_raise(
        patient, call, now, Alert.Source.CALL, Circumstances(doubts=tuple(doubts)), only=("D01",)
    )


@dataclass(frozen=True, slots=True)
class Assumed:
    """A flag that nobody has denied: a direct question about an emergency stayed unanswered."""

    flag: str
    rule_id: str
    severity: str = Severity.CRITICAL.value
    alert_type: str = AlertType.EMERGENCY.value
    max_age_h: float | None = None
    source: str = "unanswered"


# What an unanswered question counts as. Everything else is a doubt for a nurse to verify (rule D01).
ASSUMED = {
    "chest_pain": Assumed("chest_pain", "E01"),
    "dyspnea": Assumed("severe_dyspnea", "E03"),
    "confusion": Assumed("confusion", "E05"),
    "stroke_signs": Assumed("stroke_signs", "E09"),
    "fall": Assumed("fall", "E07", severity=Severity.HIGH.value),
    "suicidal_ideation": Assumed("suicidal_ideation", "E10"),
}


@transaction.atomic
def unanswered_submit(
    *, patient: Patient, call: Any, topics: Iterable[str], now: datetime | None = None
) -> list[Alert]:
    """Direct questions (`clarify:<topic>`) that the call ended without an answer to.

    For an emergency topic silence counts as yes; any other topic becomes a doubt. Safe to repeat.
    """
    asked = list(dict.fromkeys(topics))
    hits = [ASSUMED[topic] for topic in asked if topic in ASSUMED]
    doubts = [Doubt(topic, "unanswered") for topic in asked if topic not in ASSUMED]
    words = Heard("(no answer to a direct question)")
    alerts = flags_submit(patient=patient, call=call, hits=hits, heard=words, now=now)
    if doubts:
        alerts += doubts_submit(patient=patient, call=call, doubts=doubts, now=now)
    return list({alert.pk: alert for alert in alerts}.values())


@transaction.atomic
def call_lost_submit(
    *, patient: Patient, call: Any, silence_s: float | None = None, now: datetime | None = None
) -> list[Alert]:
    """The line dropped (no `silence_s`), or the patient was silent so long, after an emergency (rule E17).

    In a redial, a patient who is known to be the one on the line was rung for an emergency: that of the call before.
    """
    patient = locked(patient, call)
    now = now or timezone.now()
    calls = [call.pk, call.retry_of_id] if _is_heard_again(call) else [call.pk]
    events = CallEvents(
        emergency_flagged=_told_of_emergency(calls), line_lost=silence_s is None, silence_s=silence_s
    )
    return judge_and_raise(
        patient, call, now, Alert.Source.CALL, Circumstances(events=events), only=(LOST_RULE,)
    )


def _is_heard_again(call: Any) -> bool:
    kind = type(call)
    return bool(
        call.purpose == kind.Purpose.EMERGENCY_REDIAL and call.identity_result == kind.Identity.VERIFIED
    )


def _told_of_emergency(calls: Sequence[UUID]) -> bool:
    """True when one of these calls told of an emergency: by words, a score, a key or the voice model."""
    flags = CallFlag.objects.filter(call_id__in=calls, alert_type=AlertType.EMERGENCY)
    return flags.exists() or AlertSighting.objects.emergencies().filter(call_id__in=calls).exists()
