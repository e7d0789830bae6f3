"""A clinic of any size in seconds: a few rows are made by the product, the rest are copied inside the database.

Sealed values open wherever their column is, so a copied row is as real as the row it was copied from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from alerts.models import Alert, Episode
from biomarkers.models import CallVoice, VoiceBiomarker
from calls.models import Call
from patients.models import CareTeam, Medication, Patient, PatientRecord, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import baseline_of, check_in, raise_alert, voice_of

FIRST = ("Ann", "Bert", "Cora", "Dan", "Eve", "Frank", "Gina", "Hugo", "Ida", "Jon")


@dataclass(frozen=True, slots=True)
class Crowd:
    team: CareTeam
    nurse: User
    patients: int


def crowd(
    *, patients: int, calls_each: int, segments_a_call: int, alerts_each: int, open_share: float
) -> Crowd:
    """One team with so many patients and so much history; `open_share` of the patients have one open alert."""
    team = make_team(time_zone="America/New_York")
    nurse = make_user(team, first_name="Nora", last_name="Nurse")
    example = make_patient(team, enrolled_on=date(2026, 1, 1))
    call = check_in(example, days_ago=1)
    voice_of(call, pause_ratio=0.3, speech_rate=3.1, hnr=15.0)
    baseline_of(example, pause_ratio=(0.3, 0.02))
    drug = Medication.objects.create(patient=example, medication_class="loop_diuretic", name="furosemide")
    segment = VoiceBiomarker.objects.create(
        patient=example, call=call, segment_id="0", start_ms=0, end_ms=3000, state="measured", algorithm_version="t",
        jitter=0.01, shimmer=0.03, hnr=15.0, f0_mean=180.0, speech_rate=3.1, voice_quality_score=70.0,
    )  # fmt: skip
    alert = raise_alert(example, call=call)
    _people(team, patients - 1)
    others = f"FROM patients_patient p WHERE p.care_team_id = '{team.pk}' AND p.id <> '{example.pk}'"
    _copy(Medication, drug, {"id": "gen_random_uuid()", "patient_id": "p.id"}, others)
    many = others.replace("WHERE", f", generate_series(1, {calls_each}) AS n WHERE")
    then = "now() - make_interval(days => n::int * 2, mins => 7)"
    _copy(Call, call, {
        "id": "gen_random_uuid()", "patient_id": "p.id", "planned_for": then, "answered_at": then,
        "ended_at": then, "created_at": then,
    }, many)  # fmt: skip
    ours = f"SELECT id FROM patients_patient WHERE care_team_id = '{team.pk}'"
    of_calls = f"FROM calls_call c WHERE c.id <> '{call.pk}' AND c.patient_id IN ({ours})"
    of_call = {"id": "gen_random_uuid()", "patient_id": "c.patient_id", "call_id": "c.id"}
    _copy(PatientRecord, call.record, {**of_call, "recorded_at": "c.planned_for"}, of_calls)
    _copy(CallVoice, call.voice, {**of_call, "at": "c.planned_for"}, of_calls)
    segments = of_calls.replace("WHERE", f", generate_series(1, {segments_a_call}) AS n WHERE")
    _copy(
        VoiceBiomarker, segment, {**of_call, "segment_id": "n::text", "created_at": "c.planned_for"}, segments
    )
    _alerts(alert, others, alerts_each, open_share)
    with connection.cursor() as cursor:
        # What autovacuum does within a minute. Inside the transaction of a test only ANALYZE is possible.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    return Crowd(team, nurse, patients)


def _people(team: CareTeam, count: int) -> None:
    """Their names are their own, because a list sorts and a search opens them."""
    made = timezone.now() - timedelta(days=200)
    rows = [
        Patient(
            care_team=team, first_name=FIRST[number % len(FIRST)], last_name=f"Person{number * 7919 % 100_003}",
            date_of_birth=date(1940, 1, 1) + timedelta(days=number % 9000), phone=f"+1{2_020_000_000 + number}",
            time_zone="America/New_York", enrolled_on=made.date(),
        )
        for number in range(count)
    ]  # fmt: skip
    Patient.objects.bulk_create(rows, batch_size=1000)


def _alerts(alert: Alert, others: str, each: int, open_share: float) -> None:
    """The first alert of some patients is open; all others are resolved."""
    then = "now() - make_interval(hours => 3 + (hashtext(p.id::text) & 127))"
    episode = {"id": "gen_random_uuid()", "patient_id": "p.id", "opened_at": then, "last_alert_at": then}
    _copy(Episode, alert.episode, episode, others)
    is_open = f"n = 1 AND (hashtext(p.id::text) & 65535) < {int(open_share * 65536)}"
    source = others.replace(
        "WHERE", f", alerts_episode e, generate_series(1, {each}) AS n WHERE e.patient_id = p.id AND"
    )
    _copy(Alert, alert, {
        "id": "gen_random_uuid()", "patient_id": "p.id", "episode_id": "e.id", "call_id": "NULL",
        "dedupe_key": "'copy-' || n",
        "created_at": f"{then} - make_interval(days => n::int)", "last_seen_at": then, "paging_since": then,
        "severity": "(ARRAY['low','medium','high','critical'])[1 + (hashtext(p.id::text || n) & 3)]",
        "state": f"CASE WHEN {is_open} THEN 'new' ELSE 'resolved' END",
        "resolved_at": f"CASE WHEN {is_open} THEN NULL ELSE now() END",
        "disposition": f"CASE WHEN {is_open} THEN '' ELSE 'education' END",
    }, source)  # fmt: skip


def _copy(model: type[models.Model], row: models.Model, changed: dict[str, str], source: str) -> None:
    """As many copies of the row as the source has rows, some columns given by SQL."""
    columns = [field.column for field in model._meta.local_concrete_fields]
    quote = connection.ops.quote_name
    table = model._meta.db_table
    values = [changed.get(column, f"t.{quote(column)}") for column in columns]
    names = ", ".join(map(quote, columns))
    given: Any = row.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = 0" if connection.in_atomic_block else "SET statement_timeout = 0"
        )
        joined = source.replace("FROM ", f"FROM {quote(table)} t, ", 1).replace(
            "WHERE", "WHERE t.id = %s AND", 1
        )
        cursor.execute(f"INSERT INTO {quote(table)} ({names}) SELECT {', '.join(values)} {joined}", [given])
