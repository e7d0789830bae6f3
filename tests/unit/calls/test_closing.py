"""The last sentence of a call is the engine's: that this was an automated assistant, and how to reach a person."""

from __future__ import annotations

import pytest

from calls.events import (
    AlertCommitted,
    AskReply,
    EndCall,
    EndReason,
    SaveTurn,
    SpeechStarted,
    StreamStopped,
    ToolCall,
    ToolFinished,
)
from calls.recordings import scripts
from calls.verbatim import is_in
from tests.unit.calls.builders import Rig, flag, hears, of, result

CLOSING = scripts("en").recorded["closing_ai"].text
HEARS = hears(
    {
        "my chest": result(flag("chest_pain")),
        "want to die": result(flag("suicidal_ideation")),
        "wrong number": result(controls=("wrong_person",)),
    }
)


def talking(said: str = "Yes, this is Joan.", **setting_of: object) -> Rig:
    rig = Rig(HEARS, **setting_of)  # type: ignore[arg-type]
    rig.reply("Hello, this is Maya, an automated AI assistant.", 2_000)
    rig.wait(2_500)
    if said:
        rig.patient(said)
        rig.reply("Thank you.", 600)
        rig.wait(1_000)
    return rig


def says_goodbye(
    rig: Rig, reason: EndReason = EndReason.COMPLETED, text: str = "Thank you. Goodbye."
) -> None:
    rig.reply(text, 2_000, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", '{"ok": true}', True, end=reason))


def scripts_heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


@pytest.mark.parametrize("reason", [EndReason.COMPLETED, EndReason.PATIENT_REQUEST, EndReason.NOT_VERIFIED])
def test_it_follows_right_behind_mayas_goodbye_and_then_the_call_ends(reason: EndReason) -> None:
    rig = talking()
    says_goodbye(rig, reason)
    rig.wait(2_000 + 2_400 + 200)
    assert rig.all(SaveTurn)[-1].text == CLOSING and not rig.all(EndCall), "heard to its end first"
    rig.wait(1_200)
    assert rig.all(EndCall) == [EndCall(reason)] and scripts_heard(rig) == ["closing_ai"]


def test_a_goodbye_that_maya_still_has_to_say_comes_before_it() -> None:
    rig = talking()
    rig.end_reply(rig.begin_reply(), ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", '{"ok": true}', True, end=EndReason.COMPLETED))
    assert rig.actions[-1] == AskReply()
    rig.wait(2_000)
    assert scripts_heard(rig) == []
    rig.reply("Goodbye, take care.", 1_500)
    rig.wait(6_000)
    assert [turn.text for turn in rig.all(SaveTurn)][-2:] == ["Goodbye, take care.", CLOSING]


def test_it_is_not_said_twice_when_maya_has_said_exactly_that() -> None:
    rig = talking()
    says_goodbye(rig, text=f"Thank you, Joan. {CLOSING}")
    rig.wait(3_500)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)] and scripts_heard(rig) == []


def test_a_remark_of_hers_in_other_words_does_not_replace_it() -> None:
    rig = talking()
    says_goodbye(rig, text="I am only an assistant, you know. Goodbye.")
    rig.wait(7_000)
    assert scripts_heard(rig) == ["closing_ai"]


@pytest.mark.parametrize("limit", [EndReason.TIME_LIMIT, EndReason.COST_LIMIT])
def test_it_follows_the_engines_own_goodbye(limit: EndReason) -> None:
    rig = talking()
    rig.limit(limit)
    rig.wait(7_000)
    assert scripts_heard(rig) == ["time_goodbye", "closing_ai"] and rig.all(EndCall) == [EndCall(limit)]


def test_a_patient_who_fell_silent_hears_it_and_can_still_take_the_goodbye_back() -> None:
    rig = talking()
    rig.conversation.ending.close_with("silent_goodbye", EndReason.SILENCE, rig.now_ms)
    rig.wait(2_600)
    rig.patient("Wait, I am here!")
    rig.reply("Oh good.", 600)
    rig.wait(3_000)
    assert not rig.all(EndCall)
    says_goodbye(rig)
    rig.wait(7_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]
    assert rig.all(SaveTurn)[-1].text == CLOSING


def test_a_line_on_which_nobody_ever_spoke_may_be_a_mailbox_and_is_told_nothing() -> None:
    rig = talking(said="")
    says_goodbye(rig)
    rig.wait(3_500)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)] and scripts_heard(rig) == []


def test_a_wrong_person_is_let_go_without_it() -> None:
    rig = talking("You have the wrong number.")
    says_goodbye(rig, EndReason.WRONG_PERSON)
    rig.wait(3_500)
    assert rig.all(EndCall) == [EndCall(EndReason.WRONG_PERSON)] and scripts_heard(rig) == []


@pytest.mark.parametrize("said", ["I feel it in my chest", "I want to die"])
def test_after_an_emergency_it_is_never_said(said: str) -> None:
    rig = talking()
    rig.patient(said)
    rig.work(AlertCommitted(1))
    rig.wait(60_000)
    for reason in (EndReason.EMERGENCY, EndReason.COMPLETED, EndReason.HUMAN_REQUEST):
        says_goodbye(rig, reason)
        rig.wait(10_000)
    assert "closing_ai" not in scripts_heard(rig)


def test_a_call_that_rings_again_for_an_emergency_goes_without_it() -> None:
    rig = talking(earlier_flags=("chest_pain",))
    says_goodbye(rig)
    rig.wait(4_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)] and scripts_heard(rig) == []


def test_an_emergency_said_over_it_cuts_it_off_at_once() -> None:
    rig = talking()
    says_goodbye(rig)
    rig.wait(2_500)
    rig.patient("wait, my chest", ms=500)
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    assert scripts_heard(rig)[-2:] == ["call_911", "alert_committed"] and not rig.all(EndCall)


def test_who_says_goodbye_over_it_does_not_cut_it() -> None:
    rig = talking()
    says_goodbye(rig)
    rig.wait(2_500)
    rig.patient("Bye bye now.", ms=500)
    rig.wait(9_000)
    assert CLOSING in [turn.text for turn in rig.all(SaveTurn)] and scripts_heard(rig) == ["closing_ai"]


def test_cut_off_behind_a_goodbye_that_was_interrupted_it_is_said_after_the_answer() -> None:
    rig = talking()
    says_goodbye(rig)
    rig.wait(1_000)
    rig.patient("One more thing, when is my visit?")
    assert rig.phone.cleared == 1 and scripts_heard(rig) == []
    rig.reply("Your clinic will tell you. Goodbye.", 1_500)
    rig.wait(9_000)
    assert [turn.text for turn in rig.all(SaveTurn)][-1] == CLOSING and scripts_heard(rig) == ["closing_ai"]
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]


def test_who_hangs_up_during_it_has_ended_the_call() -> None:
    rig = talking()
    says_goodbye(rig)
    rig.wait(3_000)
    assert of(rig.phone_says(StreamStopped()), EndCall) == [EndCall(EndReason.HANGUP)]


def test_where_there_is_no_recording_maya_reads_it_word_for_word_before_the_call_ends() -> None:
    rig = talking(clips=False)
    says_goodbye(rig)
    rig.wait(300)
    assert rig.all(AskReply)[-1] == AskReply(CLOSING)
    rig.wait(3_000)
    assert not rig.all(EndCall)
    rig.reply(CLOSING, 4_000)
    rig.wait(6_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]
    assert [turn.text for turn in rig.all(SaveTurn)].count(CLOSING) == 1


def test_somebody_who_is_speaking_is_not_talked_over() -> None:
    rig = talking()
    says_goodbye(rig)
    rig.conversation.ending.call_off()
    rig.wait(3_000)
    rig.model(SpeechStarted("late", int(rig.now_ms)))
    rig.conversation.ending.begin(EndReason.COMPLETED, rig.now_ms)
    rig.wait(2_000)
    assert "closing_ai" not in scripts_heard(rig) and not rig.all(EndCall)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_wording_says_that_it_was_a_machine_and_how_to_reach_a_person(language: str) -> None:
    text = scripts(language).recorded["closing_ai"].text
    for word in {"en": ("automated", "person", "clinic"), "es": ("automático", "persona", "clínica")}[
        language
    ]:
        assert word in text


def test_a_text_is_found_inside_another_only_when_all_of_it_is_there() -> None:
    assert is_in(f"Well then. {CLOSING} Bye.", CLOSING)
    assert not is_in("This was an automated assistant. Goodbye.", CLOSING)
    assert not is_in("", CLOSING)
