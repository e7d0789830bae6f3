"""Everything a call needs before audio flows, read once: the last look at the database on the way to the ear."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from alerts.facts import look_back, record_facts
from alerts.phrases import SCANNER_VERSION
from alerts.phrases.limits import limits_of
from alerts.phrases.model import Facts
from alerts.phrases.notes import past_in
from alerts.ruleset import RuleSet
from alerts.selectors import hours_of, rules_for
from alerts.staffed_time import is_staffed
from calls.checkin import load_protocol
from calls.instructions import PROMPT_VERSION, Person, age_band, instructions, prompt_hash
from calls.models import Call
from calls.recordings import scripts
from calls.services.memory import memory_read
from calls.services.reopening import crisis_flags, earlier_flags, known_kinds
from calls.services.rows import call_set
from calls.services.screening import screens_due
from calls.weather import weather_known
from heartvoice.shared.keys import derive
from patients.models import Consent, Medication, Patient, PatientRecord

# Who hears badly has more time to answer and a slower voice, unless the record says how much.
UNHURRIED_SILENCE_MS, UNHURRIED_SPEED = 1_200, 0.9
SCALES = {
    "dyspnea": "shortness_of_breath",
    "edema": "swelling",
    "fatigue": "fatigue",
    "sleep": "sleep_difficulty",
    "mood": "mood_assessment",
}
VERSIONS = (
    "language", "protocol_version", "prompt_version", "prompt_hash", "model", "rules_version", "scanner_version",
)  # fmt: skip
SEXES: Mapping[str, Literal["f", "m"]] = {"f": "f", "m": "m"}
PURPOSES = {
    Call.Purpose.SCHEDULED: "scheduled check-in; you are calling them",
    Call.Purpose.FOLLOW_UP: "follow-up; you are calling them",
    Call.Purpose.MANUAL: "check-in asked for by the care team; you are calling them",
    Call.Purpose.CALLBACK: "they are calling you; ask how you can help and offer the check-in",
    Call.Purpose.EMERGENCY_REDIAL: "an earlier call was cut off during an emergency; ask about it first",
    Call.Purpose.EMERGENCY_CONTACT: "you ring the patient's emergency contact; say nothing private",
    Call.Purpose.SOFTPHONE: "rehearsal over the browser",
}
AFTER_HOURS = (
    "; the clinic is closed now: say early that an emergency is for 911, and that a nurse hears of the rest"
)


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call's plan. Holds no phone number, no surname, no date of birth."""

    call_id: UUID
    patient_id: UUID
    team_id: UUID
    call_sid: str
    language: str
    protocol_version: str
    instructions: str = field(repr=False)
    facts: Facts = field(repr=False)
    local_time: datetime
    model: str
    voice: str
    after_flag_ms: int
    screening_wait_ms: int
    failed_checks: int
    speed: float = 1.0
    silence_ms: int = 600
    hard_of_hearing: bool = False
    may_measure_voice: bool = False
    is_verified: bool = False
    answered: tuple[str, ...] = ()
    is_outbound: bool = False
    clinic: str = ""
    opening: str = field(default="", repr=False)
    opening_words: str = ""
    crisis_flags: tuple[str, ...] = ()
    crisis_known: tuple[str, ...] = ()
    earlier_flags: tuple[str, ...] = ()
    safety_id: str = ""
    keywords: tuple[str, ...] = field(default=(), repr=False)


def call_plan(call: Call) -> CallPlan:
    """The plan of a call that is about to be connected; its versions are stored on the row."""
    patient = call.patient
    protocol = load_protocol(_protocol_version(call))
    local = timezone.now().astimezone(ZoneInfo(patient.time_zone))
    medications = list(patient.medications.filter(is_active=True))
    wishes: Mapping[str, Any] = patient.voice_accommodations or {}
    hears_badly = bool(wishes.get("hard_of_hearing"))
    pause_ms = max(settings.VAD_SILENCE_MS, UNHURRIED_SILENCE_MS if hears_badly else 0)
    language = patient.language if patient.language in ("en", "es") else "en"
    person = _person(call, medications, local.date(), language)
    rules, _ = rules_for(patient, now=local)
    text = instructions(
        protocol,
        person,
        memory_read(patient_id=patient.pk),
        purpose=_purpose(call, local, rules),
        weather=weather_known(patient.city, patient.state),
        due=", ".join(screens_due(patient=patient, now=timezone.now())),
    )
    call.language = language
    call.protocol_version = protocol.version
    call.prompt_version = PROMPT_VERSION
    call.prompt_hash = prompt_hash(protocol, language)
    call.model = model_for(call)
    call.rules_version = rules.version
    call.scanner_version = SCANNER_VERSION
    call_set(call, *VERSIONS)
    return CallPlan(
        call_id=call.pk,
        patient_id=patient.pk,
        team_id=patient.care_team_id,
        call_sid=call.call_sid or "",
        language=language,
        protocol_version=protocol.version,
        instructions=text,
        facts=scan_facts(patient, local.date(), call=call),
        local_time=local,
        model=call.model,
        voice=settings.OPENAI_VOICE,
        after_flag_ms=int(rules.rule("E17")["silence_s"] * 1_000),
        screening_wait_ms=int(rules["screening_wait_s"] * 1_000),
        failed_checks=int(rules["failed_checks"]),
        speed=_within(wishes.get("speed"), 0.25, 1.5, UNHURRIED_SPEED if hears_badly else 1.0),
        silence_ms=int(_within(wishes.get("silence_ms"), 200, 3_000, pause_ms)),
        hard_of_hearing=hears_badly,
        may_measure_voice=_consented(patient),
        is_verified=call.identity_result == Call.Identity.VERIFIED,
        answered=tuple(call.questions_answered),
        is_outbound=call.direction == Call.Direction.OUTBOUND and call.purpose != Call.Purpose.SOFTPHONE,
        clinic=person.clinic,
        opening=opening_text(call, person, is_closed=_is_after_hours(call, local, rules)),
        opening_words=scripts(language).said["opening_words"],
        crisis_flags=crisis_flags(call),
        crisis_known=tuple(sorted(known_kinds(call))),
        earlier_flags=earlier_flags(call),
        safety_id=_safety_id(patient),
        keywords=tuple(sorted({m.patient_word for m in medications if m.patient_word}))[:20],
    )


def _purpose(call: Call, local: datetime, rules: RuleSet) -> str:
    """The kind of call in words; a patient who calls outside the team's hours is told what is for 911."""
    kind = PURPOSES[Call.Purpose(call.purpose)]
    return kind + (AFTER_HOURS if _is_after_hours(call, local, rules) else "")


def _is_after_hours(call: Call, local: datetime, rules: RuleSet) -> bool:
    """True for a patient who calls when nobody of the team is at work."""
    is_inbound = call.direction == Call.Direction.INBOUND
    return is_inbound and not is_staffed(local, *hours_of(call.patient.care_team, rules))


def opening_text(call: Call, person: Person, *, is_closed: bool) -> str:
    """The first sentence of a call of that kind, and whom we want to speak with. Who rings us is told nobody's name."""
    said = scripts(person.language).said
    is_inbound = call.direction == Call.Direction.INBOUND
    key = "opening_closed" if is_closed else "opening_inbound" if is_inbound else "opening"
    question = said["opening_who"] if is_inbound else said["opening_name"].format(name=person.first_name)
    return f"{said[key].format(clinic=person.clinic)} {question}"


def model_for(call: Call) -> str:
    """The voice model of a call: the small one where the budget says so."""
    is_small = call.mode == Call.Mode.SMALL_MODEL
    return str(settings.OPENAI_REALTIME_MINI_MODEL if is_small else settings.OPENAI_REALTIME_MODEL)


def _protocol_version(call: Call) -> str:
    return str(call.schedule.protocol) if call.schedule is not None else "checkin-1"


def _within(value: object, low: float, high: float, default: float) -> float:
    """A wish of the patient's record, inside what the provider takes; the default for anything odd."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return min(max(float(value), low), high)


def _person(call: Call, medications: list[Medication], today: date, language: str) -> Person:
    patient = call.patient
    classes = tuple(
        f"{m.get_medication_class_display()} ({m.patient_word})"
        if m.patient_word
        else m.get_medication_class_display()
        for m in medications
    )
    return Person(
        first_name=patient.first_name,
        clinic=patient.care_team.spoken_name or settings.CLINIC_SPOKEN_NAME,
        language=language,
        age_band=age_band(_age(patient.date_of_birth, today)),
        place=", ".join(filter(None, (patient.city, patient.state))),
        nyha_class=patient.nyha_class,
        medications=classes,
        concerns=tuple(str(value) for value in patient.primary_concerns or ()),
        family=patient.family_context,
        interests=tuple(str(value) for value in patient.interests or ()),
        priorities=tuple(str(value) for value in patient.monitoring_priorities or ()),
        hard_of_hearing=bool((patient.voice_accommodations or {}).get("hard_of_hearing")),
    )


def _age(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _safety_id(patient: Patient) -> str:
    """A stable id for the voice provider that says nothing about the patient (64 hex digits)."""
    key = derive(settings.PHI_INDEX_KEY, "safety-id")
    return hmac.new(key, patient.pk.bytes, hashlib.sha256).hexdigest()


def _consented(patient: Patient) -> bool:
    return Consent.objects.filter(
        patient=patient, scope=Consent.Scope.VOICE_BIOMARKER, revoked_at__isnull=True
    ).exists()


def scan_facts(patient: Patient, today: date, *, call: Call | None = None) -> Facts:
    """What the phrase scanner may know of the record. Unknown stays None. The check-in of `call` itself does not count."""
    now = timezone.now()
    rules, _ = rules_for(patient, now=now)
    known = PatientRecord.objects.check_ins().filter(patient=patient, is_identity_verified=True)
    if call is not None:
        known = known.exclude(call=call)
    rows = list(known.filter(recorded_at__gte=now - look_back(rules)).defer("notes").order_by("-recorded_at"))
    weighed = next((row for row in rows if row.weight_lb is not None), None)
    within = now - timedelta(days=rules["baseline_window_days"])
    recent = [row for row in rows if row.recorded_at >= within]
    active = patient.medications.filter(is_active=True)
    chart = record_facts(patient, frozenset(active.values_list("medication_class", flat=True)))
    return Facts(
        blood_thinner=chart.blood_thinner,  # as the rules know it: by the flag, or by the medication list
        icd=chart.icd,
        suicide_history=chart.suicide_history,
        sex=SEXES.get(patient.sex or ""),
        age=_age(patient.date_of_birth, today),
        baselines=tuple(_baselines(patient, recent, rules)),
        documented_dyspnea=(patient.enrolment_scales or {}).get("shortness_of_breath"),
        last_weight_lb=float(weighed.weight_lb) if weighed and weighed.weight_lb is not None else None,
        last_weight_age_h=(now - weighed.recorded_at).total_seconds() / 3600 if weighed else None,
        days_since_discharge=(today - patient.discharged_on).days if patient.discharged_on else None,
        limits=limits_of(rules),
        past=past_in(patient.family_context or ""),
    )


def _baselines(patient: Patient, newest: list[PatientRecord], rules: RuleSet) -> list[tuple[Any, int]]:
    """Per scale the median of the last answers, as the rules know it (alerts/rules/baseline.py); while there are too few,
    the value at enrolment. A half is rounded up, which changes no comparison with a score.
    """
    found: list[tuple[Any, int]] = []
    for name, column in SCALES.items():
        given = (getattr(row, column) for row in newest)
        values = [value for value in given if value is not None][: int(rules["baseline_answers"])]
        if len(values) >= rules["baseline_minimum"]:
            found.append((name, ceil(median(values))))
        elif (start := (patient.enrolment_scales or {}).get(column)) is not None:
            found.append((name, int(start)))
    return found
