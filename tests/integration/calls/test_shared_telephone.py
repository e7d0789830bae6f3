"""A telephone that several patients share: taken, private to all of them, and safe before anybody is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alerts.models import Alert, CallFlag, CareTask, Notification
from calls.models import Call, Turn
from calls.services import call_finish, turn_add
from calls.services.reviewing import call_review
from heartvoice.demo.phone import twiml
from patients.models import CareTeam, Consent, Patient
from patients.services import consent_give, patient_enrol
from tests.integration.calls.test_crisis_by_network import SID, Line, script, warm  # noqa: F401
from tests.support.factories import make_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def earl(joan: Patient) -> Patient:
    """Joan's husband, whose heart another team looks after."""
    team = CareTeam.objects.create(name="Valve team", spoken_name="the valve team")
    earl = patient_enrol(
        care_team=team,
        first_name="Earl",
        last_name="Baker",
        date_of_birth=date(1947, 1, 9),
        phone=joan.phone,
        time_zone="America/New_York",
    )
    consent_give(patient=earl, scope=Consent.Scope.AI_VOICE_CALL, wording_version="1", method="paper")
    for one in (joan, earl):
        make_shift(one.care_team)
    return earl


@pytest.fixture
def line(joan: Patient, earl: Patient, settings: Any) -> Line:
    """The telephone of both rings us."""
    line = Line(Call(), settings)
    line.call.refresh_from_db = lambda *given, **kinds: None  # type: ignore[method-assign]
    line.post("/voice", From=joan.phone, To="+12015550190", Direction="inbound")
    line.call = Call.objects.get(call_sid=SID)
    return line


def test_the_call_is_taken_by_questions_and_says_nothing_of_anybody(line: Line, joan: Patient) -> None:
    assert isinstance(line.verbs[-1], twiml.Gather) and "nine one one" in line.hears
    assert "your full name" in line.hears
    for private in ("Joan", "Earl", "Baker", "heart", "valve"):
        assert private not in line.hears
    assert (line.call.state, line.call.mode) == ("in_progress", "questionnaire")


@pytest.mark.parametrize(
    ("name", "born", "first_name"), [("Joan Baker", "03031948", "Joan"), ("Earl Baker", "01091947", "Earl")]
)
def test_name_and_date_of_birth_choose_the_patient(line: Line, name: str, born: str, first_name: str) -> None:
    line.says(name)
    line.presses(born)
    call = Call.objects.get(call_sid=SID)
    assert call.patient.first_name == first_name and call.identity_result == "verified"
    assert "short of breath" in line.hears
    assert name in [turn.text for turn in Turn.objects.filter(call=call)]
    line.presses("1")
    record = call.patient.records.get()
    assert record.shortness_of_breath == 1 and record.call_id == call.pk
    others = Call.objects.exclude(pk=call.pk)
    assert all(one.state == "completed" and not one.turns.exists() for one in others)
    assert not Alert.objects.exclude(patient=call.patient).exists()


def test_the_name_of_one_and_the_birthday_of_the_other_is_nobody(line: Line) -> None:
    for _ in range(2):
        line.says("Joan Baker")
        line.presses("01091947")
    assert line.verbs and isinstance(line.verbs[-1], twiml.Hangup)
    call = Call.objects.get()
    assert (call.identity_result, call.end_reason) == ("failed", "not_verified")


def test_an_emergency_before_identity_is_an_alert_for_each_and_pages_both_teams(
    line: Line, joan: Patient, earl: Patient
) -> None:
    line.says("I cannot breathe, I am choking for air")
    assert line.hears.startswith(f"{script('call_911')} {script('alert_committed')}")
    for patient in (joan, earl):
        alert = Alert.objects.get(patient=patient)
        assert (alert.rule_id, alert.severity, alert.flag) == ("E03", "critical", "severe_dyspnea")
        assert Notification.objects.filter(alert=alert).exists()
        task = CareTask.objects.get(patient=patient)
        assert task.kind == "not_verified" and "several patients share" in task.detail
    line.post("/voice/questionnaire")
    line.ask("name").says("Earl Baker")
    assert Alert.objects.count() == 2 and CareTask.objects.count() == 2


def test_after_an_emergency_identity_still_chooses_and_the_line_stays_in_crisis(
    line: Line, joan: Patient, earl: Patient
) -> None:
    line.says("I cannot breathe, I am choking for air")
    line.ask("name").says("Earl Baker")
    line.ask("identity").presses("01091947")
    call = Call.objects.get(call_sid=SID)
    assert call.patient == earl and call.identity_result == "verified"
    assert CallFlag.objects.get(call=call).flag == "severe_dyspnea"
    call_finish(call_id=call.pk, reason="hangup")
    assert Call.objects.filter(state="in_progress").count() == 0


def test_what_only_the_review_finds_is_everybodys_too(line: Line, joan: Patient, earl: Patient) -> None:
    """Words that came with the end of the call: nobody had judged them."""
    turn_add(
        call_id=line.call.pk, speaker="patient", item="late", text="I have crushing chest pain right now",
        start_ms=9_000, end_ms=9_500,
    )  # fmt: skip
    call_finish(call_id=line.call.pk, reason="hangup")
    call_review(call_id=line.call.pk)
    assert {alert.patient for alert in Alert.objects.filter(flag="chest_pain")} == {joan, earl}


def test_who_wants_no_more_calls_to_this_number_speaks_for_all_of_it(
    line: Line, joan: Patient, earl: Patient
) -> None:
    line.says("Stop calling this number.")
    in_force = Consent.objects.filter(scope="ai_voice_call", revoked_at__isnull=True)
    assert not in_force.exists()
    assert {task.patient for task in CareTask.objects.filter(kind="opted_out")} == {joan, earl}
