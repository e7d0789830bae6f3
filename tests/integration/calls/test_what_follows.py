"""From what is said or recorded, by the rules, to what the line asks: with a voice model, and without one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import CallFlag
from alerts.phrases import scan
from alerts.phrases.model import ScanContext, ScanResult, Segment
from calls import crisis
from calls.models import Call, ScreenResult, Turn
from calls.recordings import scripts
from calls.tools.runner import run_tool
from heartvoice.demo.phone import twiml
from patients.models import Consent, Patient
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.people import _nurse
from tests.integration.calls.test_crisis_by_network import Line, line_of
from tests.integration.calls.test_flows import greeted, heard, until, verified
from tests.standins.realtime import Session
from tests.standins.realtime_conversation import Tool

LINES = scripts("en").rules


def script(key: str) -> str:
    return scripts("en").recorded[key].text


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    scan(Segment("Good morning."), ScanContext())


@pytest.fixture
def usually_well(joan: Patient) -> Patient:
    joan.enrolment_scales = {"shortness_of_breath": 0}
    joan.save()
    return joan


# --- with a voice model


async def test_a_rise_of_two_points_is_asked_about_like_a_score_of_three(
    world: WorldOf, usually_well: Patient
) -> None:
    """S07: "dyspnea 3, or +2 from baseline, or much worse": ask the E03 and E01 questions."""

    async def call(session: Session) -> None:
        await greeted(session)
        await verified(session)
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"shortness_of_breath": 2}}, "u1"))
        await session.closed.wait()

    async with world(call) as w, w.call() as line:
        await heard(line, "breath_rest")


async def test_a_night_in_the_recliner_is_asked_about_at_once(world: WorldOf, joan: Patient) -> None:
    """S06: "ask if breathless now -> E03"; begun by words alone, before any answer is recorded."""

    async def call(session: Session) -> None:
        await greeted(session)
        await verified(session)
        await session.hears("I had to sleep in the recliner last night.", ms=500)
        await session.closed.wait()

    async with world(call) as w, w.call() as line:
        await heard(line, "breath_rest")
        assert await until(lambda: CallFlag.objects.filter(flag="orthopnea_pnd").exists())


async def test_the_model_is_given_the_sentence_of_a_finding(world: WorldOf, joan: Patient) -> None:
    """M03: "ask why (cost, effects, forgot)"."""
    told: list[str] = []

    async def call(session: Session) -> None:
        await greeted(session)
        await verified(session)
        arguments = {"symptoms": {}, "medication_adherence": {"missed_doses_week": 3}}
        await session.respond(Tool("updatePatientRecord", arguments, "u1"))
        while not any(LINES["M03"] in text for text in told):
            item = (await session.expect("conversation.item.create"))["item"]
            told.extend(part.get("text", "") for part in item.get("content", ()))

    async with world(call) as w, w.call():
        await until(lambda: any(LINES["M03"] in text for text in told) or None, within_s=15)


# --- the tool's own outcome


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"symptoms": {"shortness_of_breath": 2}}, "S07:high"),
        ({"symptoms": {"sleep_difficulty": 3}}, "S06:high"),
        ({"symptoms": {"weight_change": 3.1}}, "S01:high"),
        ({"symptoms": {}, "mood_assessment": 3}, "S13:medium"),
        ({"symptoms": {}, "medication_adherence": {"missed_doses_week": 1}}, "M04:low"),
    ],
)
def test_what_the_rules_find_in_an_answer_comes_back_with_it(
    usually_well: Patient, answers: dict[str, Any], rule: str
) -> None:
    now = timezone.now()
    call = Call.objects.create(
        patient=usually_well, direction="outbound", purpose="scheduled", planned_for=now, answered_at=now,
        state="in_progress", identity_result="verified", language="en",
    )  # fmt: skip
    arguments = json.dumps(answers)
    done = run_tool(call_id=call.pk, model_call_id="u1", name="updatePatientRecord", arguments=arguments)
    assert rule in done.found


# --- without a voice model


@pytest.fixture
def line(usually_well: Patient, settings: Any) -> Line:
    _nurse(usually_well)
    return line_of(usually_well, settings)


def test_without_a_model_a_rise_is_asked_about_too(line: Line) -> None:
    line.ask("shortness_of_breath").presses("2")
    assert script("breath_rest") in line.hears


def test_without_a_model_a_dizziness_leads_to_fainting_and_falls(line: Line) -> None:
    line.ask("swelling").says("I feel dizzy when I stand up.")
    assert script("warning_faint") in line.hears
    assert script("warning_fall") in line.presses("2").hears
    assert script("fall_head") in line.presses("1").hears
    flag = CallFlag.objects.get(flag="fall")
    assert (flag.severity, flag.rule_id) == ("high", "E07")
    assert ScreenResult.objects.get(screen="warning").tier == "fell"


def test_a_faint_told_when_asked_is_an_emergency(line: Line) -> None:
    line.ask("swelling").says("I feel dizzy when I stand up.")
    assert line.presses("1").hears.startswith(script("call_911"))


def test_poison_help_is_named_by_the_networks_own_voice_once(line: Line) -> None:
    """M05."""
    line.ask("medication").says("I took my metoprolol twice this morning by mistake.")
    assert LINES["M05"] in line.hears
    line.ask("swelling").presses("1")
    assert LINES["M05"] not in line.hears
    assert Turn.objects.filter(item_id="line:M05").count() == 1


def test_questions_that_only_a_model_can_hear_the_answer_to_are_not_put(line: Line) -> None:
    line.ask("medication").presses("3")
    assert LINES["M03"] not in line.hears


# --- a wish about the calls


@pytest.mark.parametrize(
    ("controls", "words", "is_revoked"),
    [
        (("opt_out", "reschedule"), "I don't want calls this early.", False),
        (("human_request", "opt_out"), "I don't want to talk to a machine, get me a nurse.", False),
        (("opt_out", "reschedule"), "It is too early, and never call me again.", True),
    ],
)
def test_a_wish_for_another_time_or_for_a_person_ends_no_consent(
    line: Line, monkeypatch: pytest.MonkeyPatch, controls: tuple[str, ...], words: str, is_revoked: bool
) -> None:
    """Whatever the scanner finds beside it: "stop calling so early" is a reschedule, not an opt-out."""
    monkeypatch.setattr("calls.detector.scan", lambda *given: ScanResult(controls=controls))
    crisis.hear(line.call, words, question_id="mood", item="questionnaire", asked="")
    assert (Consent.objects.get(scope="ai_voice_call").revoked_at is not None) is is_revoked


# --- who cannot follow


def test_the_second_question_that_is_not_understood_ends_the_call_and_a_nurse_calls(line: Line) -> None:
    """ "Two failed comprehension checks -> stop kindly, nurse call"."""
    line.ask("swelling").says("banana").says("banana")
    assert "tired" in line.hears, "the next question"
    line.says("banana").says("banana")
    assert line.hears == f"{script('comprehension_done')} {script('closing_ai')}"
    assert isinstance(line.verbs[-1], twiml.Hangup)
    (task,) = line.call.patient.care_tasks.all()
    assert (task.kind, task.call_id) == ("unfinished_check_in", line.call.pk)
    assert line.call.state == "completed"
