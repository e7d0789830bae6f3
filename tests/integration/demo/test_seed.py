"""Demo data: the same every time, in the fictional numbers, and never beside live telephones."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from alerts.models import Alert, Notification
from biomarkers.models import Baseline, VoiceBiomarker
from biomarkers.selectors import voice_standing
from calls.models import Call, ScreenResult
from heartvoice.demo.seed.people import area_codes, person, phone_of
from patients.models import Consent, Patient, User

pytestmark = pytest.mark.django_db


def seed(*arguments: str) -> dict[str, list[dict[str, str]]]:
    out = StringIO()
    call_command("seed_demo", *arguments, "--json", stdout=out)
    result: dict[str, list[dict[str, str]]] = json.loads(out.getvalue())
    return result


def test_numbers_go_upward_through_the_fictional_range() -> None:
    assert (phone_of(0), phone_of(99), phone_of(100)) == ("+12015550100", "+12015550199", "+12025550100")
    assert 211 not in area_codes()
    with pytest.raises(ValueError, match="fictional"):
        phone_of(10_000_000)


def test_people_are_the_same_every_time() -> None:
    assert [person(index) for index in range(40)] == [person(index) for index in range(40)]


def test_seeding_twice_changes_nothing_and_more_patients_are_added() -> None:
    first = seed("--patients", "3")
    assert first["patients"][0]["phone"] == "+12015550100"
    assert {user["role"] for user in first["users"]} == {"nurse", "lead", "admin"}
    assert seed("--patients", "3") == first
    assert len(seed("--patients", "5")["patients"]) == Patient.objects.count() == 5
    assert Consent.objects.count() == 5 * 5


def test_users_can_log_in_and_only_the_administrator_is_staff() -> None:
    for user in seed("--patients", "0")["users"]:
        row = User.objects.get(username=user["username"])
        assert row.check_password(user["password"])
        assert row.is_staff is (user["role"] == "admin")


def test_weeks_of_history_hold_calls_answers_voice_and_a_few_open_alerts() -> None:
    seed("--patients", "40", "--weeks", "4")
    assert Call.objects.filter(state="completed").count() > 300
    assert VoiceBiomarker.objects.filter(state="measured").count() > 1000
    assert Alert.objects.open().count() > 0
    assert ("breath", "not now", None) in ScreenResult.objects.values_list("screen", "tier", "score")
    assert not Alert.objects.filter(patient__phone_index="").exists()
    assert not Notification.objects.filter(state="pending").exists()
    rows = Call.objects.count()
    seed("--patients", "40", "--weeks", "4")
    assert Call.objects.count() == rows


@override_settings(REHEARSAL=False, TWILIO_ACCOUNT_SID="AC" + "a1" * 16)
def test_live_telephone_credentials_are_refused() -> None:
    with pytest.raises(CommandError, match="live telephone credentials"):
        seed("--patients", "1")
    assert Patient.objects.count() == 0


def test_every_patient_has_a_next_check_in_by_the_products_own_planner() -> None:
    seed("--patients", "4", "--weeks", "2")
    seed("--patients", "4", "--weeks", "2")
    planned = Call.objects.filter(state="planned", purpose="scheduled", slot_key__isnull=False)
    assert planned.count() == Patient.objects.count() == 4
    for call in planned.select_related("schedule"):
        assert call.schedule is not None and call.schedule.next_due_at == call.planned_for


def test_invented_voices_stand_on_a_chart_under_their_own_name() -> None:
    seed("--patients", "3", "--weeks", "8")
    charted = [patient for patient in Patient.objects.all() if voice_standing(patient).points]
    assert len(charted) == 3
    assert {row.algorithm_version for row in Baseline.objects.all()} == {"demo-history"}
    before = sorted(Baseline.objects.values_list("pk", "frozen_at"))
    seed("--patients", "3", "--weeks", "8")
    assert sorted(Baseline.objects.values_list("pk", "frozen_at")) == before
