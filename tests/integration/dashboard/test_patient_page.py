"""The patient page: facts, trends against the own baseline, timeline; and the list and the search."""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from biomarkers.change_limits import BASELINE_CALLS
from calls.models import Call, FollowUp, StaffCall
from patients.access import patient_hash
from patients.models import CareTeam, PatientNote, PhiAccess, User
from patients.services import consent_revoke, medication_add, medication_stop, patient_pause
from tests.support.factories import make_call, make_patient, make_team
from tests.support.worklist import baseline_of, check_in, missed_check_in, raise_alert, voice_of

pytestmark = pytest.mark.django_db


def page_of(client: Client, patient: object, query: str = "") -> str:
    response = client.get(f"/patients/{patient.pk}/{query}")  # type: ignore[attr-defined]
    assert response.status_code == 200
    return response.content.decode()


def chart(page: str, key: str) -> str:
    """The drawing of one trend, up to the next."""
    start = page.index(f'id="t-{key}"')
    return page[start : page.index("</figure>", start)]


def test_the_page_shows_who_what_they_take_and_what_is_open(client: Client, team: CareTeam, nurse: User):
    patient = make_patient(
        team, first_name="Ann", last_name="Person", date_of_birth=date(1941, 5, 2), nyha_class=2, has_icd=True,
        emergency_contact_name="Ruth Person", emergency_contact_phone="+12015550111", owner=nurse,
    )  # fmt: skip
    medication_add(
        patient=patient, medication_class="loop_diuretic", name="furosemide", patient_word="water pill"
    )
    FollowUp.objects.create(
        patient=patient, follow_up_type="voice_call", urgency="urgent", reason="check the ankles",
        due_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    PatientNote.objects.create(patient=patient, author=nurse, text="Daughter fills the pill box.")
    raise_alert(patient, "high", text="Weight up 4 lb")
    page = page_of(client, patient)
    for text in ("Ann Person", "NYHA", "born 2 May 1941", "ICD", "furosemide", "water pill", "check the ankles",
                 "Weight up 4 lb", "Daughter fills the pill box.", "Ruth Person", "AI voice calls", "Nora Nurse"):  # fmt: skip
        assert text in page, text


def test_missing_answers_and_missed_check_ins_are_gaps_and_never_zero(client: Client, team: CareTeam):
    patient = make_patient(team)
    check_in(patient, days_ago=6, swelling=2)
    check_in(patient, days_ago=4, swelling=None)
    missed_check_in(patient, days_ago=2)
    check_in(patient, days_ago=0.1, swelling=2)
    drawing = chart(page_of(client, patient), "swelling")
    assert drawing.count('class="gap"') == 2
    assert drawing.count("<circle") == 2
    assert "2 of 4 check-ins have a value." in drawing
    assert "<polyline" not in drawing
    assert re.findall(r'<td class="num">([^<]*)</td>', drawing) == ["2", "–", "–", "2"]


def test_retries_on_a_day_that_was_answered_are_no_gap(client: Client, team: CareTeam):
    patient = make_patient(team)
    now = timezone.now().astimezone(ZoneInfo(team.time_zone))
    noon = (now - timedelta(days=1)).replace(hour=12, minute=0)  # not near a midnight, whenever this runs
    ago = (now - noon) / timedelta(days=1)
    missed_check_in(patient, days_ago=ago)
    check_in(patient, days_ago=ago - 0.01)
    assert 'class="gap"' not in chart(page_of(client, patient), "fatigue")


def test_voice_is_shown_against_the_own_baseline_and_labelled_investigational(client: Client, team: CareTeam):
    patient = make_patient(team)
    baseline_of(patient, pause_ratio=(0.25, 0.01))
    for days, ratio in ((6, 0.25), (4, 0.26), (2, 0.40)):
        voice_of(check_in(patient, days_ago=days), pause_ratio=ratio)
    page = page_of(client, patient)
    drawing = chart(page, "voice-pause-ratio")
    assert 'class="band"' in drawing
    assert drawing.count("dot--out") == 1
    assert "1 value is outside the patient’s own baseline." in drawing
    assert "Investigational, not diagnostic" in page


def test_a_voice_feature_is_drawn_of_one_definition_and_with_the_baselines_own_spread(
    client: Client, team: CareTeam
):
    patient = make_patient(team)
    baseline = baseline_of(patient, jitter_ppq5=(0.010, 0.001))
    baseline.features["jitter_ppq5"]["spread"] = 0.005
    baseline.save()
    voice_of(check_in(patient, days_ago=4), jitter=0.02)
    voice = voice_of(check_in(patient, days_ago=2), jitter=0.02, jitter_ppq5=0.015)
    voice.composite_z = 2.6
    voice.save()
    page = page_of(client, patient)
    jitter = chart(page, "voice-jitter-ppq5")
    assert "voice-jitter" not in page.replace("voice-jitter-ppq5", "")
    assert jitter.count('class="gap"') == 1  # the call without this definition is not filled with the other
    assert "dot--out" not in jitter  # 1.5 % lies within 1.0 ± 2 × 0.5
    assert "dot--out" in chart(page, "voice-change")


def test_lasting_change_quality_and_what_may_have_confused_the_voice_stand_beside_it(
    client: Client, team: CareTeam
):
    patient = make_patient(team)
    for days, total, usable, confounders in (
        (6, 1.0, True, []),
        (4, 6.5, True, ["cold"]),
        (2, 3.0, False, ["loud_room"]),
    ):
        voice = voice_of(check_in(patient, days_ago=days), pause_ratio=0.25)
        voice.cusum, voice.composite_z, voice.is_usable, voice.confounders = total, 1.0, usable, confounders
        voice.save()
    page = page_of(client, patient)
    assert "noteworthy" in chart(page, "voice-sum")
    assert "2 of 3 calls were good enough to count" in page
    assert f"2 of {BASELINE_CALLS} usable calls" in page
    assert "a cold" in page and "a loud room" in page


def test_one_timeline_holds_calls_alerts_notes_follow_ups_and_changes_of_medicines(
    client: Client, team: CareTeam, nurse: User
):
    patient = make_patient(team)
    today = timezone.localdate(timezone=ZoneInfo(team.time_zone))
    drug = medication_add(
        patient=patient,
        medication_class="loop_diuretic",
        name="furosemide",
        started_on=today - timedelta(days=30),
    )
    medication_stop(medication=drug, on=today - timedelta(days=3))
    medication_add(
        patient=patient, medication_class="mra", name="spironolactone", started_on=today - timedelta(days=400)
    )
    FollowUp.objects.create(
        patient=patient, follow_up_type="telehealth", urgency="routine", reason="look at the ankles", state="done",
        due_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    check_in(patient, days_ago=1)
    raise_alert(patient, text="Weight up 4 lb")
    PatientNote.objects.create(patient=patient, author=nurse, text="Sleeps in the chair.")
    StaffCall.objects.create(patient=patient, by=nurse, state="ended", talked_s=200)
    page = page_of(client, patient)
    timeline = page[page.index('id="h-timeline"') :]
    for text in ("Started furosemide", "Stopped furosemide", "look at the ankles", "Weight up 4 lb", "Check-in",
                 "Sleeps in the chair.", "Nora Nurse rang the patient", "3:20"):  # fmt: skip
        assert text in timeline, text
    assert "Started spironolactone" not in timeline


def test_the_span_is_the_one_asked_for_or_ninety_days(client: Client, team: CareTeam):
    patient = make_patient(team)
    for days in (3, 20, 60):
        check_in(patient, days_ago=days, swelling=1)
    today = timezone.localdate(timezone=ZoneInfo(team.time_zone))

    def dots(query: str) -> int:
        return chart(page_of(client, patient, query), "swelling").count("<circle")

    assert [dots(""), dots("?days=28"), dots("?days=365")] == [3, 2, 3]
    assert dots(f"?from={today - timedelta(days=25)}&to={today - timedelta(days=15)}") == 1
    for nonsense in (
        "?days=7",
        "?from=x&to=y",
        f"?from={today + timedelta(days=3)}",
        "?from=1900-01-01",
        "?from=2026-99-99",
    ):
        assert dots(nonsense) == 3, nonsense


def test_a_pause_and_a_withdrawn_consent_are_seen_at_once(client: Client, team: CareTeam):
    patient = make_patient(team)
    patient_pause(patient=patient, reason="in hospital", until=timezone.localdate() + timedelta(days=9))
    consent_revoke(patient=patient, scope="ai_voice_call", how="voice")
    page = page_of(client, patient)
    assert "Paused" in page and "no consent to AI calls" in page


@pytest.mark.parametrize("check_ins", [1, 80])
def test_the_number_of_queries_does_not_depend_on_the_history(
    client: Client,
    team: CareTeam,
    nurse: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    check_ins: int,
):
    patient = make_patient(team)
    for number in range(check_ins):
        voice_of(check_in(patient, days_ago=number + 0.5), pause_ratio=0.25)
    raise_alert(patient, "high")
    raise_alert(patient, "low")
    with django_assert_num_queries(12):
        client.get(f"/patients/{patient.pk}/")


def test_the_view_is_recorded(client: Client, team: CareTeam, nurse: User):
    patient = make_patient(team)
    page_of(client, patient)
    row = PhiAccess.objects.get(resource="patient")
    assert (row.user_id, row.action, row.patient_hash) == (nurse.pk, "view", patient_hash(patient.pk))


def test_another_teams_patient_is_answered_like_one_that_does_not_exist(client: Client):
    patient = make_patient(make_team())
    foreign = client.get(f"/patients/{patient.pk}/")
    missing = client.get("/patients/00000000-0000-4000-8000-000000000000/")
    assert foreign.status_code == missing.status_code == 404

    def plain(response: object) -> bytes:
        return re.sub(rb"[0-9a-f]{16}", b"", response.content)  # type: ignore[attr-defined]  # the request ids differ

    assert plain(foreign) == plain(missing)
    assert not PhiAccess.objects.exists()


def test_a_note_is_written_once_and_an_empty_one_is_not(client: Client, team: CareTeam, nurse: User):
    patient = make_patient(team)
    client.post(f"/patients/{patient.pk}/notes/", {"text": "  "})
    client.post(f"/patients/{patient.pk}/notes/", {"text": "Sleeps in the chair."})
    assert [(note.text, note.author_id) for note in PatientNote.objects.all()] == [
        ("Sleeps in the chair.", nurse.pk)
    ]
    assert PhiAccess.objects.filter(action="add_note", user_id=nurse.pk).count() == 2
    foreign = make_patient(make_team())
    assert client.post(f"/patients/{foreign.pk}/notes/", {"text": "x"}).status_code == 404


def test_times_are_in_the_teams_zone_and_the_patients_clock_stands_beside(client: Client, team: CareTeam):
    patient = make_patient(team, time_zone="America/Los_Angeles")
    planned = timezone.now().replace(hour=18, minute=5) + timedelta(days=1)
    make_call(patient, state=Call.State.PLANNED, planned_for=planned)
    page = page_of(client, patient)
    assert f"{planned.astimezone(ZoneInfo(team.time_zone)):%H:%M}" in page
    assert "(America/Los_Angeles)" in page


def test_the_list_shows_the_teams_patients_by_name_with_their_open_alerts(client: Client, team: CareTeam):
    make_patient(team, first_name="Zoe", last_name="Adams")
    busy = make_patient(team, first_name="Bea", last_name="Zimmer")
    raise_alert(busy)
    raise_alert(busy)
    make_patient(make_team(), last_name="Foreign")
    page = client.get("/patients/").content.decode()
    assert page.index("Adams, Zoe") < page.index("Zimmer, Bea")
    assert "Foreign" not in page
    assert '<span class="strong">2</span>' in page


@pytest.mark.parametrize(
    "typed",
    [
        "mun",
        "Muñ",
        "inés m",
        "MUÑOZ, ines",
        "2015550142",
        "(201) 555-0142",
        "03/04/1950",
        "1950-03-04",
        "Mar 4 1950",
    ],
)
def test_search_finds_by_name_phone_and_date_of_birth(client: Client, team: CareTeam, typed: str):
    make_patient(
        team, first_name="Inés", last_name="Muñoz", phone="+12015550142", date_of_birth=date(1950, 3, 4)
    )
    make_patient(team, first_name="Other", last_name="Person")
    page = client.post("/search/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()
    assert "Inés Muñoz" in page and "Other" not in page


@pytest.mark.parametrize("typed", ["", "i", "zzz", "unoz", "2015550143", "%", "' or 1=1"])
def test_search_finds_nobody_else(client: Client, team: CareTeam, typed: str):
    make_patient(team, first_name="Inés", last_name="Muñoz", phone="+12015550142")
    page = client.post("/search/", {"q": typed}).content.decode()
    assert "Muñoz" not in page


def test_search_does_not_reach_over_the_wall_and_is_recorded(client: Client, team: CareTeam):
    make_patient(make_team(), first_name="Inés", last_name="Muñoz", phone="+12015550142")
    for typed in ("muñoz", "2015550142"):
        assert "Muñoz" not in client.post("/search/", {"q": typed}).content.decode()
    assert PhiAccess.objects.filter(action="search", row_count=0).count() == 2


def test_a_search_never_stands_in_an_address(client: Client):
    assert client.get("/search/?q=munoz").status_code == 405
