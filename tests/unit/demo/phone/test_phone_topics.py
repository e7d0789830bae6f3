import pytest

from heartvoice.demo.phone.topics import question_ids, question_text, recognise

LEADS = ("", "Okay, thank you. ", "I am sorry, I did not catch that. ", "Thank you for telling me. Now, ")


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("topic", question_ids())
def test_every_question_of_the_protocol_is_known(topic, lead):
    assert recognise(lead + question_text(topic)).topic == topic


@pytest.mark.parametrize("topic", question_ids())
def test_a_question_is_known_without_punctuation_as_speech_recognition_may_give_it(topic):
    bare = question_text(topic).replace("?", "").replace(",", "").lower()
    assert recognise(bare).topic == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Hello, this is Maya, an automated assistant. May I speak with Robert?", "greeting"),
        ("Before we go on, please say your full name.", "full_name"),
        ("Now please enter your date of birth with the keys of your phone.", "date_of_birth"),
        ("Please tell me your full name and your date of birth.", "identity"),
        (
            "I could not match that. Please tell me your full name and your date of birth once more.",
            "identity",
        ),
        ("Thank you. And please tell me your date of birth.", "date_of_birth"),
        ("Thank you. And please tell me your full name.", "full_name"),
        ("I heard that you gained six pounds. Is that right?", "confirm"),
        ("Please say one number from zero to four.", "again"),
        ("I am sorry, I didn't catch that. Could you tell me again?", "again"),
        ("I heard that you gained 8 pounds is that right.", "confirm"),
        ("I am still here with you, is someone there with you.", "alone"),
        ("By how many pounds?", "weight_change"),
        ("How many doses did you miss this week?", "medication"),
        ("If you are in danger, please call nine one one. Is anyone with you?", "alone"),
        ("I can connect you with a nurse now. Would you like that?", "transfer"),
        ("Please call 911 now, or ask someone with you to call. Sit down, and rest.", "call_911"),
        ("Are you thinking of killing yourself right now?", "suicide_question"),
        ("Are you still there? Take your time, I am listening.", "still_there"),
        ("Take care, and call nine one one if you have chest pain. Goodbye.", "goodbye"),
        ("What was your weight this morning?", "weight_reading"),
    ],
)
def test_what_is_asked_last_is_what_is_meant(text, topic):
    assert recognise(text).topic == topic


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One moment please, I am still here.",
        "Thank you for telling me. Your care team has been told.",
        "Taking your heart medicines every day matters. Please do not take extra doses.",
        "Please keep an eye on your breathing and swelling, and call your clinic if they get worse.",
    ],
)
def test_a_statement_asks_nothing(text):
    heard = recognise(text)
    assert heard.topic is None
    assert not heard.is_question
