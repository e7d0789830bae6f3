import phonenumbers
import pytest

from heartvoice.demo.phone.mind import FIELDS
from heartvoice.demo.phone.persona import PersonaError, by_phone, parse, personas, speech_texts
from heartvoice.demo.phone.topics import question_ids

NEEDED = {
    "stable", "weight_gain", "breathless", "chest_pain", "missed_meds", "low_mood", "hangs_up", "silent",
}  # fmt: skip
COMPLETE = ("stable", "weight_gain", "breathless", "chest_pain", "missed_meds", "low_mood", "barge_in")


def test_the_eight_promised_personas_are_there_with_different_voices():
    assert set(personas()) >= NEEDED
    assert len({personas()[name].voice for name in NEEDED}) == len(NEEDED)


@pytest.mark.parametrize("name", COMPLETE)
def test_who_stays_on_the_line_can_answer_every_question(name):
    assert set(question_ids()) <= set(personas()[name].answers)


@pytest.mark.parametrize("name", COMPLETE)
def test_the_expected_record_holds_known_fields_only(name):
    assert set(personas()[name].expect.get("record", {})) <= set(FIELDS.values())


def test_phones_are_fictional_distinct_and_in_the_order_of_the_seeded_patients():
    phones = [persona.person.phone for persona in personas().values()]
    assert phones == [f"+120155501{number:02d}" for number in range(len(phones))]
    assert len(by_phone()) == len(phones)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(phone)) for phone in phones)


def test_no_sentence_is_wanted_twice_from_a_voice():
    wanted = [(voice, text) for voice, _, text in speech_texts()]
    assert len(wanted) == len(set(wanted))


def test_many_answers_are_long_enough_to_measure_a_voice():
    for name in COMPLETE:
        long = [said[0] for said in personas()[name].answers.values() if len(said[0].split()) >= 9]
        assert len(long) >= 8


def test_a_file_with_a_mistake_is_refused_by_name():
    with pytest.raises(PersonaError, match="broken"):
        parse("broken", {"id": "broken"}, {})
    with pytest.raises(PersonaError, match="unknown persona"):
        parse("broken", {"id": "broken", "extends": "nobody"}, {})


def test_an_extension_keeps_its_own_name_and_the_other_answers():
    one, base = personas()["barge_in"], personas()["stable"]
    assert one.answers["swelling"] == base.answers["swelling"]
    assert one.answers["full_name"] != base.answers["full_name"]
    assert one.behaviour.interrupts
