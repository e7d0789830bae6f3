"""The phrase scanner fails: what is not judged is not talked on about."""

from __future__ import annotations

import pytest

from alerts.phrases import SelfTest
from alerts.phrases.model import ScanContext, ScanResult
from alerts.phrases.model import Segment as Words
from calls import detector
from calls.events import (
    AlertCommitted,
    AskReply,
    EndCall,
    EndReason,
    PatientSaid,
    RaiseFlags,
    SaveTurn,
    SpeechStarted,
    SpeechStopped,
    StreamStopped,
    TellFault,
)
from tests.unit.calls.builders import Rig, flag, of, result


def breaks(words: Words, context: ScanContext) -> ScanResult:
    """A scanner with a fault that one sentence brings out."""
    if "chest hurts" in words.text:
        return result(flag("chest_pain"))
    if "chest" in words.text:
        raise LookupError("chest")
    return ScanResult()


def talking() -> Rig:
    rig = Rig(breaks)
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    return rig


def test_words_that_cannot_be_judged_end_the_talk_and_are_told() -> None:
    rig = talking()
    did = rig.patient("something with my chest")
    assert of(did, TellFault) == [TellFault("detector:failed")]
    assert of(did, EndCall) == [EndCall(EndReason.DETECTOR_DOWN)]
    assert [turn.text for turn in of(did, SaveTurn) if turn.speaker == "patient"] == [
        "something with my chest"
    ]
    assert not of(did, RaiseFlags) and not of(did, AskReply)


def test_the_model_does_not_go_on_afterwards() -> None:
    rig = talking()
    rig.patient("something with my chest")
    before = len(rig.all(AskReply))
    rig.wait(30_000)
    assert len(rig.all(AskReply)) == before and len(rig.all(EndCall)) == len(rig.all(TellFault)) == 1


def test_an_emergency_that_was_flagged_before_is_not_a_lost_line_and_goes_to_a_person_with_the_call() -> None:
    rig = talking()
    rig.patient("my chest hurts")
    rig.work(AlertCommitted(1))
    did = rig.patient("it is in my chest")
    assert of(did, EndCall) == [EndCall(EndReason.DETECTOR_DOWN)] and not of(did, RaiseFlags)


def test_last_words_that_cannot_be_judged_are_kept_and_told() -> None:
    rig = talking()
    rig.model(SpeechStarted("p1", 0))
    rig.model(SpeechStopped("p1", 500))
    rig.phone_says(StreamStopped())
    did = rig.conversation.last_words(PatientSaid("p1", "oh, my chest"), rig.now_ms)
    assert of(did, TellFault) and [turn.text for turn in of(did, SaveTurn)] == ["oh, my chest"]
    assert not of(did, EndCall)


def test_the_scanners_test_is_asked_for_once_in_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    clock = [100.0]

    def tested() -> SelfTest:
        asked.append(clock[0])
        return SelfTest("phrases-1", 3, ("chest pain: missed",) if clock[0] < 140 else ())

    monkeypatch.setattr(detector, "self_test", tested)
    monkeypatch.setattr(detector.time, "monotonic", lambda: clock[0])
    health = detector.Health()
    assert [health.is_well(), health.is_well()] == [False, False] and asked == [100.0]
    clock[0] = 140.0
    assert health.is_well() and asked == [100.0, 140.0]


def test_a_failing_scanner_is_told_apart_without_a_word_of_the_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(words: Words, context: ScanContext) -> ScanResult:
        raise KeyError(words.text)

    monkeypatch.setattr(detector, "scan", fails)
    with pytest.raises(detector.DetectorFailed) as failed:
        detector.judged(Words("my private words"), ScanContext())
    assert "private" not in str(failed.value) and failed.value.__cause__ is None
