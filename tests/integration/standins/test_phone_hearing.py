"""The simulated patients' real ear: Maya's recorded voice through speech recognition to the topic."""

import asyncio

import pytest

from heartvoice.demo.agent.hearing.recognise import Recogniser
from heartvoice.demo.phone.ears import SpeechEar
from heartvoice.demo.phone.persona import personas
from heartvoice.demo.phone.topics import question_ids, question_text, recognise
from heartvoice.demo.phone.voices import missing, recorded
from heartvoice.demo.voicepack import MAYA, clip
from heartvoice.demo.voicepack.g711 import decode

pytestmark = pytest.mark.audio


@pytest.fixture(scope="module")
def ear():
    recogniser = Recogniser()
    one = SpeechEar(lambda mulaw: recogniser.text(decode(mulaw)))
    yield one
    one.close()


async def test_every_question_of_the_check_in_is_understood_by_ear(ear):
    heard = await asyncio.gather(
        *(ear.understand(clip(MAYA, part)) for topic in question_ids() for part in [question_text(topic)])
    )
    assert [recognise(text).topic for text in heard] == list(question_ids())


async def test_a_patients_name_and_birthday_come_through_the_line(ear):
    robert = personas()["stable"]
    text = await ear.understand(recorded(robert)(robert.answers["identity"][0]))
    assert "Robert Harris" in text
    assert "March" in text


def test_every_sentence_of_every_persona_is_in_the_voice_pack():
    assert missing() == {}


def test_answers_of_a_voice_are_long_enough_to_be_measured():
    for name in ("stable", "weight_gain", "missed_meds", "low_mood"):
        persona = personas()[name]
        lasting = [len(clip(persona.voice, said[0])) / 8000 for said in persona.answers.values()]
        assert sum(seconds > 2 for seconds in lasting) >= 14
