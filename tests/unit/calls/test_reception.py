"""Who has the telephone: machines, children, relatives; and a wish for no more calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.phrases.speakers import hands_over, is_relative
from calls.answering import Answerer, answerer, is_child, is_holding
from calls.events import (
    AddText,
    AlertCommitted,
    AskReply,
    EndCall,
    EndReason,
    PatientSaid,
    RaiseFlags,
    ReplyStarted,
    ReturnOutput,
    RunTool,
    SaveTurn,
    SpeechStarted,
    SpeechStopped,
    ToneHeard,
    ToolCall,
    ToolFinished,
)
from calls.replies import CHANGED_HANDS
from tests.unit.calls.builders import Rig, flag, hears, of, result

HEARS = hears(
    {
        "stop calling": result(controls=("opt_out",)),
        "this early": result(controls=("opt_out", "reschedule")),
        "my chest": result(flag("chest_pain"), controls=("opt_out",)),
        "chest pain": result(flag("chest_pain")),
        "want to die": result(flag("suicidal_ideation")),
        "no more calls": result(flag("fall", "high"), controls=("opt_out",)),
        "I fell": result(flag("fall", "high")),
        "days ago": result(flag("chest_pain", "high")),
    }
)
SCREENING = (
    "This is Maya, an automated assistant calling for the heart team, for a scheduled health check-in."
)


@pytest.mark.parametrize(
    "text",
    [
        "Hi, you've reached Joan. Please leave a message after the tone.",
        "The person you are trying to reach is not available right now. At the tone, please record your message.",
        "I can't come to the phone right now",
        "Joan's voicemail. Leave your name and number and I'll call you back.",
        "Deje su mensaje después de la señal.",
        "En este momento no podemos contestar.",
    ],
)
def test_a_mailbox_is_known_by_its_words(text: str) -> None:
    assert answerer(text) is Answerer.VOICEMAIL


@pytest.mark.parametrize(
    "text",
    [
        "Hi, if you record your name and reason for calling, I'll see if this person is available.",
        "The person you're calling is using a screening service from Google.",
        "Please state your name and why you're calling",
        "Diga su nombre y el motivo de su llamada",
    ],
)
def test_a_screening_service_is_known_by_its_words(text: str) -> None:
    assert answerer(text) is Answerer.SCREENING


@pytest.mark.parametrize(
    "text",
    [
        "For English, press one.",
        "Thank you for calling Oak Grove. Please listen carefully",
        "Para español, oprima dos",
    ],
)
def test_a_menu_is_known_by_its_words(text: str) -> None:
    assert answerer(text) is Answerer.IVR


@pytest.mark.parametrize(
    "text",
    [
        "Hello?",
        "Who is this?",
        "Yes, this is Joan.",
        "I'm busy, call later",
        "¿Bueno?",
        "She is not home",
        "He is not available right now",
        "She can't come to the phone, she is in the shower",
        "Thank you for calling Oak Grove, this is Sue, how can I help you?",
        "Speaking.",
    ],
)
def test_a_person_is_not_taken_for_a_machine(text: str) -> None:
    assert answerer(text) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("This is her daughter.", True),
        ("I'm Joan's son", True),
        ("You've got his wife here", True),
        ("His wife speaking.", True),
        ("Soy su hija", True),
        ("Habla su esposo.", True),
        ("Here's my daughter", False),
        ("Let me get my husband", False),
        ("here she is", False),
        ("This is my daughter's phone, I'm Joan.", False),
        ("My son came by", False),
    ],
)
def test_a_relative_who_speaks_is_told_from_one_who_is_spoken_of(text: str, is_one: bool) -> None:
    assert is_relative(text) is is_one
    assert not is_one or hands_over(text)


def test_a_relative_on_the_line_is_noted_with_the_hand_over() -> None:
    rig = called()
    rig.patient("This is her daughter.")
    rig.patient("Here she is.")
    assert [(one.name, one.arguments) for one in commands(rig)] == [
        ("engine.handOver", '{"speaker": "relative"}'),
        ("engine.handOver", "{}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hold on, I'll get him.",
        "Here's my daughter",
        "Let me get my husband",
        "This is her daughter",
        "I'm Joan's son",
        "I'll hand you over",
        "here she is",
        "Le paso con mi mamá",
        "Soy su hija",
        "ahorita viene",
        "You can talk to my daughter.",
        "Talk to my wife, she knows.",
        "I'll put her on.",
        "I'll give you my wife",
        "I'm going to give the phone to my son",
        "I'll let you talk to my husband.",
        "My wife wants to talk to you",
        "I'm going to get my daughter.",
        "I'm going to call my daughter over.",
        "Yes, I'll call him.",
        "It's okay, but here's my son",
        "I can get my wife if you like",
        "Let me get my daughter to talk to you",
        "This is Joan Baker's daughter.",
        "Mejor hable con mi hija",
        "déjeme llamar a mi esposa",
        "Si quiere, le paso a mi hija",
        "Voy a buscarla.",
    ],
)
def test_a_telephone_that_changes_hands_is_noticed(text: str) -> None:
    assert hands_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "Let me get my glasses",
        "I'll put my feet up",
        "I have to talk to my doctor",
        "My daughter visited on Sunday",
        "I'm her favorite",
        "hold on a second",
        "mi hija vino ayer",
        "I talk to my daughter every day",
        "I'm going to call my daughter tomorrow",
        "I speak with my son on Sundays",
        "I talk to my daughter",
        "I want to talk to my daughter",
        "I'll give you my weight, one eighty-two",
        "I'll call my daughter if it gets worse",
        "I'm going to call my son about it",
        "I can get my daughter to drive me",
        "I'm going to find my wife's pills",
        "When I get tired I call my daughter",
        "you have my daughter's number",
        "Hablo con mi hija todos los días",
        "Voy a llamar a mi hija mañana",
        "Soy la madre de dos hijos",
        "ahora viene el verano",
    ],
)
def test_talk_about_people_is_no_hand_over(text: str) -> None:
    assert not hands_over(text)


@pytest.mark.parametrize(
    "text", ["My grandma is sleeping", "I'm seven", "mi abuelita está en el baño", "tengo seis años"]
)
def test_a_child_is_noticed(text: str) -> None:
    assert is_child(text)


@pytest.mark.parametrize("text", ["I'm seventy seven", "my grandson is seven", "I am five pounds up"])
def test_a_grown_up_is_no_child(text: str) -> None:
    assert not is_child(text)


def test_holding_words_are_not_a_person() -> None:
    assert is_holding("Thanks. Please stay on the line.") and not is_holding("Hello, this is Joan")


# --- in a call


def called(**setting: object) -> Rig:
    rig = Rig(HEARS, is_outbound=True, screening_text=SCREENING, **setting)  # type: ignore[arg-type]
    rig.reply("Hello, this is Maya, an automated AI assistant.", 1_000)
    rig.wait(1_200)
    return rig


def commands(rig: Rig) -> list[ToolCall]:
    return [act.call for act in rig.all(RunTool) if act.call.name.startswith("engine.")]


def test_a_mailbox_hears_nothing_and_the_line_is_left_at_the_beep() -> None:
    rig = called()
    rig.patient("You've reached Joan, leave a message after the tone")
    (command,) = commands(rig)
    assert (command.name, "voicemail" in command.arguments) == ("engine.answeredBy", True)
    asked = len(rig.all(AskReply))
    assert not of(rig.model(ReplyStarted("eager")), AskReply)
    rig.wait(2_500)
    assert rig.all(EndCall) == [EndCall(EndReason.VOICEMAIL)] and len(rig.all(AskReply)) == asked


def test_a_screening_service_is_told_who_calls_and_why_and_nothing_more() -> None:
    rig = called()
    rig.patient("Please state your name and why you are calling")
    assert rig.all(AskReply)[-1].wording == SCREENING
    rig.begin_reply("r1")
    rig.says("r1", "i1", SCREENING, 3_000)
    rig.end_reply("r1")
    rig.wait(4_000)
    rig.patient("Thanks, please stay on the line.")
    assert not rig.all(EndCall)
    rig.patient("Hello, this is Joan")
    assert rig.all(AskReply)[-1].wording == ""
    assert any("begin as in any call" in text.text for text in rig.all(AddText))
    assert [command.arguments for command in commands(rig)][-1] == '{"kind": "human"}'


def test_nobody_behind_the_screen_ends_the_call() -> None:
    rig = called()
    rig.patient("Please state your name and why you are calling")
    rig.wait(26_000)
    assert rig.all(EndCall) == [EndCall(EndReason.SILENCE)]


def test_a_patient_who_calls_us_is_never_taken_for_a_machine() -> None:
    rig = Rig(HEARS)
    rig.reply("Hello, this is Maya.", 600)
    rig.patient("I tried to leave a message after the tone")
    assert not commands(rig)


def test_no_more_calls_is_written_down_before_it_is_confirmed_and_ends_the_call() -> None:
    rig = called()
    rig.patient("Please stop calling me")
    (command,) = commands(rig)
    assert command.name == "engine.optOut" and rig.conversation.parts.is_held
    rig.wait(400)
    assert not [turn for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]
    rig.work(ToolFinished(command.call_id, command.name, "{}", True))
    rig.wait(4_500)
    assert [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")] == [
        "opt_out_done"
    ]
    assert rig.all(EndCall) == [EndCall(EndReason.OPT_OUT)]


def test_a_wish_that_could_not_be_saved_is_not_claimed() -> None:
    rig = called()
    rig.patient("Please stop calling me")
    (command,) = commands(rig)
    rig.work(ToolFinished(command.call_id, command.name, "{}", False))
    rig.wait(4_500)
    assert [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")] == [
        "opt_out_failed"
    ]


def test_an_emergency_goes_before_the_wish_and_both_count() -> None:
    rig = called()
    rig.patient("stop, my chest")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket))
    assert [command.name for command in commands(rig)] == ["engine.optOut"]
    rig.work(ToolFinished(commands(rig)[0].call_id, "engine.optOut", "{}", True))
    rig.wait(8_000)
    assert not rig.all(EndCall), "the line is kept"


def committed(rig: Rig) -> None:
    for raised in rig.all(RaiseFlags):
        rig.work(AlertCommitted(raised.ticket))


def lines_heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


def wished(rig: Rig, *, is_ok: bool = True) -> None:
    """The wish of the call has been written down, or could not be."""
    (command,) = [one for one in commands(rig) if one.name == "engine.optOut"]
    rig.work(ToolFinished(command.call_id, command.name, "{}", is_ok))


@pytest.mark.parametrize(("words", "answers"), [("chest pain", 0), ("I want to die", 4)])
@pytest.mark.parametrize(("is_ok", "told"), [(True, "is written down"), (False, "could NOT be written down")])
def test_who_wants_no_more_calls_after_an_emergency_is_not_hung_up_on(
    words: str, answers: int, is_ok: bool, told: str
) -> None:
    """Script, claim and screen have been heard and the model has the line again: the emergency is not over."""
    rig = called()
    rig.patient(words)
    committed(rig)
    rig.wait(9_000)
    for _ in range(answers):
        rig.patient("No.")
        rig.wait(5_000)
    assert not rig.conversation.emergencies.has_line
    rig.reply("I am here with you.", 600)
    rig.wait(1_500)
    rig.patient("please stop calling me")
    wished(rig, is_ok=is_ok)
    assert any(told in text.text and "never end this call first" in text.text for text in rig.all(AddText))
    rig.begin_reply("r-after")
    rig.says("r-after", "i-after", "Of course. Is anybody with you?", 900)
    rig.end_reply("r-after")
    rig.wait(8_000)
    assert not rig.all(EndCall) and "opt_out_done" not in lines_heard(rig)
    assert any(turn.text == "Of course. Is anybody with you?" for turn in rig.all(SaveTurn)), "it is heard"


def test_a_wish_said_over_the_script_is_told_to_the_model_and_ends_nothing() -> None:
    rig = called()
    rig.patient("chest pain")
    rig.patient("and stop calling me")
    committed(rig)
    wished(rig)
    rig.wait(20_000)
    assert not rig.all(EndCall) and any("is written down" in text.text for text in rig.all(AddText))


def test_who_is_rung_again_after_an_emergency_and_wants_no_more_calls_is_not_hung_up_on() -> None:
    rig = called(earlier_flags=("chest_pain",))
    rig.patient("stop calling me")
    assert not rig.conversation.parts.is_held
    wished(rig)
    rig.wait(5_000)
    assert not rig.all(EndCall) and lines_heard(rig) == []


def test_the_questions_about_a_fall_go_before_the_goodbye_that_was_wished_for() -> None:
    rig = called()
    rig.patient("I fell, no more calls please")
    wished(rig)
    rig.wait(500)
    assert lines_heard(rig) == [], "the fall is not judged yet"
    committed(rig)
    rig.wait(3_000)
    for answer in ("No.", "No.", "Yes.", "No."):
        assert not rig.all(EndCall)
        rig.patient(answer)
        rig.wait(3_500)
    rig.wait(4_000)
    assert lines_heard(rig)[0] == "fall_head" and lines_heard(rig)[-1] == "opt_out_done"
    assert rig.all(EndCall) == [EndCall(EndReason.OPT_OUT)]


def test_danger_signs_of_a_fall_keep_the_line_of_who_wants_no_more_calls() -> None:
    rig = called()
    rig.patient("I fell, no more calls please")
    wished(rig)
    committed(rig)
    rig.wait(3_000)
    rig.patient("Yes.")
    committed(rig)
    rig.wait(15_000)
    assert "fall_911" in lines_heard(rig) and not rig.all(EndCall)


# --- the last words


@pytest.mark.parametrize("limit", [EndReason.TIME_LIMIT, EndReason.COST_LIMIT, EndReason.OPT_OUT])
def test_an_emergency_said_over_the_last_goodbye_takes_the_line(limit: EndReason) -> None:
    """The goodbye cannot be interrupted; whoever speaks at its end is heard out all the same."""
    rig = called()
    if limit is EndReason.OPT_OUT:
        rig.patient("stop calling me")
        wished(rig)
    else:
        rig.limit(limit)
    rig.wait(2_000)
    rig.model(SpeechStarted("last", int(rig.now_ms)))
    rig.wait(4_000)
    assert not rig.all(EndCall), "somebody is speaking"
    rig.model(SpeechStopped("last", int(rig.now_ms)))
    rig.wait(1_500)
    assert not rig.all(EndCall), "the words are on their way"
    rig.model(PatientSaid("last", "wait, chest pain"))
    committed(rig)
    rig.wait(9_000)
    assert lines_heard(rig)[-2:] == ["call_911", "alert_committed"] and not rig.all(EndCall)
    rig.reply("I am with you.", 600)
    rig.wait(6_000)
    assert not rig.all(EndCall) and any(turn.text == "I am with you." for turn in rig.all(SaveTurn))


def test_words_at_the_goodbye_that_never_come_do_not_hold_the_line_for_ever() -> None:
    rig = called()
    rig.limit(EndReason.TIME_LIMIT)
    rig.model(SpeechStarted("last", int(rig.now_ms)))
    rig.model(SpeechStopped("last", int(rig.now_ms)))
    rig.wait(50_000)
    assert rig.all(EndCall) == [EndCall(EndReason.TIME_LIMIT)]


def test_an_emergency_is_judged_before_the_call_ends() -> None:
    """The scanner found less than critical; what the rules make of it has not come back yet."""
    rig = called()
    rig.limit(EndReason.TIME_LIMIT)
    rig.patient("I had chest pressure days ago")
    rig.wait(6_000)
    assert not rig.all(EndCall)
    committed(rig)
    rig.wait(4_500)
    assert rig.all(EndCall) == [EndCall(EndReason.TIME_LIMIT)]


def test_a_goodbye_of_the_model_waits_for_the_questions_about_a_fall() -> None:
    rig = called()
    rig.patient("I fell")
    rig.reply("Goodbye then.", 500, ToolCall("end", "endCall", "{}"))
    rig.work(ToolFinished("end", "endCall", '{"ok": true}', True, end=EndReason.COMPLETED))
    committed(rig)
    rig.wait(8_000)
    assert lines_heard(rig) == ["fall_head"] and not rig.all(EndCall)


@pytest.mark.parametrize("sound", ["mailbox words", "a beep", "a fax"])
def test_nobody_with_an_emergency_is_taken_for_a_machine(sound: str) -> None:
    rig = called()
    rig.patient("chest pain")
    match sound:
        case "mailbox words":
            committed(rig)
            rig.wait(9_000)
            rig.patient("I left a message after the tone at the clinic")
        case _:
            rig.phone_says(ToneHeard(is_fax=sound == "a fax"))
            committed(rig)
    rig.wait(9_000)
    assert lines_heard(rig) == ["call_911", "alert_committed"] and not rig.all(EndCall)


def test_a_supposed_mailbox_that_tells_of_an_emergency_is_a_person() -> None:
    rig = called()
    rig.patient("I can't come to the phone right now")
    assert [command.name for command in commands(rig)] == ["engine.answeredBy"]
    rig.patient("please, chest pain")
    committed(rig)
    rig.wait(40_000)
    assert lines_heard(rig)[:2] == ["call_911", "alert_committed"]
    assert EndCall(EndReason.VOICEMAIL) not in rig.all(EndCall)


def test_the_engine_keeps_the_calls_of_who_wants_them_later() -> None:
    rig = called()
    rig.patient("I don't want calls this early")
    assert not commands(rig) and any("called at another time" in text.text for text in rig.all(AddText))
    rig.patient("no, never call me again, not this early and not at all")
    assert [command.name for command in commands(rig)] == ["engine.optOut"]


def test_identity_ends_where_the_telephone_changes_hands() -> None:
    rig = called()
    rig.conversation.parts.is_verified = True
    rig.patient("Hold on, here's my daughter")
    assert rig.conversation.parts.is_verified is False
    assert [command.name for command in commands(rig)] == ["engine.handOver"]
    assert any("NOT verified" in text.text for text in rig.all(AddText))


def test_identity_ends_where_the_telephone_changes_hands_in_an_emergency_too() -> None:
    """ "Please give them the phone", says the script; the answer must not be taken for the patient's."""
    rig = called()
    rig.work(ToolFinished("id", "verifyIdentity", "{}", True, is_verified=True))
    rig.patient("my chest")
    rig.patient("Hello, this is her daughter.")
    assert not rig.conversation.parts.is_verified
    assert '{"speaker": "relative"}' in [command.arguments for command in commands(rig)]
    told = [text.text for text in rig.all(AddText)]
    assert any("emergency goes first" in text for text in told)
    assert not any("verify identity before anything else" in text for text in told)


VERIFY = ToolCall("id", "verifyIdentity", '{"full_name": "Joan Baker", "date_of_birth": "3/3/1948"}')
VERIFIED = ToolFinished("id", "verifyIdentity", '{"ok": true}', True, is_verified=True)


def verifies(rig: Rig) -> bool:
    """True when the model's wish to verify is carried out."""
    return VERIFY in [act.call for act in rig.all(RunTool)]


def test_talk_of_a_daughter_does_not_end_identity() -> None:
    rig = called()
    rig.work(VERIFIED)
    rig.patient("I talk to my daughter every day. I'm going to call my daughter tomorrow.")
    assert rig.conversation.parts.is_verified and not commands(rig)


def test_an_identity_that_is_confirmed_after_the_telephone_changed_hands_is_nobodys() -> None:
    rig = called()
    rig.patient("Joan Baker, March third forty-eight")
    rig.reply("One moment.", 400, VERIFY)
    rig.patient("Hold on, here's my daughter")
    told = rig.work(VERIFIED)
    assert not rig.conversation.parts.is_verified
    assert [one.output for one in of(told, ReturnOutput)] == [CHANGED_HANDS]


def test_a_reply_that_was_under_way_when_the_telephone_changed_hands_verifies_nobody() -> None:
    rig = called()
    running = rig.begin_reply()
    rig.patient("Hold on, here's my daughter")
    rig.end_reply(running, VERIFY)
    assert not verifies(rig) and rig.all(ReturnOutput) == [ReturnOutput("id", CHANGED_HANDS)]


def test_what_was_said_before_the_telephone_changed_hands_verifies_nobody_after_it() -> None:
    rig = called()
    rig.patient("Joan Baker, March third forty-eight. Here's my daughter.")
    rig.reply("Hello, who is this?", 400, VERIFY)
    assert not verifies(rig), "nobody has spoken since"
    rig.patient("It is Joan again. Joan Baker, March third forty-eight.")
    rig.reply("Thank you.", 400, replace(VERIFY, call_id="again"))
    assert [act.call.call_id for act in rig.all(RunTool)][-1] == "again"


def test_a_relative_who_gives_their_name_with_who_they_are_is_verified_by_it() -> None:
    rig = called()
    rig.patient("This is her daughter, Mary Miller, for Joan Baker, March third forty-eight.")
    rig.reply("One moment.", 400, VERIFY)
    assert verifies(rig)
    rig.work(VERIFIED)
    assert rig.conversation.parts.is_verified


def test_a_child_is_asked_for_a_grown_up() -> None:
    rig = called()
    rig.patient("My grandma is sleeping")
    assert any("grown-up" in text.text for text in rig.all(AddText))


# --- by its sound


def test_a_beep_after_a_greeting_that_was_not_understood_is_a_mailbox() -> None:
    rig = called()
    rig.patient("mumble mumble")
    rig.phone_says(ToneHeard(is_fax=False))
    (command,) = commands(rig)
    assert (command.name, "voicemail" in command.arguments) == ("engine.answeredBy", True)
    rig.wait(2_500)
    assert rig.all(EndCall) == [EndCall(EndReason.VOICEMAIL)]


def test_a_screening_service_whose_tone_is_heard_before_its_words_are_understood_is_answered() -> None:
    """ "...say your name and why you're calling, after the tone": the tone comes first, the transcript later."""
    rig = called()
    rig.model(SpeechStarted("p1", 0))
    rig.wait(3_000)
    rig.model(SpeechStopped("p1", 3_000))
    rig.phone_says(ToneHeard(is_fax=False))
    rig.wait(4_000)
    assert not rig.all(EndCall), "its words are still on their way"
    rig.model(PatientSaid("p1", "Please say your name and why you're calling, after the tone."))
    assert rig.all(AskReply)[-1].wording == SCREENING
    assert [command.arguments for command in commands(rig)][-1] == '{"kind": "call_screening"}'
    rig.reply(SCREENING, 3_000)
    rig.wait(5_000)
    rig.patient("Hello, this is Joan")
    assert not rig.all(EndCall) and rig.all(AskReply)[-1].wording == ""


def test_a_mailbox_whose_words_come_late_is_left_all_the_same() -> None:
    rig = called()
    rig.model(SpeechStarted("p1", 0))
    rig.wait(3_000)
    rig.model(SpeechStopped("p1", 3_000))
    rig.phone_says(ToneHeard(is_fax=False))
    rig.wait(3_000)
    rig.model(PatientSaid("p1", "You've reached Joan, leave a message after the tone."))
    rig.wait(2_500)
    assert rig.all(EndCall) == [EndCall(EndReason.VOICEMAIL)]


def test_a_person_with_a_microwave_oven_is_talked_to() -> None:
    rig = called()
    rig.phone_says(ToneHeard(is_fax=False))
    rig.wait(800)
    rig.patient("Sorry, that was the oven. This is Joan.")
    assert [command.arguments for command in commands(rig)][-1] == '{"kind": "human"}'
    assert rig.all(AskReply)[-1] == AskReply() and not rig.all(EndCall)


def test_a_beep_in_the_middle_of_a_talk_is_a_beep() -> None:
    rig = called()
    for _ in range(3):
        rig.patient("yes")
        rig.reply("I see.", 400)
    rig.phone_says(ToneHeard(is_fax=False))
    assert not commands(rig)


def test_a_fax_is_left_at_once() -> None:
    rig = called()
    rig.phone_says(ToneHeard(is_fax=True))
    rig.wait(300)
    assert rig.all(EndCall) == [EndCall(EndReason.VOICEMAIL)]
    assert [command.arguments for command in commands(rig)] == ['{"kind": "fax"}']


def test_tones_mean_nothing_when_the_patient_calls_us() -> None:
    rig = Rig(HEARS)
    rig.reply("Hello, this is Maya.", 600)
    rig.phone_says(ToneHeard(is_fax=True))
    assert not commands(rig) and not rig.all(EndCall)
