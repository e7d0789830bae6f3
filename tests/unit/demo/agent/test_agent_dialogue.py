"""The rules of the conversation, in words: what is asked, recorded, raised, and never guessed."""

import pytest

from calls.checkin import load_protocol
from heartvoice.demo.agent.dialogue import lines
from heartvoice.demo.agent.dialogue.manager import Cause, Stage
from tests.support.local_agent import Conversation

QUESTION = {question.id: question.text["en"] for question in load_protocol().questions}
EMERGENCY = "This is an emergency. The approved message has been read to the patient: «Please call 911.»"
CRISIS = (
    "This is an emergency. The approved message has been read to the patient: «call or text nine eight eight»"
)


def test_the_call_opens_with_the_disclosure_and_asks_for_the_person_by_first_name() -> None:
    said = Conversation().start()
    assert said.startswith("Hello, this is Maya, an automated A I assistant")
    assert said.endswith("May I speak with Robert?")


def test_nothing_about_health_is_said_before_the_identity_is_verified() -> None:
    call = Conversation(verifyIdentity={"ok": True, "verified": False, "tries_left": 1})
    said = [
        call.start(),
        call.say("Speaking."),
        call.say("Robert Harris, March third, nineteen forty eight."),
    ]
    assert not any(word in " ".join(said) for word in ("breath", "swelling", "medicine", "weight"))
    assert said[-1] == lines.load().get("identity.retry")


def test_what_was_heard_is_passed_to_verify_identity() -> None:
    call = Conversation()
    call.verified()
    assert call.named("verifyIdentity") == [
        {"full_name": "Robert Harris", "date_of_birth": "March third nineteen forty eight"}
    ]


def test_a_missing_half_of_the_identity_is_asked_for() -> None:
    call = Conversation()
    call.start()
    call.say("Yes.")
    assert call.say("My name is Robert Harris.") == lines.load().get("identity.ask_birth")
    assert call.say("March third, nineteen forty eight.").endswith(QUESTION["wellbeing"])


def test_a_failed_identity_closes_kindly_after_the_last_try() -> None:
    call = Conversation(verifyIdentity={"ok": True, "verified": False, "tries_left": 0})
    call.start()
    call.say("Yes.")
    assert "could not confirm" in call.say("Robert Harris, March third, nineteen forty eight.")
    assert call.named("endCall") == [{"reason": "not_verified"}]


def test_a_calm_check_in_asks_every_question_once_and_ends_completed() -> None:
    call = Conversation()
    assert call.at("voice_free")
    closing = call.say("I read the newspaper.")
    assert closing.endswith(lines.load().get("closing.well"))
    record = call.named("updatePatientRecord")[-1]
    assert record == {
        "symptoms": {
            "shortness_of_breath": 1, "swelling": 1, "fatigue": 1, "sleep_difficulty": 1, "weight_change": 0
        },
        "medication_adherence": {"missed_doses_week": 0},
        "mood_assessment": 1,
        "quality_of_life": 1,
    }  # fmt: skip
    assert call.named("endCall") == [{"reason": "completed"}]
    assert call.named("triggerAlert") == []
    assert [each["context"] for each in call.named("recordVoiceBiomarkers")] == [
        "general",
        "emotional",
        "general",
    ]


def test_every_update_of_the_record_carries_symptoms() -> None:
    call = Conversation()
    call.at("voice_free")
    updates = call.named("updatePatientRecord")
    assert len(updates) >= 4
    assert all("symptoms" in each for each in updates)


def test_a_weight_change_is_read_back_before_it_is_recorded() -> None:
    call = Conversation()
    call.at("weight_change")
    assert call.say("I gained six pounds.") == "I heard that you gained six pounds. Is that right?"
    assert not any("weight_change" in each["symptoms"] for each in call.named("updatePatientRecord"))
    said = call.say("Yes, that is right.")
    assert call.named("updatePatientRecord")[-1]["symptoms"]["weight_change"] == 6
    assert call.named("triggerAlert")[-1]["type"] == "symptom_worsening"
    assert call.named("provideEducation") == [
        {"topic": "diet_sodium", "delivery_method": "verbal_explanation"}
    ]
    assert said.endswith(QUESTION["medication"])


def test_a_weight_read_back_wrongly_is_asked_again() -> None:
    call = Conversation()
    call.at("weight_change")
    call.say("I gained six pounds.")
    assert call.say("No.") == lines.load().get("reask.weight")
    assert call.say("I gained two pounds.") == "I heard that you gained two pounds. Is that right?"


def test_direction_and_amount_of_a_weight_change_are_asked_for_apart() -> None:
    call = Conversation()
    call.at("weight_change")
    assert call.say("Three pounds.") == lines.load().get("reask.weight_direction")
    assert call.say("Down.") == "I heard that you lost three pounds. Is that right?"


def test_a_reading_of_the_scale_is_recorded_and_the_change_still_asked() -> None:
    call = Conversation()
    call.at("weight_change")
    assert (
        call.say("It says 182.")
        == "I heard that your weight is one hundred eighty two pounds. Is that right?"
    )
    assert call.say("Yes.") == lines.load().get("reask.weight_plain")
    assert call.named("recordVitals") == [{"weight_lb": 182.0}]


def test_an_answer_that_is_never_understood_is_noted_and_not_guessed() -> None:
    call = Conversation()
    call.at("swelling")
    assert call.say("Well, you know.") == lines.load().get("reask.scale")
    assert call.say("Hard to say.").endswith(QUESTION["swelling"])
    said = call.say("It is what it is.")
    assert said.startswith(lines.load().get("reask.skip"))
    assert said.endswith(QUESTION["fatigue"])
    call.say("One.")
    update = call.named("updatePatientRecord")[-1]
    assert "swelling" not in update["symptoms"]
    assert "swelling: not understood" in update["notes"]


def test_chest_pain_raises_an_emergency_and_is_claimed_only_after_the_result() -> None:
    call = Conversation()
    call.at("chest_pain")
    said = call.say("Yes, a tightness since this morning.")
    alert = call.named("triggerAlert")[-1]
    assert (alert["severity"], alert["type"], alert["requires_immediate_response"]) == (
        "critical",
        "emergency",
        True,
    )
    assert lines.load().get("alert.done") in said


def test_a_failed_alert_is_never_claimed() -> None:
    call = Conversation(triggerAlert={"ok": False, "error": "not_saved", "message": ""})
    call.at("chest_pain")
    said = call.say("Yes, right now.")
    assert "has been told" not in said
    assert lines.load().get("alert.failed") in said


def test_an_emergency_is_raised_before_anybody_is_identified() -> None:
    call = Conversation()
    call.start()
    call.say("No, this is her daughter Linda, Mom can't breathe, she is gasping for air.")
    assert call.named("triggerAlert")[0]["type"] == "emergency"


def test_an_answer_inside_an_emergency_is_recorded_too() -> None:
    call = Conversation()
    call.at("shortness_of_breath")
    call.say("It is a four, I can't catch my breath.")
    assert call.named("updatePatientRecord")[-1]["symptoms"] == {"shortness_of_breath": 4}
    assert len(call.named("triggerAlert")) == 1


def test_after_the_products_emergency_script_maya_stays_brief_and_ends_when_help_is_called() -> None:
    call = Conversation()
    call.at("chest_pain")
    call.dialogue.noted(EMERGENCY)
    assert call.asked() == lines.load().get("emergency.someone")
    assert call.say("My wife is here with me.").endswith(lines.load().get("emergency.called"))
    assert call.say("Yes, she is calling now.") == lines.load().get("emergency.anything_else")
    assert call.named("endCall") == []
    assert call.say("No, that is all.") == lines.load().get("emergency.close")
    assert call.named("endCall") == [{"reason": "emergency"}]


def test_a_person_in_danger_from_themselves_is_never_hung_up_on() -> None:
    call = Conversation()
    call.at("mood")
    call.dialogue.noted(CRISIS)
    call.asked()
    for answer in ("No, I am alone.", "I do not know.", "Nobody would miss me.", "Yes.", "Okay."):
        call.say(answer)
    assert call.named("endCall") == []


def test_what_was_said_before_the_script_is_recorded_and_not_taken_for_an_answer_to_it() -> None:
    call = Conversation()
    call.at("shortness_of_breath")
    call.dialogue.heard("It is a four.")
    call.dialogue.noted(EMERGENCY)
    assert call.asked() == lines.load().get("emergency.someone")
    assert call.named("updatePatientRecord")[-1]["symptoms"]["shortness_of_breath"] == 4


def test_missed_doses_are_confirmed_then_raised_and_talked_about() -> None:
    advice = "Heart medicines work best every day. A pill box helps. " + "Another sentence follows. " * 20
    call = Conversation(provideEducation={"ok": True, "say": advice})
    call.at("medication")
    assert call.say("No.") == lines.load().get("reask.missed_any")
    assert call.say("Yes.") == lines.load().get("reask.missed_count")
    assert call.say("Three.") == "I heard that you missed three doses. Is that right?"
    said = call.say("Yes.")
    assert call.named("triggerAlert")[-1]["type"] == "medication_issue"
    assert "Heart medicines work best every day. A pill box helps." in said
    assert len(said.split()) < 90


def test_worries_lead_to_a_follow_up_that_is_promised_only_when_arranged() -> None:
    for is_ok, key in ((True, "followup.done"), (False, "followup.failed")):
        call = Conversation(scheduleFollowUp={"ok": is_ok})
        call.at("mood")
        call.say("Three.")
        call.say("One.")
        assert lines.load().get(key) in call.say("I read the newspaper.")
        assert call.named("scheduleFollowUp")[0]["type"] == "voice_call"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Are you a robot?", "greeting.robot"),
        ("Could you say that again?", "acknowledge.patience"),
        ("Please speak slower.", "acknowledge.slower"),
        ("Should I take another pill?", "acknowledge.no_advice"),
        ("I want to speak to a nurse.", "followup.done"),
    ],
)
def test_side_questions_are_answered_and_the_question_comes_back(said: str, key: str) -> None:
    call = Conversation()
    call.at("fatigue")
    answer = call.say(said)
    assert answer.startswith(lines.load().get(key))
    assert answer.endswith(QUESTION["fatigue"])


@pytest.mark.parametrize(
    ("said", "reason"),
    [("Please stop calling me.", "patient_request"), ("I have to go now, goodbye.", "patient_request")],
)
def test_a_patient_who_wants_to_go_is_let_go_with_what_was_found_saved(said: str, reason: str) -> None:
    call = Conversation()
    call.at("swelling")
    call.say(said)
    assert call.named("updatePatientRecord") == [{"symptoms": {"shortness_of_breath": 1}}]
    assert call.named("endCall") == [{"reason": reason}]


def test_a_wrong_person_hears_an_apology_and_nothing_else() -> None:
    call = Conversation()
    call.start()
    said = call.say("No, sorry, you have the wrong number, there is nobody called Robert here.")
    assert said == lines.load().get("identity.wrong_person")
    assert call.named("endCall") == [{"reason": "wrong_person"}]


DOUBT = "This may not be the patient. Say nothing private."


def test_a_doubt_of_the_product_does_not_end_the_call_of_a_patient_who_says_yes() -> None:
    call = Conversation()
    call.start()
    call.dialogue.noted(DOUBT)
    said = call.say("Yes, hello, this is Robert. How are you today?")
    assert said == lines.load().get("identity.ask") and not call.named("endCall")


def test_a_second_doubt_ends_it() -> None:
    call = Conversation()
    call.start()
    call.dialogue.noted(DOUBT)
    assert call.say("This is a tire shop.").endswith(lines.load().get("identity.ask")), "asked who it is"
    call.dialogue.noted(DOUBT)
    assert call.say("It is still a tire shop.") == lines.load().get("identity.wrong_person")
    assert call.named("endCall") == [{"reason": "wrong_person"}]


def test_where_the_product_wants_the_patient_asked_for_once_more_that_is_done() -> None:
    call = Conversation(endCall={"ok": False, "error": "ask_once_more"})
    call.start()
    said = call.say("No.")
    assert said.endswith("May I speak with Robert?") and call.dialogue.stage is Stage.OPENING
    call.results["endCall"] = {"ok": True}
    call.say("No.")
    assert call.dialogue.stage is Stage.CLOSING and len(call.named("endCall")) == 2


def test_repeating_for_ever_comes_to_an_end() -> None:
    call = Conversation()
    call.at("swelling")
    said = [call.say("What was that, could you say it again?") for _ in range(6)]
    assert any(QUESTION["fatigue"] in each for each in said)


def test_words_before_the_question_was_heard_are_not_taken_for_its_answer() -> None:
    call = Conversation()
    call.at("swelling")
    said = call.say("One.")
    assert said.endswith(QUESTION["fatigue"])
    call.dialogue.cut_off([])
    assert call.say("I mean two.") == QUESTION["fatigue"]
    call.say("Zero.")
    assert call.dialogue.findings.values["symptoms.swelling"] == 2
    assert call.dialogue.findings.values["symptoms.fatigue"] == 0


def test_calls_of_a_cancelled_response_are_made_later() -> None:
    call = Conversation()
    call.at("chest_pain")
    call.dialogue.heard("Yes.")
    reply = call.dialogue.reply(Cause.TURN)
    assert "triggerAlert" in {each.name for each in reply.calls}
    call.dialogue.retract(reply)
    again = call.dialogue.reply(Cause.ASKED)
    assert {each.name for each in again.calls} == {each.name for each in reply.calls}


def test_a_result_with_nothing_left_to_say_gives_an_empty_reply() -> None:
    call = Conversation()
    call.verified()
    call.dialogue.heard("I have been fine.")
    first = call.dialogue.reply(Cause.TURN)
    call.dialogue.heard("Really.")
    assert call.dialogue.reply(Cause.TURN).say  # the patient spoke again before the result was there
    call.dialogue.result(first.calls[0].name, '{"ok": true}')
    assert call.dialogue.reply(Cause.ASKED).say == ()


def test_a_reply_that_nobody_answered_repeats_the_question() -> None:
    call = Conversation()
    call.at("fatigue")
    assert call.asked() == QUESTION["fatigue"]
    reply = call.dialogue.reply(Cause.TIMEOUT)
    assert reply.say == (lines.load().get("silence.still_there"), QUESTION["fatigue"])


def test_the_disclosure_is_said_again_when_it_was_cut_off() -> None:
    call = Conversation()
    opening = call.start()
    call.dialogue.cut_off([])
    assert call.say("Hello?") == opening


def test_a_disclosure_that_was_heard_is_not_said_again() -> None:
    call = Conversation()
    call.start()
    call.dialogue.cut_off([lines.load().get("greeting.intro")])
    assert call.say("Hello?") == "May I speak with Robert?"


def test_noise_that_cut_in_makes_maya_say_the_question_once_more_only() -> None:
    call = Conversation()
    call.at("fatigue")
    call.dialogue.cut_off([])
    assert call.say("") == QUESTION["fatigue"]
    call.dialogue.noted("What interrupted you was no word. Finish what you were saying: «How tired»")
    assert call.asked() == ""


def test_a_session_that_was_lost_goes_on_where_it_was() -> None:
    call = Conversation()
    call.dialogue.replayed("Hello, this is Maya, an automated A I assistant calling for your care team.")
    call.dialogue.replayed(f"Thank you. {QUESTION['fatigue']}")
    call.dialogue.typed("One.")
    call.dialogue.replayed(f"Thank you. {QUESTION['sleep_difficulty']}")
    call.dialogue.noted("The connection was lost for a moment and is back. Go on exactly where you were.")
    assert call.asked() == QUESTION["sleep_difficulty"]
    assert QUESTION["fatigue"] not in call.say("Zero.")
    assert call.dialogue.findings.values == {"symptoms.sleep_difficulty": 0}


def test_the_products_list_of_what_is_left_is_followed() -> None:
    call = Conversation()
    call.at("swelling")
    call.dialogue.noted(f"Still to ask, one at a time:\n- {QUESTION['mood']}\n- {QUESTION['fall']}")
    assert call.say("Zero.").endswith(QUESTION["mood"])
    assert call.say("Zero.").endswith(QUESTION["fall"])


def test_the_products_own_question_is_asked_first_and_a_yes_to_a_danger_is_raised() -> None:
    call = Conversation()
    call.at("fatigue")
    question = "Are you having any chest pain or pressure right now?"
    call.dialogue.noted(f"Ask this directly before anything else, and report the answer: {question}")
    assert call.say("One.").endswith(question)
    call.say("Yes, I am.")
    assert call.named("triggerAlert")[-1]["type"] == "emergency"


def test_a_call_that_may_not_end_yet_asks_what_is_missing() -> None:
    call = Conversation(endCall={"ok": False, "error": "not_finished", "left": ["mood"]})
    call.at("mood")
    call.say("blah")
    call.say("blah blah")
    call.say("blah blah blah")
    call.say("One.")
    call.say("I read.")
    assert 1 <= len(call.named("endCall")) <= 3
    assert call.dialogue.stage is Stage.CLOSING


def test_keys_of_the_telephone_count_as_words() -> None:
    call = Conversation()
    call.at("fatigue")
    call.dialogue.typed("The patient pressed 3 on the telephone.")
    call.asked()
    assert call.dialogue.findings.values["symptoms.fatigue"] == 3


def test_without_tools_the_check_in_still_comes_to_its_end() -> None:
    call = Conversation()
    call.dialogue.configure("", [])
    call.start()
    call.say("Yes.")
    assert call.say("Robert Harris, March third, nineteen forty eight.").endswith(QUESTION["wellbeing"])
    assert call.calls == []
