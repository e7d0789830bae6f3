"""From rows to the facts that the rules judge. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from alerts.models import CallFlag
from alerts.rules.facts import (
    Answers,
    CallEvents,
    CheckInFacts,
    Doubt,
    Evidence,
    FlagFact,
    Medicines,
    MissedContact,
    PastCheckIn,
    RecordFacts,
    Vitals,
    VoiceCall,
    WeightReading,
)
from alerts.ruleset import RuleSet
from alerts.selectors import known_alerts
from alerts.severity import Severity
from patients.models import Patient, PatientRecord

# What each yes/no answer of a check-in says about medication classes (docs/clinical/medication.md).
TAKES = {
    "takes_ace_inhibitor": ("acei", "arb", "arni"),
    "takes_beta_blocker": ("beta_blocker",),
    "takes_diuretic": ("loop_diuretic", "thiazide"),
}
RECENT = timedelta(days=14)
_FOUR = 4


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the caller of the rules knows beside the rows."""

    events: CallEvents = field(default_factory=CallEvents)
    missed: MissedContact | None = None
    voice: tuple[VoiceCall, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    confirmed_weight: bool = False


def facts_for(
    patient: Patient, rules: RuleSet, *, now: datetime, call: Any = None, beside: Circumstances | None = None
) -> CheckInFacts:
    """Everything the rules may know about the patient at `now`, with the check-in of `call` as today's."""
    beside = beside or Circumstances()
    history_days = rules["baseline_window_days"] + rules["weight_look_back_days"]
    rows = (
        PatientRecord.objects.filter(patient=patient, recorded_at__gte=now - timedelta(days=history_days))
        .filter(recorded_at__lte=now)
        .defer("notes")
        .order_by("recorded_at")
    )
    current = None if call is None else PatientRecord.objects.filter(call=call).first()
    past = [row for row in rows if row.is_identity_verified and (current is None or row.pk != current.pk)]
    flags = [] if call is None else list(CallFlag.objects.filter(call=call).order_by("heard_at"))
    opened, recent = known_alerts(patient, now=now, since=RECENT)
    medicines = _medicines(patient)
    prescribed = medicines.classes
    return CheckInFacts(
        now=now,
        last_check_in_at=_last_check_in(patient, call, now),
        answers=Answers() if current is None else answers_of(current, prescribed),
        history=tuple(PastCheckIn(row.recorded_at, answers_of(row, prescribed)) for row in past),
        flags=tuple(flag_fact(flag) for flag in flags),
        weights=_weights(patient, past, current, confirmed=beside.confirmed_weight),
        vitals=Vitals() if current is None else _vitals(current),
        medicines=medicines,
        record=record_facts(patient, prescribed),
        call=beside.events,
        missed=beside.missed,
        voice=beside.voice,
        open_alerts=tuple(opened),
        recent_alerts=tuple(recent),
        doubts=beside.doubts,
    )


def _last_check_in(patient: Patient, call: Any, now: datetime) -> datetime | None:
    """When the last completed call with a verified patient was answered."""
    done = PatientRecord.objects.filter(patient=patient, is_identity_verified=True, recorded_at__lt=now)
    done = done.filter(Q(call__isnull=True) | Q(call__state="completed"))
    if call is not None:
        done = done.exclude(call=call)
    return done.order_by("-recorded_at").values_list("recorded_at", flat=True).first()


def answers_of(row: PatientRecord, prescribed: frozenset[str]) -> Answers:
    """A record's answers; NULL stays unknown. An answer about a class counts for what is prescribed of it."""
    takes = {
        name: bool(getattr(row, field))
        for field, names in TAKES.items()
        if getattr(row, field) is not None
        for name in (prescribed & set(names) if prescribed else names[:1])
    }
    return Answers(
        shortness_of_breath=row.shortness_of_breath,
        swelling=row.swelling,
        fatigue=row.fatigue,
        sleep_difficulty=row.sleep_difficulty,
        quality_of_life=row.quality_of_life,
        mood_assessment=row.mood_assessment,
        weight_change_lb=_number(row.weight_change_lb),
        missed_doses_week=row.missed_doses_week,
        takes=takes,
    )


def flag_fact(row: CallFlag) -> FlagFact:
    """A stored flag as the rules see it."""
    call_s = None if row.at_ms is None else row.at_ms / 1000
    return FlagFact(
        name=row.flag,
        hours_ago=row.hours_ago,
        evidence=Evidence("utterance", row.flag, row.heard_at, call_s, row.utterance),
        severity=Severity(row.severity),
        rule_id=row.rule_id,
    )


def _weights(
    patient: Patient, past: Iterable[PatientRecord], current: PatientRecord | None, *, confirmed: bool
) -> tuple[WeightReading, ...]:
    """Weighings from enrolment to today, oldest first."""
    found: list[WeightReading] = []
    if patient.enrolment_weight_lb is not None:
        found.append(
            WeightReading(_noon(patient.enrolled_on), float(patient.enrolment_weight_lb), confirmed=True)
        )
    found += [
        WeightReading(row.recorded_at, float(row.weight_lb)) for row in past if row.weight_lb is not None
    ]
    if current is not None and current.weight_lb is not None:
        found.append(WeightReading(current.recorded_at, float(current.weight_lb), confirmed))
    return tuple(sorted(found, key=lambda one: one.at))


def _vitals(row: PatientRecord) -> Vitals:
    return Vitals(_number(row.heart_rate_bpm), _number(row.systolic_mmhg), _number(row.spo2_percent))


def _medicines(patient: Patient) -> Medicines:
    rows = patient.medications.filter(is_active=True).only("medication_class", "name")
    listed = list(rows)
    words = {word.strip(".,()").lower() for row in listed for word in row.name.split()}
    return Medicines(frozenset(row.medication_class for row in listed), frozenset(words))


def record_facts(patient: Patient, prescribed: frozenset[str]) -> RecordFacts:
    """What the chart says. "No blood thinner" is known only where a medication list exists."""
    thinner: bool | None = patient.on_blood_thinner or "anticoagulant" in prescribed
    if not thinner and not prescribed:
        thinner = None
    scales = {
        name: int(value) for name, value in (patient.enrolment_scales or {}).items() if value is not None
    }
    usual = scales.get("shortness_of_breath")
    return RecordFacts(
        blood_thinner=thinner,
        icd=patient.has_icd,
        suicide_history=patient.has_suicide_history,
        discharged_at=None if patient.discharged_on is None else _noon(patient.discharged_on),
        documented_dyspnea=usual if usual == _FOUR else None,
        enrolment=scales,
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
