"""From rows to the facts that the rules judge. Reads only."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from alerts.models import CallFlag
from alerts.rules.facts import (
    Answers,
    CallEvents,
    CheckInFacts,
    Doubt,
    Evidence,
    FlagFact,
    KnownAlert,
    Medicines,
    MissedContact,
    PastCheckIn,
    RecordFacts,
    Vitals,
    VoiceCall,
    WeightReading,
)
from alerts.rules.given import ADHERENCE
from alerts.ruleset import RuleSet
from alerts.selectors import known_alerts
from alerts.severity import AlertType, Severity
from patients.local_time import noon_of
from patients.models import Patient, PatientRecord

# What each yes/no answer of a check-in says about medication classes (docs/clinical/medication.md).
TAKES = {
    "takes_ace_inhibitor": ("acei", "arb", "arni"),
    "takes_beta_blocker": ("beta_blocker",),
    "takes_diuretic": ("loop_diuretic", "thiazide"),
}
log = logging.getLogger(__name__)
RECENT = timedelta(days=14)  # how far back alerts are read: C03 looks at most 7 days behind a missed check-in
SCORED = "score."  # how the phrase scanner calls what it took from a number on a scale


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the caller of the rules knows beside the rows."""

    events: CallEvents = field(default_factory=CallEvents)
    missed: MissedContact | None = None
    voice: tuple[VoiceCall, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    open_alerts: Sequence[KnownAlert] = ()
    recent_alerts: Sequence[KnownAlert] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient's record: who, what is prescribed, and every check-in since some time, oldest first.

    `completed` are the records of calls that ended as planned: only those count as "the last check-in".
    """

    patient: Patient
    medicines: Medicines
    records: tuple[PatientRecord, ...]
    completed: frozenset[Any]


def chart_of(patient: Patient, *, since: datetime) -> Chart:
    """The patient's chart with check-ins from `since` on."""
    rows = (
        PatientRecord.objects.check_ins()
        .filter(patient=patient, recorded_at__gte=since)
        .annotate(call_state=F("call__state"))
        .defer("notes")
        .order_by("recorded_at")
    )
    records = tuple(rows)
    done = frozenset(row.pk for row in records if row.call_id is None or row.call_state == "completed")
    return Chart(patient, _medicines(patient), records, done)


def look_back(rules: RuleSet) -> timedelta:
    """How much history the rules read."""
    return timedelta(days=rules["baseline_window_days"] + rules["weight_look_back_days"])


def facts_for(
    patient: Patient, rules: RuleSet, *, now: datetime, call: Any = None, beside: Circumstances
) -> CheckInFacts:
    """Everything the rules may know about the patient at `now`, with the check-in of `call` as today's."""
    chart = chart_of(patient, since=now - look_back(rules))
    current = next((row for row in chart.records if call is not None and row.call_id == call.pk), None)
    flags = [] if call is None else list(CallFlag.objects.filter(call=call).order_by("heard_at"))
    return facts_at(chart, now=now, current=current, flags=flags, beside=beside)


def with_known_alerts(patient: Patient, beside: Circumstances, *, now: datetime) -> Circumstances:
    """The circumstances with the patient's open and recent alerts."""
    opened, recent = known_alerts(patient, now=now, since=RECENT)
    return Circumstances(
        events=beside.events,
        missed=beside.missed,
        voice=beside.voice,
        doubts=beside.doubts,
        open_alerts=opened,
        recent_alerts=recent,
    )


def facts_at(
    chart: Chart,
    *,
    now: datetime,
    current: PatientRecord | None,
    flags: Iterable[CallFlag],
    beside: Circumstances,
) -> CheckInFacts:
    """The facts as they stood at `now`: nothing recorded later is in them."""
    past = [
        row
        for row in chart.records
        if row.is_identity_verified and row.recorded_at <= now and (current is None or row.pk != current.pk)
    ]
    prescribed = chart.medicines.classes
    completed = [row.recorded_at for row in past if row.pk in chart.completed and row.recorded_at < now]
    return CheckInFacts(
        now=now,
        last_check_in_at=completed[-1] if completed else None,
        answers=Answers() if current is None else answers_of(current, prescribed),
        given_s={} if current is None else given_s(current),
        history=tuple(PastCheckIn(row.recorded_at, answers_of(row, prescribed)) for row in past),
        flags=tuple(flag_fact(flag) for flag in flags),
        weights=_weights(chart.patient, past, current),
        vitals=Vitals() if current is None else _vitals(current),
        medicines=chart.medicines,
        record=record_facts(chart.patient, prescribed),
        call=beside.events,
        missed=beside.missed,
        voice=beside.voice,
        open_alerts=tuple(beside.open_alerts),
        recent_alerts=tuple(beside.recent_alerts),
        doubts=beside.doubts,
    )


def answers_of(row: PatientRecord, prescribed: frozenset[str]) -> Answers:
    """A record's answers; NULL stays unknown. An answer about a class counts for what is prescribed of it."""
    takes = {
        name: bool(getattr(row, column))
        for column, names in TAKES.items()
        if getattr(row, column) is not None
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
        orientation_failed=row.orientation_failed,
        kccq12=_number(row.kccq12),
        phq2=row.phq2,
    )


def given_s(row: PatientRecord) -> dict[str, float]:
    """The second of the call at which each answer was recorded; those about medicines count as one answer."""
    known = {name: ms / 1000 for name, ms in (row.given_ms or {}).items()}
    about_medicines = [known[name] for name in (*TAKES, "missed_doses_week") if name in known]
    return known | ({ADHERENCE: max(about_medicines)} if about_medicines else {})


def flag_fact(row: CallFlag) -> FlagFact:
    """A stored flag as the rules see it."""
    call_s = None if row.at_ms is None else row.at_ms / 1000
    return FlagFact(
        name=row.flag,
        hours_ago=row.hours_ago,
        evidence=Evidence("utterance", row.flag, row.heard_at, call_s, row.utterance),
        severity=Severity(row.severity),
        alert_type=AlertType(row.alert_type),
        rule_id=row.rule_id,
        by_score=row.source.startswith(SCORED),
    )


def _weights(
    patient: Patient, past: Iterable[PatientRecord], current: PatientRecord | None
) -> tuple[WeightReading, ...]:
    """Weighings from enrolment to today, oldest first."""
    found: list[WeightReading] = []
    if patient.enrolment_weight_lb is not None:
        enrolled = WeightReading(
            noon_of(patient, patient.enrolled_on), float(patient.enrolment_weight_lb), confirmed=True
        )
        found.append(enrolled)
    found += [
        WeightReading(row.recorded_at, float(row.weight_lb), row.weight_confirmed)
        for row in (*past, *(() if current is None else (current,)))
        if row.weight_lb is not None
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _vitals(row: PatientRecord) -> Vitals:
    return Vitals(_number(row.heart_rate_bpm), _number(row.systolic_mmhg), _number(row.spo2_percent))


def _medicines(patient: Patient) -> Medicines:
    listed = list(patient.medications.filter(is_active=True).only("medication_class", "name", "patient"))
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
    return RecordFacts(
        blood_thinner=thinner,
        icd=patient.has_icd,
        suicide_history=patient.has_suicide_history,
        discharged_at=None if patient.discharged_on is None else noon_of(patient, patient.discharged_on),
        documented_dyspnea=scales.get("shortness_of_breath"),
        enrolment=scales,
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
