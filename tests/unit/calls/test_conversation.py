"""One call's turn-taking: who speaks, what is cut, what the model is told."""

import pytest

from calls.checkin import Phase
from calls.events import (
    AddText,
    AskReply,
    ClearPhone,
    Complaint,
    EndCall,
    EndReason,
    Forget,
    KeyPressed,
    ModelAudio,
    ModelLost,
    ModelStalled,
    PatientSaid,
    Play,
    Renew,
    ReplyStarted,
    ReplyStatus,
    ReturnOutput,
    RunTool,
    SaveTurn,
    SaveUsage,
    SessionReady,
    Speaker,
    SpeechStarted,
    SpeechStopped,
    StreamStopped,
    ToolCall,
    ToolFinished,
    Truncate,
    Usage,
)
from calls.patience import Limits
from calls.replies import MAX_TOOL_CALLS_A_MINUTE
from tests.unit.calls.builders import Rig, audio, of

QUESTION = "How have you been feeling since we last talked?"
OPENING = "Hello, this is Maya, an automated AI assistant calling for the heart team. May I speak with Joan?"


def greeted() -> Rig:
    """A call after its opening."""
    rig = Rig()
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    return rig


# --- greeting and turns


def test_the_greeting_is_asked_for_once_the_session_is_ready() -> None:
    rig = Rig(ready=False)
    assert rig.work(SessionReady()) == [AskReply()]


def test_a_turn_is_saved_as_spoken_when_it_has_been_played_out() -> None:
    rig = Rig()
    rig.reply(QUESTION, 2_000)
    rig.wait(1_000)
    assert not rig.all(SaveTurn)
    rig.wait(1_500)
    (turn,) = rig.all(SaveTurn)
    assert (turn.speaker, turn.text, turn.is_interrupted) == (Speaker.MAYA, QUESTION, False)
    assert turn.end_ms - turn.start_ms >= 1_900


def test_the_patients_words_are_saved_with_their_time_and_billed() -> None:
    rig = greeted()
    start = rig.now_ms
    rig.model(SpeechStarted("p1", 0))
    rig.wait(900)
    rig.model(SpeechStopped("p1", 900))
    rig.wait(300)
    did = rig.model(PatientSaid("p1", " I feel fine. ", Usage(seconds=1.0)))
    (turn,) = of(did, SaveTurn)
    assert (turn.speaker, turn.text, turn.start_ms) == (Speaker.PATIENT, "I feel fine.", int(start))
    assert turn.end_ms == int(start) + 900
    assert of(did, SaveUsage) == [SaveUsage("p1", "transcription", Usage(seconds=1.0))]


# --- barge-in


def test_speech_clears_the_phone_and_tells_the_model_what_was_heard() -> None:
    rig = greeted()
    reply = rig.begin_reply()
    rig.says(reply, "i9", "one two three four five six seven eight nine ten", 5_000)
    rig.wait(2_000)
    did = rig.model(SpeechStarted("p1", 0))
    assert did[0] == ClearPhone()
    (cut,) = of(did, Truncate)
    assert cut.item == "i9" and abs(cut.at_ms - 2_000) <= 60
    (turn,) = of(did, SaveTurn)
    assert turn.is_interrupted and turn.text == "one two three four"


def test_late_audio_of_the_interrupted_item_is_dropped_and_the_next_reply_is_heard() -> None:
    rig = greeted()
    reply = rig.begin_reply()
    rig.says(reply, "i9", "a long story", 3_000, done=False)
    rig.wait(500)
    rig.model(SpeechStarted("p1", 0))
    payload, size = audio(200)
    assert rig.model(ModelAudio(reply, "i9", payload, size)) == []
    rig.end_reply(reply, status=ReplyStatus.CANCELLED)
    rig.model(SpeechStopped("p1", 700))
    rig.model(ReplyStarted("resp_next"))
    assert of(rig.model(ModelAudio("resp_next", "i10", payload, size)), Play)


def test_the_second_interruption_is_measured_from_its_own_item() -> None:
    rig = greeted()
    for number, heard in enumerate((1_300, 2_100)):
        reply = rig.begin_reply()
        rig.says(reply, f"long_{number}", "word " * 40, 6_000)
        rig.end_reply(reply)
        rig.wait(heard)
        did = rig.patient("Wait a moment please.", ms=600)
        (cut,) = of(did, Truncate)
        assert cut.item == f"long_{number}" and abs(cut.at_ms - heard) <= 60


def test_speech_after_a_reply_has_played_out_cuts_nothing() -> None:
    rig = greeted()
    did = rig.model(SpeechStarted("p1", 0))
    assert did == []


def test_a_reply_that_was_generating_unheard_is_forgotten_not_truncated_to_zero() -> None:
    rig = greeted()
    first, second = rig.begin_reply(), ""
    rig.says(first, "i1", "the first part", 1_000)
    rig.end_reply(first)
    second = rig.begin_reply()
    rig.says(second, "i2", "the second part", 1_000)
    rig.wait(400)
    did = rig.model(SpeechStarted("p1", 0))
    assert [type(a) for a in did if isinstance(a, Truncate | Forget)] == [Truncate, Forget]
    assert of(did, Forget) == [Forget("i2")]


def test_who_is_calling_is_heard_out_and_the_question_after_it_can_be_interrupted() -> None:
    rig = Rig()
    reply = rig.begin_reply()
    rig.says(reply, "i1", OPENING, 7_000)
    rig.wait(1_000)
    assert rig.model(SpeechStarted("p1", 0)) == []
    rig.model(SpeechStopped("p1", 300))
    rig.wait(4_800)
    assert ClearPhone() in rig.model(SpeechStarted("p2", 0))


def test_noise_that_cut_maya_off_has_her_finish_her_sentence() -> None:
    rig = greeted()
    reply = rig.begin_reply()
    rig.says(reply, "i9", "one two three four five six seven eight", 4_000)
    rig.end_reply(reply)
    rig.wait(2_000)
    did = rig.patient("", ms=300)
    (note,) = of(did, AddText)
    assert note.speaker is Speaker.SYSTEM and "five six seven eight" in note.text
    assert AskReply() in did


def test_a_long_delta_is_cut_so_that_a_mark_can_stand_inside_it() -> None:
    rig = greeted()
    payload, size = audio(1_000)
    did = rig.model(ModelAudio("r", "i", payload, size))
    plays = of(did, Play)
    assert "".join(p.payload for p in plays) == payload
    assert max(len(p.payload) for p in plays) * 3 // 4 <= 200 * 8


# --- replies and tools


def test_a_tool_runs_only_when_its_reply_is_completed() -> None:
    rig = greeted()
    reply = rig.begin_reply()
    call = ToolCall("c1", "recordVitals", "{}")
    assert not of(rig.end_reply(reply, call, status=ReplyStatus.CANCELLED), RunTool)
    reply = rig.begin_reply()
    assert of(rig.end_reply(reply, call), RunTool) == [RunTool(call)]


def test_the_same_call_id_runs_once() -> None:
    rig = greeted()
    call = ToolCall("c1", "recordVitals", "{}")
    rig.end_reply(rig.begin_reply(), call, call)
    rig.work(ToolFinished("c1", "recordVitals", "{}", True))
    rig.end_reply(rig.begin_reply(), call)
    assert rig.all(RunTool) == [RunTool(call)]


def test_one_reply_is_asked_for_after_all_outputs() -> None:
    rig = greeted()
    rig.end_reply(
        rig.begin_reply(), ToolCall("c1", "recordVitals", "{}"), ToolCall("c2", "recordVitals", "{}")
    )
    first = rig.work(ToolFinished("c2", "recordVitals", '{"ok":true}', True))
    assert first == [ReturnOutput("c2", '{"ok":true}')]
    second = rig.work(ToolFinished("c1", "recordVitals", '{"ok":true}', True))
    assert second == [ReturnOutput("c1", '{"ok":true}'), AskReply()]


def test_a_request_waits_for_the_reply_that_the_server_began_by_itself() -> None:
    rig = greeted()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "recordVitals", "{}"))
    running = rig.begin_reply()
    assert rig.work(ToolFinished("c1", "recordVitals", "{}", True)) == [ReturnOutput("c1", "{}")]
    assert AskReply() in rig.end_reply(running)


def test_a_refused_request_is_made_again_and_never_ends_the_call() -> None:
    rig = greeted()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "recordVitals", "{}"))
    assert AskReply() in rig.work(ToolFinished("c1", "recordVitals", "{}", True))
    running = rig.begin_reply()
    assert rig.model(Complaint("conversation_already_has_active_response")) == []
    assert AskReply() in rig.end_reply(running)
    assert rig.model(Complaint("response_cancel_not_active")) == []
    assert not rig.all(EndCall)


def test_a_model_that_calls_too_many_tools_is_answered_with_an_error() -> None:
    rig = greeted()
    for number in range(MAX_TOOL_CALLS_A_MINUTE + 3):
        rig.end_reply(rig.begin_reply(), ToolCall(f"c{number}", "recordVitals", "{}"))
        rig.work(ToolFinished(f"c{number}", "recordVitals", "{}", True))
    assert len(rig.all(RunTool)) == MAX_TOOL_CALLS_A_MINUTE
    assert sum("too_many_tool_calls" in out.output for out in rig.all(ReturnOutput)) == 3


def test_an_alert_may_be_raised_even_when_the_tools_of_this_minute_are_used_up() -> None:
    rig = greeted()
    for number in range(MAX_TOOL_CALLS_A_MINUTE):
        rig.end_reply(rig.begin_reply(), ToolCall(f"c{number}", "recordVitals", "{}"))
        rig.work(ToolFinished(f"c{number}", "recordVitals", "{}", True))
    rig.end_reply(rig.begin_reply(), ToolCall("alert", "triggerAlert", "{}"))
    assert rig.all(RunTool)[-1].call.name == "triggerAlert"


# --- the check-in


def test_a_verified_identity_begins_the_small_talk() -> None:
    rig = greeted()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "verifyIdentity", "{}"))
    did = rig.work(ToolFinished("c1", "verifyIdentity", "{}", True, is_verified=True))
    assert rig.conversation.parts.is_verified
    assert rig.conversation.parts.progress.phase is Phase.RAPPORT
    assert "identity is confirmed" in of(did, AddText)[0].text


def test_a_failed_identity_is_closed_without_private_words() -> None:
    rig = greeted()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "verifyIdentity", "{}"))
    did = rig.work(ToolFinished("c1", "verifyIdentity", "{}", True, is_verified=False, tries_left=0))
    assert "not_verified" in of(did, AddText)[0].text
    assert not rig.conversation.parts.is_verified


def test_an_answer_by_key_reaches_the_model_as_one_text() -> None:
    rig = greeted()
    for digit in "18":
        rig.phone_says(KeyPressed(digit))
        rig.wait(300)
    did = rig.wait(1_600)
    (text,) = of(did, AddText)
    assert text.speaker is Speaker.PATIENT and "1 8" in text.text
    assert AskReply() in did


# --- silence


def test_a_silent_patient_is_asked_twice_and_then_let_go_safely() -> None:
    rig = greeted()
    rig.wait(60_000)
    said = [turn.text for turn in rig.all(SaveTurn) if turn.speaker is Speaker.SYSTEM]
    assert len(said) == 3 and "911" not in said[0] and "nine one one" in said[2]
    assert rig.all(EndCall) == [EndCall(EndReason.SILENCE)]


def test_a_patient_who_speaks_again_is_not_let_go() -> None:
    rig = greeted()
    for _ in range(6):
        rig.wait(9_500)
        rig.patient("Just a second.")
        rig.reply("Of course.", 600)
        rig.wait(800)
    assert not rig.all(EndCall)


def test_a_line_that_is_not_silent_is_not_reprompted() -> None:
    rig = greeted()
    rig.wait(60_000, loud=True)
    assert not rig.all(EndCall) and not [t for t in rig.all(SaveTurn) if t.speaker is Speaker.SYSTEM]


def test_a_model_that_does_not_answer_is_asked_again_and_then_given_up() -> None:
    rig = greeted()
    rig.model(SpeechStarted("p1", 0))
    rig.model(SpeechStopped("p1", 500))
    rig.model(PatientSaid("p1", "Hello?"))
    rig.wait(10_500)
    assert rig.all(AskReply)[-1:] == [AskReply()]
    assert not rig.all(ModelStalled)
    rig.wait(13_500)
    assert rig.all(ModelStalled)


def test_a_line_without_frames_ends_the_call() -> None:
    rig = greeted()
    did = rig.conversation.tick(rig.now_ms, line_idle_ms=30_500)
    assert of(did, EndCall) == [EndCall(EndReason.LINE_DEAD)]


def test_a_call_that_lasts_too_long_is_wrapped_up_and_closed() -> None:
    rig = Rig(limits=Limits(wrap_up_ms=20_000, call_ms=40_000))
    while rig.now_ms < 60_000 and not rig.all(EndCall):
        rig.reply("Tell me more about that.", 1_500)
        rig.wait(2_000)
        if not rig.conversation.ended:
            rig.patient("Well, there is a lot to tell.")
    assert any("lasted long" in text.text for text in rig.all(AddText))
    assert rig.all(EndCall) == [EndCall(EndReason.TIME_LIMIT)]


# --- the end


def ending(rig: Rig, *, goodbye_in_the_same_reply: bool) -> None:
    reply = rig.begin_reply()
    if goodbye_in_the_same_reply:
        rig.says(reply, "bye", "Thank you, goodbye.", 2_000)
    rig.end_reply(reply, ToolCall("end", "endCall", '{"reason":"completed"}'))
    rig.work(ToolFinished("end", "endCall", '{"ok":true}', True, end=EndReason.COMPLETED))


def test_the_call_ends_after_the_goodbye_was_heard() -> None:
    rig = greeted()
    ending(rig, goodbye_in_the_same_reply=True)
    assert AskReply() not in rig.actions[-2:]
    rig.wait(1_900)
    assert not rig.all(EndCall)
    rig.wait(2_500)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]
    assert rig.all(SaveTurn)[-1].text == "Thank you, goodbye."


def test_a_goodbye_that_was_not_spoken_is_asked_for() -> None:
    rig = greeted()
    ending(rig, goodbye_in_the_same_reply=False)
    assert rig.actions[-1] == AskReply()
    rig.wait(3_000)
    assert not rig.all(EndCall)
    rig.reply("Goodbye, take care.", 1_500)
    rig.wait(4_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]


def test_a_goodbye_that_is_answered_leaves_time_for_it() -> None:
    rig = greeted()
    ending(rig, goodbye_in_the_same_reply=True)
    rig.wait(1_000)
    rig.patient("Oh, one more thing.")
    rig.reply("Of course, what is it?", 1_000)
    rig.wait(3_000)
    assert not rig.all(EndCall)
    rig.patient("No, never mind, goodbye.")
    rig.reply("Goodbye.", 500)
    rig.wait(6_500)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]


def test_a_hang_up_ends_once_and_keeps_what_was_heard() -> None:
    rig = greeted()
    reply = rig.begin_reply()
    rig.says(reply, "i9", "one two three four five six seven eight", 4_000)
    rig.wait(2_000)
    did = rig.phone_says(StreamStopped())
    assert of(did, SaveTurn)[0].text == "one two three four"
    assert did[-1] == EndCall(EndReason.HANGUP)
    assert rig.phone_says(StreamStopped()) == []


# --- the session is lost, or renewed


def test_a_new_session_is_told_the_conversation_as_it_was_heard() -> None:
    rig = greeted()
    rig.patient("I feel tired.")
    reply = rig.begin_reply()
    rig.says(reply, "i9", "I am sorry to hear that.", 2_000)
    rig.wait(2_500)
    rig.patient("Thank you.")
    rig.work(ModelLost())
    did = rig.work(SessionReady(is_resumed=True))
    spoken = [(text.speaker, text.text) for text in of(did, AddText)]
    assert spoken[:4] == [
        (Speaker.MAYA, "Good morning to you."),
        (Speaker.PATIENT, "I feel tired."),
        (Speaker.MAYA, "I am sorry to hear that."),
        (Speaker.PATIENT, "Thank you."),
    ]
    assert "start again" in spoken[-1][1]
    assert did[-1] == AskReply()


def test_a_session_lost_while_the_patient_thinks_is_resumed_in_silence() -> None:
    rig = greeted()
    rig.work(ModelLost())
    assert AskReply() not in rig.work(SessionReady(is_resumed=True))


def test_a_session_is_renewed_before_its_limit_but_not_in_a_reply_nor_while_it_is_heard() -> None:
    rig = Rig(ready=False)
    rig.work(SessionReady(expires_in_ms=130_000))
    rig.wait(9_000)
    reply = rig.begin_reply()
    rig.says(reply, "i1", "a story", 4_000)
    rig.wait(2_000)
    assert not rig.all(Renew)
    rig.end_reply(reply)
    rig.wait(1_500)
    assert not rig.all(Renew)
    rig.wait(1_000)
    assert rig.all(Renew) == [Renew()]
    rig.wait(1_000)
    assert rig.all(Renew) == [Renew()]


def test_a_session_lost_while_a_finished_reply_is_heard_is_told_of_it_and_says_nothing() -> None:
    rig = greeted()
    rig.reply("How much swelling is there, from zero to four?", 3_000)
    rig.wait(1_000)
    rig.work(ModelLost())
    did = rig.work(SessionReady(is_resumed=True))
    assert AddText(Speaker.MAYA, "How much swelling is there, from zero to four?") in did
    assert AskReply() not in did


def test_a_session_lost_in_the_middle_of_a_reply_goes_on_with_it() -> None:
    rig = greeted()
    rig.says(rig.begin_reply(), "i9", "How much swelling", 1_000, done=False)
    rig.work(ModelLost())
    did = rig.work(SessionReady(is_resumed=True))
    assert AddText(Speaker.MAYA, "How much swelling") in did and did[-1] == AskReply()


def test_a_reply_that_failed_is_owed_to_the_patient() -> None:
    rig = greeted()
    rig.end_reply(rig.begin_reply(), status=ReplyStatus.FAILED)
    assert rig.all(ModelStalled)
    rig.work(ModelLost())
    assert rig.work(SessionReady(is_resumed=True))[-1] == AskReply()


@pytest.mark.parametrize("sound", ["Mm-hmm.", "Uh-huh", "mhm mhm", "Ajá."])
def test_a_listening_sound_does_not_end_a_sentence(sound: str) -> None:
    rig = Rig()
    reply = rig.begin_reply()
    rig.says(reply, "i1", "Let me tell you about the salt in canned soup and why it matters to you.", 6_000)
    rig.wait(2_000)
    did = rig.patient(sound, ms=300)
    (told,) = [text.text for text in of(did, AddText)]
    assert "listening sound" in told and "why it matters to you." in told


def test_a_short_answer_is_no_listening_sound() -> None:
    rig = Rig()
    reply = rig.begin_reply()
    rig.says(reply, "i1", "Let me tell you about the salt in canned soup and why it matters to you.", 6_000)
    rig.wait(2_000)
    assert not of(rig.patient("Yes.", ms=300), AddText)
