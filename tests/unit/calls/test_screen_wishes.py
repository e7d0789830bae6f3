"""A wish for a person beside the reply to a screen's question: the reply counts first, then the person is rung."""

from __future__ import annotations

import json

import pytest

from alerts.phrases import scan
from alerts.phrases.model import ScanResult
from calls.events import (
    AlertCommitted,
    EndCall,
    EndReason,
    PatientSaid,
    RaiseFlags,
    RunTool,
    SaveTurn,
    SpeechStarted,
    SpeechStopped,
)
from calls.screens import Reply, screens
from calls.screens.replies import WISH, reply_in_words
from tests.unit.calls.builders import Rig, flag, hears, result

CLIP_MS = 2_400
# Words that begin the screen, what the rules found in them, the open question, and the flag that a yes raises.
OPENED = [
    (
        "I feel so hopeless these days",
        "S13:medium",
        "present_thoughts.now",
        "suicidal_ideation",
        "crisis_988",
    ),
    ("I had to sleep in the chair last night", "S06:high", "breath.rest", "severe_dyspnea", "call_911"),
    ("I felt dizzy this morning", "S11:medium", "warning.faint", "syncope", "call_911"),
    ("I had a fall yesterday in the kitchen", "E07:high", "fall.head", "head_injury", "fall_911"),
]


def asked(words: str, found: str, *, is_verified: bool = True) -> Rig:
    rig = Rig(scan)
    rig.conversation.parts.is_verified = is_verified
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    rig.patient(words)
    for raised in rig.all(RaiseFlags):
        rig.work(AlertCommitted(raised.ticket, (found,)))
    rig.wait(6_000)
    return rig


def heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


def replies(rig: Rig) -> list[dict[str, str]]:
    done = [json.loads(one.call.arguments) for one in rig.all(RunTool) if "screenResult" in one.call.name]
    return [each["replies"] for each in done]


def critical(rig: Rig, since: int) -> set[str]:
    hits = [hit for raised in rig.all(RaiseFlags)[since:] for hit in raised.result.flags]
    return {hit.flag for hit in hits if hit.severity == "critical"}


def says(rig: Rig, words: str) -> set[str]:
    """The critical flags that these words lead to, committed at once; everything is heard to its end."""
    before = len(rig.all(RaiseFlags))
    rig.patient(words)
    for raised in rig.all(RaiseFlags)[before:]:
        rig.work(AlertCommitted(raised.ticket))
    rig.wait(6 * CLIP_MS)
    return critical(rig, before)


@pytest.mark.parametrize("is_verified", [True, False])
@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("Yes, I want to talk to a person.", "yes"),
        ("Yes. Can I talk to a nurse please?", "yes"),
        ("I don't know, get me a nurse.", "unsure"),
        ("Can I talk to a nurse please?", "unsure"),
        ("Never mind that, I want to talk to a person.", "unsure"),
    ],
)
@pytest.mark.parametrize(
    ("first", "found", "question", "name", "script"), OPENED, ids=[each[2] for each in OPENED]
)
def test_the_reply_is_raised_and_recorded_and_its_script_read_before_a_person_is_rung(
    first: str, found: str, question: str, name: str, script: str, words: str, reply: str, is_verified: bool
) -> None:
    rig = asked(first, found, is_verified=is_verified)
    assert rig.conversation.emergencies.screening.question_id == question
    assert name in says(rig, words)
    assert replies(rig) == [{question.partition(".")[2]: reply}]
    assert heard(rig)[-3:] == [script, "alert_committed", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_blood_thinner_beside_the_wish_is_the_danger_sign_that_it_is() -> None:
    rig = asked("I had a fall yesterday in the kitchen", "E07:high")
    for words in ("No.", "No.", "Yes, I can."):
        rig.patient(words)
        rig.wait(CLIP_MS + 800)
    assert "fall" in says(rig, "Yes, warfarin. I want to speak to a person.")
    assert heard(rig)[-3:] == ["fall_911", "alert_committed", "nurse_transfer"]


def test_a_plain_no_beside_the_wish_raises_nothing_and_the_person_is_rung() -> None:
    rig = asked("I had to sleep in the chair last night", "S06:high")
    assert says(rig, "No. Can I talk to a nurse?") == set()
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)] and replies(rig) == []
    rig = asked("I feel so hopeless these days", "S13:medium")
    assert says(rig, "No. Can I talk to a nurse?") == set()
    assert replies(rig) == [{"now": "no"}] and heard(rig)[-1] == "nurse_transfer"


def test_another_emergency_beside_the_wish_is_read_out_and_then_a_person_is_rung() -> None:
    rig = asked("I had a fall yesterday in the kitchen", "E07:high")
    assert "chest_pain" in says(rig, "I have crushing chest pain right now, get me a nurse.")
    assert heard(rig)[-1] == "nurse_transfer" and rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_words_from_before_the_question_are_no_reply_and_the_wish_in_them_is_granted() -> None:
    rig = Rig(hears({"I fell": result(flag("fall", "high")), "a person": result(controls=(WISH,))}))
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    rig.patient("I fell yesterday")
    rig.model(SpeechStarted("early", int(rig.now_ms)))
    rig.wait(300)
    rig.work(AlertCommitted(1, ("E07:high",)))
    rig.wait(300)
    rig.model(SpeechStopped("early", int(rig.now_ms)))
    before = len(rig.all(RaiseFlags))
    rig.model(PatientSaid("early", "Give me a person"))
    rig.wait(2 * CLIP_MS + 2_000)
    assert heard(rig)[-1] == "nurse_transfer" and rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]
    assert critical(rig, before) == set()


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes I want to talk to a person", Reply.YES),
        ("A little, get me a person", Reply.YES),
        ("Sí, quiero hablar con una persona", Reply.YES),
        ("No, get me a human.", Reply.NO),
        ("Nothing. Let me talk to a person", Reply.NO),
        # politeness is no yes, and no refusal to answer is a no
        ("Okay, get me a nurse", Reply.UNSURE),
        ("I would like to speak to a person.", Reply.UNSURE),
        ("Quiero hablar con una enfermera por favor", Reply.UNSURE),
        ("I can't, get me a nurse", Reply.UNSURE),
        ("I have no time for this, give me a nurse", Reply.UNSURE),
        ("I don't want to answer, I want a person", Reply.UNSURE),
    ],
)
@pytest.mark.parametrize("step", ["fall.head", "safety.safe", "stroke.face"])
def test_a_wish_is_no_reply_and_what_stands_beside_it_is(step: str, text: str, reply: Reply) -> None:
    screen, _, name = step.partition(".")
    judged = ScanResult(controls=(WISH,))
    asked_of = screens()[screen].step(name)
    assert reply_in_words(asked_of, text, wording="", judged=judged, local_time=None) is reply


@pytest.mark.parametrize(
    ("step", "reply"),
    [("phq2.mood", Reply.UNSURE), ("orientation.day", Reply.UNSURE), ("suicide.offer", Reply.YES)],
)
def test_no_question_is_asked_once_more_beside_a_wish(step: str, reply: Reply) -> None:
    screen, _, name = step.partition(".")
    judged = ScanResult(controls=(WISH,))
    asked_of = screens()[screen].step(name)
    wording = "What day of the week is it today?"
    said = "I want to talk to a person"
    assert reply_in_words(asked_of, said, wording=wording, judged=judged, local_time=None) is reply
