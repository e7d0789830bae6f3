import pytest

from heartvoice.demo.phone.mind import Mind, numbers_in
from heartvoice.demo.phone.persona import personas
from heartvoice.demo.phone.topics import question_text

BREATH = question_text("shortness_of_breath")


def mind(name="stable"):
    return Mind(personas()[name])


def test_the_second_time_a_topic_is_asked_the_second_sentence_is_said():
    patient = mind()
    answers = patient.persona.answers["shortness_of_breath"]
    assert [patient.reply(BREATH).text for _ in range(3)] == [answers[0], answers[1], answers[1]]


def test_a_request_to_repeat_repeats_the_last_topic():
    patient = mind()
    patient.reply(BREATH)
    reply = patient.reply("I am sorry, I did not catch that. Please say one number from zero to four.")
    assert (reply.topic, reply.text) == ("shortness_of_breath", "My answer is one.")


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("I heard that you gained six pounds. Is that right?", "confirm"),
        ("I heard that you gained 6 pounds. Is that right?", "confirm"),
        ("I heard that you gained sixteen pounds. Is that right?", "deny"),
        ("I heard that you lost six pounds. Is that right?", "deny"),
    ],
)
def test_a_read_back_is_confirmed_only_when_it_is_what_was_meant(said, topic):
    patient = mind("weight_gain")
    patient.reply(question_text("weight_change"))
    assert patient.reply(said).topic == topic


def test_the_silent_patient_and_the_machine_never_answer():
    assert mind("silent").reply(BREATH) is None
    assert mind("voicemail").reply(BREATH) is None


def test_who_hangs_up_does_so_after_so_many_answers():
    patient = mind("hangs_up")
    for _ in range(patient.persona.behaviour.hangs_up_after):
        assert not patient.reply(BREATH).hangs_up
    assert patient.reply(BREATH).hangs_up


def test_a_goodbye_is_returned_and_ends_the_call():
    reply = mind().reply("Thank you for talking with me today. Goodbye.")
    assert (reply.topic, reply.hangs_up) == ("goodbye", True)


def test_a_statement_is_not_answered_and_an_unknown_question_only_so_often():
    patient = mind()
    assert patient.reply("Your care team has been told.") is None
    replies = [patient.reply("What colour is the sky?") for _ in range(4)]
    assert [reply and reply.topic for reply in replies] == ["small_talk", "unknown", None, None]


def test_a_wrong_person_never_gives_a_name():
    patient = mind("wrong_person")
    said = [
        patient.reply(text).text for text in ("May I speak with James?", "Please tell me your full name.")
    ]
    assert all("wrong number" in text for text in said)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("one hundred eighty two pounds", [182]),
        ("one hundred and eighty-two", [182]),
        ("six", [6]),
        ("from zero to four", [0, 4]),
        ("nineteen forty eight", [19, 48]),
        ("twenty one and 3", [21, 3]),
        ("two hundred", [200]),
        ("no number", []),
    ],
)
def test_numbers_are_read_as_words_and_as_digits(text, numbers):
    assert numbers_in(text) == numbers
