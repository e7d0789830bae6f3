"""An emergency that joins the open alert of an earlier call is one of this call too: its line is kept, and missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.phrases import scan
from alerts.phrases.model import ScanContext, Segment
from alerts.services import answers_submit, model_alert_submit, transfer_missed_submit
from calls.models import Call
from calls.plan import call_plan
from calls.services.reopening import is_in_crisis, known_kinds
from calls.services.screening import screen_save
from calls.services.summary import memory_of
from calls.writes import Write
from patients.models import Patient
from tests.integration.calls.people import _nurse
from tests.integration.calls.test_crisis_by_network import Line, line_of

WORST = {"shortness_of_breath": 4}


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """As a serving process is: the first scan reads the lexicon."""
    scan(Segment("Good morning."), ScanContext())


def ended_yesterday(patient: Patient, *, told: bool = True) -> Call:
    """A check-in of the day before, with the worst score of breathlessness. Its alert is open."""
    then = timezone.now() - timedelta(days=1)
    call = Call.objects.create(
        patient=patient, direction="outbound", purpose="scheduled", planned_for=then, answered_at=then,
        ended_at=then, state="completed", end_reason="completed", call_sid="CA" + "9" * 32,
    )  # fmt: skip
    if told:
        answers_submit(patient=patient, call=call, answers=WORST, now=then)
    return call


@pytest.fixture
def line(joan: Patient, settings: Any) -> Line:
    """Joan is asked by the network's own voice; yesterday's call told of the same emergency."""
    _nurse(joan)
    ended_yesterday(joan)
    return line_of(joan, settings)


def the_one_alert(line: Line) -> Alert:
    alert = Alert.objects.get(patient=line.call.patient, rule_id="E03")
    assert alert.call_id != line.call.pk
    return alert


def test_a_call_is_in_crisis_by_what_it_told_itself(line: Line) -> None:
    assert not is_in_crisis(line.call), "yesterday's emergency is not today's"
    line.ask("shortness_of_breath").presses("4")
    assert the_one_alert(line).occurrences == 2
    assert is_in_crisis(line.call) and known_kinds(line.call) == {"severe_dyspnea"}


def test_the_line_that_is_lost_then_is_missed(line: Line) -> None:
    line.ask("shortness_of_breath").presses("4")
    line.post("/voice/status", CallStatus="completed", SequenceNumber="9")
    assert Alert.objects.filter(call=line.call, rule_id="E17").exists()


def test_a_line_that_is_lost_without_it_is_not(line: Line) -> None:
    line.ask("shortness_of_breath").presses("1")
    line.post("/voice/status", CallStatus="completed", SequenceNumber="9")
    assert not Alert.objects.filter(rule_id="E17").exists()


def test_a_wish_for_no_more_calls_does_not_end_it(line: Line) -> None:
    line.ask("shortness_of_breath").presses("4")
    line.ask("fatigue").says("Stop calling me, never call me again")
    assert line.call.state == "in_progress"


def test_an_assistant_that_goes_away_in_it_leaves_the_patient_to_a_person(line: Line) -> None:
    answers_submit(patient=line.call.patient, call=line.call, answers=WORST)
    Call.objects.filter(pk=line.call.pk).update(providers=["openai"], end_reason="model_lost")
    line.post("/voice/ended")
    assert line.is_rung_through


@pytest.mark.parametrize("silence_s", [None, 15.0])
@pytest.mark.parametrize("by", ["score", "model"])
def test_the_live_engine_reports_a_lost_line_whoever_raised_the_emergency(
    joan: Patient, settings: Any, by: str, silence_s: float | None
) -> None:
    before, call = ended_yesterday(joan, told=False), line_of(joan, settings).call
    for each in (before, call):
        at = each.answered_at
        if by == "score":
            answers_submit(patient=joan, call=each, answers=WORST, now=at)
        else:
            model_alert_submit(
                patient=joan, call=each, severity="critical", alert_type="emergency",
                description="has collapsed", reference="1", now=at,
            )  # fmt: skip
    assert Alert.objects.get(alert_type="emergency").call_id == before.pk and is_in_crisis(call)
    Write("lost", {"silence_s": silence_s, "at": timezone.now().isoformat()}).run(call.pk)
    assert Alert.objects.filter(call=call, rule_id="E17").exists()


def test_a_transfer_that_nobody_took_after_it_is_an_emergency(line: Line) -> None:
    line.ask("shortness_of_breath").presses("4")
    alert = transfer_missed_submit(patient=line.call.patient, call=line.call)
    assert (alert.severity, alert.alert_type) == ("critical", "emergency")


def test_the_answers_to_its_questions_are_on_its_timeline_and_the_next_call_remembers_it(line: Line) -> None:
    line.ask("shortness_of_breath").presses("4")
    alert = the_one_alert(line)
    screen_save(
        call_id=line.call.pk,
        screen="orientation",
        replies={"day": "right"},
        outcome="passed",
        tier="oriented",
    )
    assert alert.events.filter(kind="screen").count() == 1
    assert alert.description[:20] in memory_of(line.call)["previous_concerns"][0]


def test_a_wish_to_die_that_only_the_voice_model_understood_is_asked_about_when_nobody_comes(
    joan: Patient, settings: Any
) -> None:
    _nurse(joan)
    line = line_of(joan, settings, providers=["openai", "questionnaire"])
    model_alert_submit(
        patient=joan, call=line.call, severity="critical", alert_type="emergency",
        description="The patient says she wants to die", reference="1",
    )  # fmt: skip
    line.ask("fatigue").says("Can I talk to a nurse please?")
    assert line.is_rung_through
    line.post("/voice/nurse-result", DialCallStatus="no-answer")
    assert "how you might do this" in line.hears


# --- the redial


def lost_call(patient: Patient, *, by: str) -> Call:
    """Its emergency told by a score, or to the voice model in these words."""
    call = ended_yesterday(patient, told=by == "score")
    if by != "score":
        model_alert_submit(
            patient=patient, call=call, severity="critical", alert_type="emergency",
            description=by, reference="1", now=call.answered_at,
        )  # fmt: skip
    Call.objects.filter(pk=call.pk).update(state="interrupted", end_reason="hangup")
    return call


def redial_of(root: Call, **changes: Any) -> Call:
    now = timezone.now()
    values = {"direction": "outbound", "purpose": "emergency_redial", "planned_for": now, "retry_of": root}
    return Call.objects.create(patient=root.patient, **{**values, **changes})


@pytest.mark.parametrize(
    ("by", "flags"),
    [
        ("score", ("severe_dyspnea",)),
        ("was found on the floor and does not answer", ("fall",)),
        ("The patient says she wants to die", ("suicidal_ideation",)),
        ("something is badly wrong", ("emergency",)),
    ],
)
def test_a_redial_knows_the_emergency_by_score_or_by_the_model(
    joan: Patient, by: str, flags: tuple[str, ...]
) -> None:
    assert call_plan(redial_of(lost_call(joan, by=by))).earlier_flags == flags


def test_a_redial_knows_what_the_one_before_was_told(joan: Patient) -> None:
    root = lost_call(joan, by="score")
    first = redial_of(root, state="interrupted", end_reason="hangup", ended_at=timezone.now())
    model_alert_submit(
        patient=joan, call=first, severity="critical", alert_type="emergency", description="x", reference="2"
    )
    assert call_plan(redial_of(root)).earlier_flags == ("emergency", "severe_dyspnea")
    assert call_plan(first).earlier_flags == ("severe_dyspnea",)


def test_a_lost_line_is_nothing_that_a_redial_asks_about(joan: Patient) -> None:
    root = lost_call(joan, by="score")
    Write("lost", {"silence_s": None, "at": timezone.now().isoformat()}).run(root.pk)
    assert Alert.objects.filter(call=root, rule_id="E17").exists()
    assert call_plan(redial_of(root)).earlier_flags == ("severe_dyspnea",)


@pytest.mark.parametrize(("identity", "is_missed"), [("verified", True), ("pending", False)])
def test_a_patient_who_falls_silent_in_the_redial_is_missed_and_a_stranger_is_not(
    joan: Patient, identity: str, is_missed: bool
) -> None:
    again = redial_of(lost_call(joan, by="score"), identity_result=identity, state="in_progress")
    Write("lost", {"silence_s": 15.0, "at": timezone.now().isoformat()}).run(again.pk)
    assert Alert.objects.filter(rule_id="E17").exists() is is_missed
