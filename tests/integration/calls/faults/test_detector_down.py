"""The phrase scanner fails in a running call, or its test of itself does: nobody goes on unjudged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, Notification
from alerts.phrases.model import ScanContext, ScanResult, Segment
from calls import detector
from calls.models import Call, Turn
from calls.recordings import scripts
from calls.services.reviewing import calls_review
from heartvoice import health
from heartvoice.demo.phone import twiml
from patients.models import Patient
from tests.integration.calls.conftest import PHONE, WorldOf
from tests.integration.calls.faults.scenes import gone, greeted
from tests.integration.calls.people import _nurse, nurse_on_call
from tests.integration.calls.rows import call_row, rows, until
from tests.integration.calls.test_crisis_by_network import SID, Line, away, line_of, script
from tests.standins.realtime_session import Session

SAFE = scripts("en").said["detector_down"]


def broken(words: Segment, context: ScanContext) -> ScanResult:
    raise LookupError("a fault in the lexicon")


def saying(words: str) -> Callable[[Session], Awaitable[None]]:
    """A model that hears this after its greeting, and whose call is then taken away from it."""

    async def talk(session: Session) -> None:
        await greeted(session)
        await session.hears(words, ms=600)
        await gone(session)

    return talk


@pytest.mark.parametrize("part", ["the scanner", "anything else that handles the words"])
async def test_a_scanner_that_fails_in_a_call_hands_the_patient_to_a_person_and_tells_the_clinic(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """F-47: the words are not judged; Maya says nothing more."""
    if part == "the scanner":
        monkeypatch.setattr("calls.assembly.scan", broken)
    else:
        monkeypatch.setattr("calls.hearing.Hearing.said", broken)
    await nurse_on_call(joan)

    async with world(saying("Something is not right with me today.")) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await line.closed.wait()
        after = await line.after_stream(document)
        assert isinstance(after.verbs[-1], twiml.Dial)
        assert any(isinstance(verb, twiml.Say) and verb.text.startswith(SAFE) for verb in after.verbs)
        call = await call_row(line.call_sid)
    assert (call.state, call.end_reason) == ("completed", "detector_down")
    assert await rows(Notification, purpose="fault", error_code="detector:failed")
    if part == "the scanner":
        (turn,) = await rows(Turn, speaker="patient")
        assert turn.text == "Something is not right with me today." and turn.flags == []


async def test_words_that_could_not_be_judged_are_judged_when_the_scanner_is_back(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-47: the review of the whole call finds what the call itself could not."""
    monkeypatch.setattr("calls.assembly.scan", broken)

    async with world(saying("I have crushing chest pain right now.")) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await line.closed.wait()
        await line.after_stream(document)
    await until(lambda: calls_review(now=timezone.now() + timedelta(seconds=30)))
    assert await rows(Alert, rule_id="E01", severity="critical")


# --- the telephone network's own voice


@pytest.fixture
def line(joan: Patient, settings: Any) -> Line:
    _nurse(joan)
    return line_of(joan, settings)


@pytest.mark.parametrize("question", ["swelling", "waiting", "screen.suicide.now"])
def test_an_answer_that_cannot_be_judged_rings_a_person(
    line: Line, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """F-47: words in the questionnaire, in an emergency, and in a screen."""
    if question.startswith("screen"):
        line.ask("mood").says("I want to kill myself")
    monkeypatch.setattr(detector, "scan", broken)
    line.ask(question).says("It is bad, I cannot say how.")
    assert line.is_rung_through and SAFE in line.hears
    assert line.call.end_reason == "detector_down"
    assert "It is bad, I cannot say how." in [turn.text for turn in Turn.objects.filter(call=line.call)]
    assert Notification.objects.filter(purpose="fault", error_code="detector:failed").exists()


def test_without_scanner_and_database_a_person_is_rung_too(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-47 with F-32."""
    away(monkeypatch)
    monkeypatch.setattr(detector, "scan", broken)
    line.ask("swelling").says("It is bad, I cannot say how.")
    assert isinstance(line.verbs[-1], twiml.Dial) and line.hears.startswith(SAFE)


def test_an_emergency_whose_transfer_nobody_took_stays_with_us_though_nothing_can_be_judged(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-47: nobody of ours hangs up first."""
    line.ask("swelling").says("I have crushing chest pain right now")
    monkeypatch.setattr(detector, "scan", broken)
    line.says("What did you say?")
    assert line.is_rung_through
    line.post("/voice/nurse-result", DialCallStatus="no-answer")
    assert line.hears.startswith(script("person_not_there")) and line.call.state == "in_progress"


# --- no new calls


@pytest.fixture
def unwell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector.PROCESS, "is_well", lambda: False)


def test_a_patient_who_calls_while_the_scanner_is_down_gets_a_person(
    joan: Patient, settings: Any, unwell: None
) -> None:
    """F-47: inbound."""
    _nurse(joan)
    line = Line(Call(), settings)
    line.call = Call.objects.create(patient=joan, planned_for=timezone.now(), call_sid="CA" + "0" * 32)
    line.post("/voice", From=PHONE, CallSid=SID)
    assert isinstance(line.verbs[-1], twiml.Dial) and SAFE in line.hears
    assert Call.objects.get(call_sid=SID).end_reason == "detector_down"
    assert Notification.objects.filter(purpose="fault", error_code="detector:failed").exists()


@pytest.mark.parametrize(
    ("purpose", "is_rung"), [("scheduled", False), ("manual", False), ("emergency_redial", True)]
)
def test_a_patient_who_is_called_meanwhile_is_called_again_later_or_gets_a_person(
    joan: Patient, settings: Any, unwell: None, purpose: str, is_rung: bool
) -> None:
    """F-47: dialled before the scanner failed, answered after it."""
    _nurse(joan)
    line = line_of(joan, settings, purpose=purpose, identity_result="not_attempted", providers=[])
    line.post(f"/voice?call={line.call.pk}", To=PHONE)
    if is_rung:
        assert line.is_rung_through and SAFE in line.hears
        return
    assert isinstance(line.verbs[-1], twiml.Hangup) and "We will call again" in line.hears
    assert joan.first_name not in line.hears
    line.post("/voice/status", CallStatus="completed")
    assert (line.call.state, line.call.end_reason) == ("interrupted", "detector_down")


def test_readiness_names_the_scanner(client: Client, db: None, unwell: None) -> None:
    """F-47: whoever watches the processes learns of it."""
    assert "detector" in health.CHECKS
    assert "detector" in client.get("/health/ready").json()["reasons"]
