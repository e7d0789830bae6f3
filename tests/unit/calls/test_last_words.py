"""Words that are transcribed after the line has gone: kept, judged, and told to nobody."""

import pytest

from calls.events import (
    AlertCommitted,
    AskReply,
    EndCall,
    EndReason,
    ModelLost,
    PatientSaid,
    Play,
    RaiseFlags,
    SaveTurn,
    SpeechStarted,
    SpeechStopped,
    StreamStopped,
    ToolCall,
    ToolFinished,
)
from tests.unit.calls.builders import Rig, flag, hears, of, result

PAIN = "I have crushing chest pain."


def hung_up_in_a_turn() -> Rig:
    """The patient has said something and has put the telephone down; its words are not there yet."""
    rig = Rig(scan=hears({"chest pain": result(flag("chest_pain"))}))
    rig.reply("How are you?", 500)
    rig.wait(800)
    rig.model(SpeechStarted("p1", 0))
    rig.wait(600)
    rig.model(SpeechStopped("p1", 600))
    rig.phone_says(StreamStopped())
    return rig


def test_words_are_owed_until_they_come() -> None:
    rig = hung_up_in_a_turn()
    assert rig.conversation.hearing.is_owed_words
    rig.conversation.last_words(PatientSaid("p1", "Goodbye then."), rig.now_ms)
    assert not rig.conversation.hearing.is_owed_words


def test_an_emergency_in_them_is_raised_and_so_is_the_lost_line() -> None:
    rig = hung_up_in_a_turn()
    did = rig.conversation.last_words(PatientSaid("p1", PAIN), rig.now_ms)
    assert [[hit.flag for hit in act.result.flags] for act in of(did, RaiseFlags)] == [
        ["chest_pain"],
        ["call_lost_after_flag"],
    ]
    (turn,) = of(did, SaveTurn)
    assert (turn.text, turn.flags) == (PAIN, ("chest_pain",))


def test_nothing_is_said_or_asked_any_more() -> None:
    rig = hung_up_in_a_turn()
    did = rig.conversation.last_words(PatientSaid("p1", PAIN), rig.now_ms)
    assert not of(did, Play) and not of(did, AskReply)


def test_ordinary_last_words_are_only_kept() -> None:
    rig = hung_up_in_a_turn()
    did = rig.conversation.last_words(PatientSaid("p1", "Goodbye then."), rig.now_ms)
    assert not of(did, RaiseFlags)
    assert [turn.text for turn in of(did, SaveTurn)] == ["Goodbye then."]


def test_a_session_that_was_lost_owes_no_words() -> None:
    rig = Rig()
    rig.model(SpeechStarted("p1", 0))
    rig.work(ModelLost())
    assert not rig.conversation.hearing.is_owed_words


def test_an_emergency_after_a_goodbye_that_was_agreed_on_is_a_lost_line_too() -> None:
    """Maya says goodbye, the patient adds something and hangs up: its words come when the line has gone."""
    rig = Rig(scan=hears({"chest pain": result(flag("chest_pain"))}))
    rig.reply("Goodbye!", 500, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", "{}", True, end=EndReason.COMPLETED))
    rig.model(SpeechStarted("p1", 0))
    rig.wait(600)
    rig.model(SpeechStopped("p1", 600))
    rig.phone_says(StreamStopped())
    did = rig.conversation.last_words(PatientSaid("p1", PAIN), rig.now_ms)
    assert [[hit.flag for hit in act.result.flags] for act in of(did, RaiseFlags)] == [
        ["chest_pain"],
        ["call_lost_after_flag"],
    ]


@pytest.mark.parametrize(
    ("reason", "raised", "ended"),
    [
        (EndReason.EMERGENCY, [], EndReason.EMERGENCY),
        (EndReason.HUMAN_REQUEST, ["call_lost_after_flag"], EndReason.HANGUP),
    ],
)
def test_who_hangs_up_when_help_has_come_is_not_lost_and_who_waits_for_a_person_is(
    reason: EndReason, raised: list[str], ended: EndReason
) -> None:
    rig = Rig(scan=hears({"chest pain": result(flag("chest_pain"))}))
    rig.reply("How are you?", 500)
    rig.patient(PAIN)
    rig.work(AlertCommitted(1))
    rig.wait(9_000)
    rig.reply("Goodbye.", 900, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", "{}", True, end=reason))
    did = rig.phone_says(StreamStopped())
    assert [hit.flag for act in of(did, RaiseFlags) for hit in act.result.flags] == raised
    assert of(did, EndCall) == [EndCall(ended)]
