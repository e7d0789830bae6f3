"""An emergency: the engine takes the line, and says that the team knows only after the commit."""

import pytest

from calls.alarm import script_for
from calls.checkin import Phase
from calls.events import (
    AddText,
    AlertCommitted,
    AlertFailed,
    AskReply,
    CancelReply,
    ClearPhone,
    EndCall,
    EndReason,
    ModelAudio,
    Play,
    RaiseFlags,
    ReplyStarted,
    ReturnOutput,
    SaveTurn,
    Speaker,
    SpeechStarted,
    StreamStopped,
    ToolCall,
    ToolFinished,
)
from calls.patience import Limits
from tests.unit.calls.builders import Rig, audio, flag, hears, of, result

HEARS = hears(
    {
        "chest": result(flag("chest_pain")),
        "breathe": result(flag("severe_dyspnea")),
        "want to die": result(flag("suicidal_ideation")),
        "days ago": result(flag("chest_pain", "high")),
        "hurts me": result(flag("safeguarding", "high")),
        "weight": result(flag("weight_gain", "high", "symptom_worsening")),
        "robot": result(controls=("human_request",)),
        "what if": result(controls=("clarify:chest_pain",)),
        "silence": result(flag("call_lost_after_flag")),
        "line_lost": result(flag("call_lost_after_flag")),
    }
)


def talking() -> Rig:
    """Maya is in the middle of a sentence."""
    rig = Rig(HEARS)
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    return rig


def scripts_heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.speaker is Speaker.SYSTEM]


def test_a_critical_word_cuts_the_model_and_plays_the_script() -> None:
    rig = talking()
    reply = rig.begin_reply()
    rig.says(reply, "i9", "And how have you been sleeping lately, my dear?", 4_000)
    rig.wait(500)
    rig.model(SpeechStarted("p1", 0))
    rig.model(ReplyStarted("auto"))
    did = rig.patient("I have pain in my chest", item="p1")
    assert CancelReply("auto") in did
    (flags,) = of(did, RaiseFlags)
    assert flags.result.flags[0].flag == "chest_pain" and flags.text == "I have pain in my chest"
    assert of(did, Play), "the script starts at once, before the alert is committed"
    rig.wait(3_000)
    assert scripts_heard(rig) == ["call_911"]


def test_nothing_is_claimed_before_the_alert_is_committed() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.wait(10_000)
    assert scripts_heard(rig) == ["call_911"]
    (flags,) = rig.all(RaiseFlags)
    rig.work(AlertCommitted(flags.ticket))
    rig.wait(3_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"]


def test_a_failed_commit_says_to_call_911_and_never_that_the_team_knows() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertFailed(rig.all(RaiseFlags)[0].ticket))
    rig.wait(6_000)
    assert scripts_heard(rig) == ["call_911", "alert_failed"]
    assert "has been alerted" not in " ".join(text.text for text in rig.all(AddText))
    rig.wait(4_000)
    assert scripts_heard(rig) == ["call_911", "alert_failed", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)], "a person must take the line"


def test_the_model_is_not_heard_while_the_engine_has_the_line() -> None:
    rig = talking()
    rig.patient("my chest")
    did = rig.model(ReplyStarted("auto2"))
    assert did == [CancelReply("auto2")]
    payload, size = audio(400)
    assert rig.model(ModelAudio("auto2", "i20", payload, size)) == []


def test_the_script_cannot_be_interrupted() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.wait(300)
    assert ClearPhone() not in rig.model(SpeechStarted("p9", 0))


def test_the_model_gets_the_line_back_after_script_and_outcome_were_heard() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    asked = len(rig.all(AskReply))
    rig.wait(4_500)
    assert len(rig.all(AskReply)) == asked
    rig.wait(1_500)
    assert len(rig.all(AskReply)) == asked + 1
    assert any("approved message has been read" in text.text for text in rig.all(AddText))
    assert rig.conversation.parts.progress.phase is Phase.CRISIS
    payload, size = audio(400)
    rig.model(ReplyStarted("crisis"))
    assert of(rig.model(ModelAudio("crisis", "i30", payload, size)), Play)


def test_a_second_emergency_of_another_kind_is_read_out_too() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    rig.patient("I want to die")
    rig.work(AlertCommitted(2))
    rig.wait(12_000)
    assert scripts_heard(rig)[0] == "call_911" and "crisis_988" in scripts_heard(rig)
    assert len(rig.all(RaiseFlags)) == 2


def test_the_same_emergency_said_again_is_recorded_but_not_read_out_again() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    rig.reply("Are you alone?", 800)
    rig.patient("my chest hurts and I cannot breathe")
    rig.wait(8_000)
    assert len(rig.all(RaiseFlags)) == 2
    assert scripts_heard(rig).count("call_911") == 1


def test_an_emergency_before_identity_is_taken_seriously() -> None:
    rig = Rig(HEARS)
    rig.patient("she cannot breathe")
    assert rig.all(RaiseFlags) and not rig.conversation.parts.is_verified


def test_an_emergency_calls_off_a_goodbye() -> None:
    rig = talking()
    reply = rig.begin_reply()
    rig.says(reply, "bye", "Goodbye then.", 1_500)
    rig.end_reply(reply, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", "{}", True, end=EndReason.COMPLETED))
    rig.patient("wait, my chest")
    rig.wait(9_000)
    assert not rig.all(EndCall)


def test_a_score_that_is_an_emergency_takes_the_line_with_its_alert_already_committed() -> None:
    rig = talking()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "updatePatientRecord", "{}"))
    rig.work(ToolFinished("c1", "updatePatientRecord", "{}", True, alarm="call_911"))
    rig.wait(7_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"]


def test_a_worrying_word_is_told_to_the_model_only_once_it_is_saved() -> None:
    rig = talking()
    did = rig.patient("my weight is up")
    assert of(did, RaiseFlags) and not of(did, AddText)
    did = rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket))
    assert "weight gain" in of(did, AddText)[0].text
    assert not scripts_heard(rig)


@pytest.mark.parametrize(
    ("words", "claim", "says_911"),
    [
        ("days ago", AlertCommitted(1), True),
        ("days ago", AlertFailed(1), True),
        ("weight", AlertCommitted(1), False),
        ("hurts me", AlertCommitted(1), False),
    ],
)
def test_an_emergency_that_has_passed_comes_with_the_advice_to_call_911_if_it_returns(
    words: str, claim: AlertCommitted | AlertFailed, says_911: bool
) -> None:
    rig = talking()
    rig.patient(words)
    told = [text.text for text in of(rig.work(claim), AddText)]
    assert len(told) == 1 and ("911 at once if it comes back" in told[0]) is says_911


def test_a_word_that_needs_clearing_up_has_the_model_ask_directly() -> None:
    rig = talking()
    did = rig.patient("what if it hurts")
    assert "any chest pain or pressure right now?" in of(did, AddText)[0].text


def test_a_patient_who_asks_for_a_person_is_handed_to_one_at_the_end() -> None:
    rig = talking()
    rig.patient("you are a robot, give me a person")
    reply = rig.begin_reply()
    rig.says(reply, "bye", "I will connect you.", 1_500)
    rig.end_reply(reply, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", "{}", True, end=EndReason.PATIENT_REQUEST))
    rig.wait(6_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_patient_who_declines_a_person_is_not_handed_to_one() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    rig.patient("I don't want to talk to a person, robot.")
    assert not any("wants a person" in text.text for text in rig.all(AddText))
    rig.work(ToolFinished("end", "endCall", "{}", True, end=EndReason.PATIENT_REQUEST))
    rig.reply("I will stay with you.", 500)
    rig.wait(6_000)
    assert EndCall(EndReason.HUMAN_REQUEST) not in rig.all(EndCall)


def test_silence_after_an_emergency_is_an_alarm_of_its_own() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    rig.reply("Are you there?", 800)
    rig.wait(40_000)
    flags = [hit.flag for action in rig.all(RaiseFlags) for hit in action.result.flags]
    assert flags == ["chest_pain", "call_lost_after_flag"]


def test_a_hang_up_after_an_emergency_is_an_alarm_of_its_own() -> None:
    rig = talking()
    rig.patient("my chest")
    did = rig.phone_says(StreamStopped())
    assert of(did, RaiseFlags)[0].result.flags[0].flag == "call_lost_after_flag"
    assert did[-1] == EndCall(EndReason.HANGUP)


def test_a_plain_hang_up_raises_nothing() -> None:
    rig = talking()
    assert not of(rig.phone_says(StreamStopped()), RaiseFlags)


@pytest.mark.parametrize(
    ("flags", "script"),
    [
        (("chest_pain",), "call_911"),
        (("fall", "chest_pain"), "fall_911"),
        (("suicidal_ideation", "overdose"), "overdose_911"),
        (("suicidal_ideation",), "crisis_988"),
        (("stroke_signs", "confusion"), "stroke_911"),
        (("unresponsive",), "confusion_911"),
    ],
)
def test_the_script_fits_the_worst_need(flags: tuple[str, ...], script: str) -> None:
    assert script_for(flags) == script


# --- hard limits


@pytest.mark.parametrize("reason", [EndReason.COST_LIMIT, EndReason.TIME_LIMIT])
def test_a_call_at_its_limit_is_closed_kindly(reason: EndReason) -> None:
    rig = talking()
    rig.says(rig.begin_reply(), "i9", "And how have you been sleeping lately, my dear?", 4_000)
    rig.wait(500)
    rig.limit(reason)
    rig.limit(reason)
    rig.wait(6_000)
    assert scripts_heard(rig) == ["time_goodbye"]
    assert rig.all(EndCall) == [EndCall(reason)]
    assert rig.limit(reason) == [], "what is over is not closed again"


@pytest.mark.parametrize("reason", [EndReason.COST_LIMIT, EndReason.TIME_LIMIT])
def test_no_limit_takes_the_line_from_an_emergency_and_afterwards_a_person_is_rung(reason: EndReason) -> None:
    rig = talking()
    rig.patient("my chest")
    assert rig.limit(reason) == []
    rig.work(AlertCommitted(1))
    rig.wait(2_000)
    assert rig.limit(reason) == []
    rig.wait(4_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"]
    reply = rig.begin_reply()
    rig.says(reply, "i9", "Is your front door open? Can you sit down somewhere?", 4_000)
    rig.wait(500)
    rig.limit(reason)
    rig.end_reply(reply)
    rig.limit(reason)
    rig.wait(6_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_call_that_has_lasted_too_long_is_not_cut_off_in_an_emergency() -> None:
    rig = Rig(HEARS, limits=Limits(wrap_up_ms=2_000, call_ms=5_000))
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    rig.patient("my chest", ms=300)
    rig.wait(4_000)
    rig.work(AlertCommitted(1))
    rig.wait(6_000)
    rig.reply("I am with you.", 500)
    rig.wait(4_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]
    assert not any("lasted long" in text.text for text in rig.all(AddText)), "nobody is hurried along"


# --- nobody of ours hangs up first


def asked_to_end(rig: Rig, reason: EndReason) -> list[str]:
    """The model ends the call; what it is answered, and a minute of the patient's talk goes by."""
    asked = ToolCall("end", "endCall", "{}")
    rig.reply("Goodbye then.", 500, asked)
    did = rig.work(ToolFinished("end", "endCall", '{"ok": true}', True, end=reason))
    for _ in range(6):
        rig.patient("mm-hm.")
        rig.reply("I am here.", 400)
        rig.wait(5_000)
    return [output.output for output in of(did, ReturnOutput)]


@pytest.mark.parametrize(
    ("words", "reason", "ends"),
    [
        ("my chest", EndReason.COMPLETED, False),
        ("my chest", EndReason.PATIENT_REQUEST, False),
        ("my chest", EndReason.WRONG_PERSON, False),
        ("my chest", EndReason.NOT_VERIFIED, False),
        ("my chest", EndReason.EMERGENCY, True),
        ("my chest", EndReason.HUMAN_REQUEST, True),
        ("want to die", EndReason.EMERGENCY, False),
        ("want to die", EndReason.COMPLETED, False),
        ("want to die", EndReason.HUMAN_REQUEST, True),
        ("all is well", EndReason.COMPLETED, True),
    ],
)
def test_the_model_cannot_hang_up_on_an_emergency(words: str, reason: EndReason, ends: bool) -> None:
    rig = talking()
    rig.patient(words)
    for action in rig.all(RaiseFlags):
        rig.work(AlertCommitted(action.ticket))
    rig.wait(8_000)
    for _ in range(4):  # the questions of the suicide screen; the last "no" declines a person
        rig.patient("No.")
        rig.wait(4_000)
    outputs = asked_to_end(rig, reason)
    assert bool(rig.all(EndCall)) is ends
    assert all(("never hang up first" in output) is not ends for output in outputs)


def test_a_goodbye_whose_tool_was_under_way_when_the_flag_came_does_not_end_the_call() -> None:
    rig = talking()
    rig.reply("Goodbye then.", 500, ToolCall("end", "endCall", "{}"))
    rig.patient("my chest")
    rig.work(ToolFinished("end", "endCall", '{"ok": true}', True, end=EndReason.EMERGENCY))
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    rig.reply("I am with you.", 500)
    rig.wait(8_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"] and not rig.all(EndCall)


def test_a_record_that_was_being_written_when_the_flag_came_is_answered_and_says_nothing() -> None:
    rig = talking()
    rig.reply("One moment.", 500, ToolCall("rec", "updatePatientRecord", "{}"))
    rig.patient("my chest")
    asked = len(rig.all(AskReply))
    rig.work(ToolFinished("rec", "updatePatientRecord", '{"ok": true}', True))
    assert [output.call_id for output in rig.all(ReturnOutput)] == ["rec"]
    assert len(rig.all(AskReply)) == asked, "the script has the line"
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"] and len(rig.all(AskReply)) == asked + 1
