"""Turns invented people and histories into rows. Safe to run again: what exists stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from alerts.models import OnCallShift
from biomarkers.models import CallVoice, VoiceBiomarker
from calls.models import Call, CallSchedule
from calls.scheduling.planning import plan_next
from heartvoice.demo.seed.history import PastCheckIn, past_check_ins
from heartvoice.demo.seed.people import NAMESPACE, Person, person
from heartvoice.demo.seed.voices import ALGORITHM, voices_chart
from heartvoice.demo.seed.worries import worries_raise
from heartvoice.demo.staff import STAFF
from patients.models import CareTeam, Consent, Medication, Membership, Patient, PatientRecord, User

BATCH = 500
PLANNED = 1000
CHARTED = 200  # of a load test's ten thousand, the first have a chart
TEAM_NAME = "Heart Failure Clinic"
SCOPES = tuple(
    Consent.Scope(scope) for scope in ("ai_voice_call", "voice_biomarker", "voicemail", "sms", "research")
)


def password_of(username: str) -> str:
    """The demo password: known to everybody, useful only where telephones cannot ring."""
    return f"heartvoice-demo-{username}"


@transaction.atomic
def seed_team(now: datetime) -> CareTeam:
    """The clinic, its four members and their on-call roster."""
    team, _ = CareTeam.objects.get_or_create(
        name=TEAM_NAME,
        defaults={
            "id": uuid.uuid5(NAMESPACE, "team"),
            "spoken_name": "your care team",
            "phone": "+12015550199",
        },
    )
    for username, role, first, last, phone in STAFF:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(
                username=username,
                first_name=first,
                last_name=last,
                phone=phone,
                email=f"{username}@example.org",
            )
            user.is_staff = user.is_superuser = role == "admin"
            user.set_password(password_of(username))
            user.save()
        Membership.objects.get_or_create(user=user, team=team, defaults={"role": role})
    for level, username in (("primary", "nurse"), ("secondary", "nurse2"), ("lead", "lead")):
        if not OnCallShift.objects.filter(
            team=team, level=level, ends_at__gt=now + timedelta(days=7)
        ).exists():
            OnCallShift.objects.create(
                team=team,
                user=User.objects.get(username=username),
                level=level,
                starts_at=now - timedelta(days=1),
                ends_at=now + timedelta(days=60),
            )
    return team


def seed_patients(team: CareTeam, count: int, now: datetime) -> list[Person]:
    """The first `count` patients with consents, medicines and a schedule."""
    people = [person(index) for index in range(count)]
    have = set(Patient.objects.filter(pk__in=[p.id for p in people]).values_list("pk", flat=True))
    for batch in _batches([p for p in people if p.id not in have]):
        with transaction.atomic():
            Patient.objects.bulk_create([_patient(team, p, now) for p in batch])
            Medication.objects.bulk_create([row for p in batch for row in _medicines(p, now)])
            Consent.objects.bulk_create([row for p in batch for row in _consents(p, now)])
            CallSchedule.objects.bulk_create([_schedule(p) for p in batch])
    return people


def seed_history(people: Sequence[Person], *, weeks: int, now: datetime) -> None:
    """Past check-ins with answers and voice. A person who has calls keeps them as they are."""
    with_calls = set(
        Call.objects.filter(patient_id__in=[p.id for p in people])
        .values_list("patient_id", flat=True)
        .distinct()
    )
    for batch in _batches([p for p in people if p.id not in with_calls], 50):
        calls: list[Call] = []
        records: list[PatientRecord] = []
        segments: list[VoiceBiomarker] = []
        voices: list[CallVoice] = []
        for p in batch:
            for past in past_check_ins(p, weeks=weeks, now=now):
                call = _call(p, past)
                calls.append(call)
                if past.was_reached:
                    records.append(_record(call, past))
                    segments.extend(_segments(call, past))
                    voices.append(_voice(call, past))
        reached = {
            call.patient_id: call.ended_at for call in calls if call.answered_at
        }  # the newest comes last
        with transaction.atomic():
            Call.objects.bulk_create(calls, BATCH)
            Patient.objects.bulk_update(
                [Patient(pk=pk, last_contact_at=at) for pk, at in reached.items()], ["last_contact_at"]
            )
            for rows in (records, segments, voices):
                if rows:
                    type(rows[0])._default_manager.bulk_create(rows, BATCH)  # type: ignore[arg-type]
    _backdate()


def plan_calls(people: Sequence[Person], now: datetime) -> None:
    """The next check-ins, by the product's own planner; those past the first thousand are left to its beat."""
    ids = [p.id for p in people[:PLANNED]]
    schedules = CallSchedule.objects.filter(patient_id__in=ids, next_due_at__isnull=True)
    for schedule_id in schedules.values_list("pk", flat=True):
        plan_next(schedule_id=schedule_id, now=now)


def _backdate() -> None:
    """`created_at` is the time of insertion; invented history carries the times it tells of."""
    VoiceBiomarker.objects.filter(algorithm_version=ALGORITHM, created_at__gt=F("measured_at")).update(
        created_at=F("measured_at")
    )


def _patient(team: CareTeam, p: Person, now: datetime) -> Patient:
    return Patient(
        id=p.id,
        care_team=team,
        first_name=p.first_name,
        last_name=p.last_name,
        date_of_birth=p.date_of_birth,
        sex=p.sex,
        phone=p.phone,
        record_number=f"HV{p.index:06d}",
        city=p.city,
        state=p.state,
        time_zone=p.time_zone,
        language=p.language,
        nyha_class=p.nyha,
        on_blood_thinner=p.on_blood_thinner,
        has_icd=p.has_icd,
        family_context=p.family,
        interests=list(p.interests),
        primary_concerns=list(p.concerns),
        monitoring_priorities=list(p.priorities),
        enrolment_scales=p.baseline,
        enrolled_on=(now - timedelta(weeks=26)).date(),
        discharged_on=(now - timedelta(days=20 + p.index % 60)).date() if p.index % 4 == 0 else None,
    )


def _medicines(p: Person, now: datetime) -> Iterator[Medication]:
    for medicine in p.medicines:
        yield Medication(
            patient_id=p.id,
            medication_class=medicine["class"],
            name=medicine["name"],
            patient_word=medicine.get("own_word", ""),
            started_on=(now - timedelta(weeks=26)).date(),
        )


def _consents(p: Person, now: datetime) -> Iterator[Consent]:
    for scope in SCOPES:
        yield Consent(
            patient_id=p.id,
            scope=scope,
            wording_version="demo-1",
            method="paper",
            language=p.language,
            given_at=now - timedelta(weeks=26),
        )


def _schedule(p: Person) -> CallSchedule:
    return CallSchedule(patient_id=p.id, weekdays=[1, 3, 5], window_start=time(9), window_end=time(19))


def _call(p: Person, past: PastCheckIn) -> Call:
    reached = past.was_reached
    return Call(
        id=uuid.uuid5(p.id, f"call {past.number} {past.at:%Y-%m-%d}"),
        patient_id=p.id,
        direction=Call.Direction.OUTBOUND,
        purpose=Call.Purpose.SCHEDULED,
        planned_for=past.at,
        dialled_at=past.at,
        answered_at=past.at + timedelta(seconds=9) if reached else None,
        ended_at=past.at + timedelta(seconds=300 if reached else 35),
        duration_s=291 if reached else None,
        state=Call.State.COMPLETED if reached else Call.State.NO_ANSWER,
        answer_type=Call.AnswerType.HUMAN if reached else Call.AnswerType.UNKNOWN,
        identity_result=Call.Identity.VERIFIED if reached else Call.Identity.NOT_ATTEMPTED,
        end_reason="completed" if reached else "no_answer",
        completion_percent=100 if reached else 0,
        is_completed=reached,
        providers=["demo-history"] if reached else [],
        protocol_version="checkin-1",
    )


def _record(call: Call, past: PastCheckIn) -> PatientRecord:
    return PatientRecord(
        id=uuid.uuid5(call.id, "record"),
        patient_id=call.patient_id,
        call=call,
        recorded_at=past.at,
        is_identity_verified=True,
        weight_lb=past.weight_lb,
        weight_change_lb=past.weight_change_lb,
        missed_doses_week=past.missed_doses,
        **past.scales,
    )


def _segments(call: Call, past: PastCheckIn) -> Iterator[VoiceBiomarker]:
    for number, voice in enumerate(past.voice):
        start = 20_000 + number * 40_000
        yield VoiceBiomarker(
            id=uuid.uuid5(call.id, f"segment {number}"),
            patient_id=call.patient_id,
            call=call,
            segment_id=f"history-{number}",
            start_ms=start,
            end_ms=start + 6_000,
            context=VoiceBiomarker.Context.GENERAL if number == 0 else VoiceBiomarker.Context.CLINICAL,
            state=VoiceBiomarker.State.MEASURED,
            algorithm_version=ALGORITHM,
            measured_at=past.at + timedelta(minutes=6),
            f0_median=voice["f0_mean"],
            jitter_ppq5=voice["jitter"] * 0.6,
            **voice,
        )


def _voice(call: Call, past: PastCheckIn) -> CallVoice:
    names = past.voice[0].keys()
    return CallVoice(
        id=uuid.uuid5(call.id, "voice"),
        patient_id=call.patient_id,
        call=call,
        at=past.at,
        algorithm_version=ALGORITHM,
        voiced_s=24.0,
        segments_total=len(past.voice),
        segments_measured=len(past.voice),
        features={
            name: round(sum(segment[name] for segment in past.voice) / len(past.voice), 5) for name in names
        },
        is_usable=True,
    )


def _batches(people: Sequence[Person], size: int = BATCH) -> Iterator[list[Person]]:
    iterator = iter(people)
    while batch := list(islice(iterator, size)):
        yield batch


def seed(*, patients: int, weeks: int, now: datetime | None = None) -> dict[str, list[dict[str, str]]]:
    """Everything of the demo, and the contract's JSON about it."""
    now = now or timezone.now()
    team = seed_team(now)
    people = seed_patients(team, patients, now)
    if weeks:
        seed_history(people, weeks=weeks, now=now)
        worries_raise(people, now)
        voices_chart(p.id for p in people[:CHARTED])
    plan_calls(people, now)
    return {
        "users": [
            {"username": name, "password": password_of(name), "role": role} for name, role, *_ in STAFF
        ],
        "patients": [{"id": str(p.id), "phone": p.phone} for p in people],
    }
