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
    KeyPressed,
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
        "chest hurts and I cannot breathe": result(flag("chest_pain"), flag("severe_dyspnea")),
        "thirty pills to end it": result(flag("overdose"), controls=("clarify:suicidal_ideation",)),
        "thirty pills because": result(flag("overdose"), flag("suicidal_ideation")),
        "hit my head": result(flag("head_injury")),
        "I fell": result(flag("fall")),
        "tripped": result(flag("fall", "high")),
        "slurred": result(flag("stroke_signs")),
        "tried once and my heart": result(
            flag("chest_pain"), flag("suicide_history", "medium", "symptom_worsening")
        ),
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


def crisis(words: str, *, found: tuple[str, ...] = ()) -> Rig:
    """An emergency whose script and claim have been heard; the model has the line again."""
    rig = talking()
    rig.patient(words)
    rig.work(AlertCommitted(1, found))
    rig.wait(8_000)
    return rig


def test_the_same_emergency_said_again_is_recorded_but_not_read_out_again() -> None:
    rig = crisis("my chest")
    rig.reply("Are you alone?", 800)
    rig.patient("my chest, again")
    rig.work(AlertCommitted(2, ("E01:critical",)))
    rig.wait(8_000)
    assert len(rig.all(RaiseFlags)) == 2
    assert scripts_heard(rig) == ["call_911", "alert_committed"]


@pytest.mark.parametrize("words", ["I cannot breathe now", "my chest hurts and I cannot breathe"])
def test_another_emergency_is_read_out_and_claimed_though_its_script_is_the_same(words: str) -> None:
    rig = crisis("my chest")
    rig.reply("Are you alone?", 800)
    rig.patient(words)
    rig.wait(3_500)
    assert scripts_heard(rig) == ["call_911", "alert_committed", "call_911"]
    rig.work(AlertCommitted(2, ("E01:critical", "E03:critical")))
    rig.wait(4_000)
    assert scripts_heard(rig)[3:] == ["alert_committed"], "and only once it is committed"


def test_an_emergency_added_while_the_script_is_read_is_claimed_and_the_script_goes_on() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.wait(500)
    rig.patient("and I cannot breathe", ms=500)
    rig.work(AlertCommitted(1))
    rig.wait(4_000)
    assert scripts_heard(rig) == ["call_911"], "nothing is claimed while the other alert is open"
    rig.work(AlertCommitted(2))
    rig.wait(6_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed"]


def test_an_emergency_added_after_the_claim_is_claimed_too() -> None:
    rig = talking()
    rig.patient("my chest")
    rig.work(AlertCommitted(1))
    rig.wait(2_600)
    rig.patient("and I cannot breathe", ms=400)
    rig.work(AlertCommitted(2))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed", "alert_committed"]


def test_one_emergency_under_two_flags_is_read_out_once() -> None:
    rig = crisis("I fell")
    rig.patient("and I hit my head")
    rig.work(AlertCommitted(2, ("E06:critical",)))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["fall_911", "alert_committed"]


def test_whoever_has_fallen_is_not_told_to_get_up_and_open_the_door() -> None:
    rig = crisis("I fell")
    rig.patient("and now my chest")
    rig.work(AlertCommitted(2))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["fall_911", "alert_committed"] * 2


# --- what a tool's result may and may not do


def wrote(rig: Rig, *found: str, alarm: tuple[str, ...] = ()) -> list[str]:
    """A record is written; what the rules have found in this call comes back. The scripts heard from then on."""
    before = len(scripts_heard(rig))
    rig.end_reply(rig.begin_reply(), ToolCall("w1", "updatePatientRecord", "{}"))
    rig.work(ToolFinished("w1", "updatePatientRecord", "{}", True, found=found, alarm=alarm))
    rig.wait(9_000)
    return scripts_heard(rig)[before:]


@pytest.mark.parametrize(
    ("words", "found"),
    [("I fell", "E06:critical"), ("my chest", "E01:critical"), ("slurred", "E09:critical")],
)
def test_an_unrelated_answer_after_an_emergency_reads_nothing_out(words: str, found: str) -> None:
    rig = crisis(words)
    rig.patient("At eight this morning.")
    rig.wait(3_000)
    assert wrote(rig, found, "S08:medium") == []


def test_an_unrelated_answer_after_a_wish_to_die_reads_nothing_out() -> None:
    rig = crisis("want to die")
    for _ in range(4):
        rig.patient("No.")
        rig.wait(4_000)
    assert wrote(rig, "E10:critical") == []


def test_a_record_that_was_under_way_does_not_cut_the_script_of_a_fall() -> None:
    rig = talking()
    rig.reply("One moment.", 300, ToolCall("u1", "updatePatientRecord", "{}"))
    rig.patient("I fell and hit my head")
    rig.wait(500)
    did = rig.work(ToolFinished("u1", "updatePatientRecord", "{}", True, found=("E06:critical",)))
    assert ClearPhone() not in did
    rig.work(AlertCommitted(1, ("E06:critical",)))
    rig.wait(9_000)
    assert scripts_heard(rig) == ["fall_911", "alert_committed"]
    heard = [turn for turn in rig.all(SaveTurn) if turn.item.startswith("script:fall_911")]
    assert not any(turn.is_interrupted for turn in heard)


@pytest.mark.parametrize(
    ("found", "script"),
    [
        ("E03:critical", "call_911"),
        ("E05:critical", "confusion_911"),
        ("E06:critical", "fall_911"),
        ("E09:critical", "stroke_911"),
        ("E16:critical", "call_911"),
    ],
)
def test_an_answer_that_the_rules_judge_critical_has_the_script_of_its_own_emergency(
    found: str, script: str
) -> None:
    assert wrote(talking(), found)[:2] == [script, "alert_committed"]


@pytest.mark.parametrize(
    "found", ["E07:high", "E02:high", "S07:high", "E17:critical", "M01:high", "E16:high"]
)
def test_what_is_not_critical_or_has_nothing_to_say_does_not_take_the_line(found: str) -> None:
    rig = talking()
    wrote(rig, found)
    assert "call_911" not in scripts_heard(rig) and "fall_911" not in scripts_heard(rig)


def test_an_answer_that_is_another_emergency_waits_for_the_script_that_is_being_read() -> None:
    rig = talking()
    rig.patient("slurred")
    rig.wait(500)
    did = rig.work(ToolFinished("u1", "recordVitals", "{}", True, found=("E09:critical", "E16:critical")))
    assert ClearPhone() not in did
    rig.work(AlertCommitted(1))
    rig.wait(9_000)
    assert scripts_heard(rig)[:3] == ["stroke_911", "call_911", "alert_committed"]


@pytest.mark.parametrize(
    ("alarm", "script"),
    [
        (("suicidal_ideation",), "crisis_988"),
        (("fall", "severe_dyspnea"), "fall_911"),
        (("stroke_signs",), "stroke_911"),
        (("emergency",), "call_911"),
    ],
)
def test_an_alarm_of_the_model_has_the_script_of_what_it_names(alarm: tuple[str, ...], script: str) -> None:
    assert wrote(talking(), alarm=alarm)[:2] == [script, "alert_committed"]


@pytest.mark.parametrize("alarm", [("chest_pain",), ("emergency",), ("chest_pain", "emergency")])
def test_an_alarm_of_the_model_about_what_was_read_out_reads_nothing(alarm: tuple[str, ...]) -> None:
    assert wrote(crisis("my chest"), alarm=alarm) == []


def test_an_alarm_of_the_model_about_something_else_is_read_out() -> None:
    assert wrote(crisis("my chest"), alarm=("stroke_signs",))[:2] == ["stroke_911", "alert_committed"]


# --- what the rules find worse than the scanner


def test_what_the_rules_judge_critical_takes_the_line_though_the_words_alone_do_not() -> None:
    """A fall is high by its words, and critical with an anticoagulant on the medication list."""
    rig = talking()
    rig.patient("I tripped")
    assert scripts_heard(rig) == []
    rig.work(AlertCommitted(1, ("E06:critical", "E07:high")))
    rig.wait(7_000)
    assert scripts_heard(rig) == ["fall_911", "alert_committed"]
    assert rig.conversation.parts.progress.phase is Phase.CRISIS


def test_it_does_so_from_a_screen_and_over_a_goodbye() -> None:
    rig = talking()
    rig.patient("I tripped")
    rig.work(AlertCommitted(1, ("E07:high",)))
    rig.wait(3_000)
    assert scripts_heard(rig) == ["fall_head"]
    rig.patient("No. It was days ago.")
    rig.work(AlertCommitted(2, ("E01:critical", "E07:high")))
    rig.wait(6_000)
    assert scripts_heard(rig)[1:3] == ["call_911", "alert_committed"]
    rig = talking()
    rig.limit(EndReason.TIME_LIMIT)
    rig.patient("I tripped")
    rig.work(AlertCommitted(1, ("E06:critical",)))
    rig.wait(8_000)
    assert scripts_heard(rig)[-2:] == ["fall_911", "alert_committed"] and not rig.all(EndCall)


def test_more_of_the_same_words_does_not_read_their_script_twice() -> None:
    """The rules add an emergency (a racing heart with chest pain) to the words that have the line already."""
    rig = crisis("my chest", found=("E01:critical", "E14:critical"))
    assert scripts_heard(rig) == ["call_911", "alert_committed"]
    assert wrote(rig, "E01:critical", "E14:critical") == []


def test_a_verdict_that_comes_after_the_end_plays_nothing() -> None:
    rig = talking()
    rig.patient("I tripped")
    rig.phone_says(StreamStopped())
    assert rig.work(AlertCommitted(1, ("E06:critical",))) == []


# --- an overdose


def test_an_overdose_that_may_be_meant_is_followed_by_the_questions_about_suicide() -> None:
    rig = talking()
    rig.patient("I took thirty pills to end it")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["overdose_911", "alert_committed", "suicide_now"]
    rig.patient("No.")
    rig.wait(3_500)
    assert scripts_heard(rig)[-1] == "suicide_behavior", "that nothing is thought now does not undo it"


@pytest.mark.parametrize("keys", ["1", "21"])
def test_thoughts_or_deeds_after_an_overdose_are_an_emergency_of_their_own_and_988_is_offered(
    keys: str,
) -> None:
    rig = talking()
    rig.patient("I took thirty pills to end it")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    for key in keys:
        rig.phone_says(KeyPressed(key))
        rig.wait(4_500)
    (raised,) = [act for act in rig.all(RaiseFlags) if act.result.flags[0].flag == "suicidal_ideation"]
    rig.work(AlertCommitted(raised.ticket))
    rig.wait(12_000)
    heard = scripts_heard(rig)
    assert heard.index("crisis_988") < heard.index("nurse_transfer")
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_an_overdose_with_a_wish_to_die_has_both_scripts_then_the_questions() -> None:
    rig = talking()
    rig.patient("I took thirty pills because I want to die")
    rig.work(AlertCommitted(1))
    rig.wait(11_000)
    assert scripts_heard(rig) == ["overdose_911", "crisis_988", "alert_committed", "suicide_now"]


def test_an_overdose_told_in_the_questions_about_suicide_has_its_script_before_a_person_is_rung() -> None:
    rig = crisis("want to die")
    rig.patient("Yes, I took thirty pills because of it")
    rig.work(AlertCommitted(2))
    rig.wait(12_000)
    assert scripts_heard(rig)[3:] == ["overdose_911", "alert_committed", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_wish_for_a_person_in_the_same_words_is_told_to_the_model_after_the_script() -> None:
    rig = Rig(hears({"chest": result(flag("chest_pain"), controls=("human_request", "reschedule"))}))
    rig.patient("my chest, get me a nurse, I have no time")
    told = [text.text for text in rig.all(AddText)]
    assert any("wants a person" in text for text in told) and not any("another time" in text for text in told)


def test_what_else_was_said_with_an_emergency_is_asked_about_after_it() -> None:
    rig = talking()
    rig.patient("I tried once and my heart hurts")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    assert scripts_heard(rig) == ["call_911", "alert_committed", "suicide_now"]


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
    rig.work(ToolFinished("c1", "updatePatientRecord", "{}", True, alarm=("emergency",)))
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


@pytest.mark.parametrize(
    ("words", "answers", "ends"),
    [("my chest", 0, EndReason.SILENCE), ("want to die", 4, EndReason.HUMAN_REQUEST)],
)
def test_who_stays_silent_is_rung_again_and_after_a_wish_to_die_a_person_is_rung_at_once(
    words: str, answers: int, ends: EndReason
) -> None:
    rig = crisis(words)
    for _ in range(answers):
        rig.patient("No.")
        rig.wait(4_000)
    rig.reply("Are you there?", 800)
    rig.wait(20_000)
    for raised in rig.all(RaiseFlags):
        rig.work(AlertCommitted(raised.ticket))
    rig.wait(40_000)
    assert rig.all(EndCall) == [EndCall(ends)]


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
