"""The first sentence of every call: who calls, and that it is an automated AI assistant. The engine's, word for word.

"AI disclosure: first sentence of every call" (clinical rules, call operations; California AB 3030).
"""

from __future__ import annotations

import pytest

from calls.events import AskReply, CancelReply, EndCall, EndReason, PatientSaid, ReplyStatus, SessionReady
from calls.recordings import scripts
from calls.speech import DISCLOSURE
from calls.verbatim import begins_well, has_begun
from tests.unit.calls.builders import Rig, flag, hears, of, result

FIRST = "Hello, this is Maya, an automated AI assistant calling for the heart team."
WORDS = "Hello, this is Maya, an automated AI assistant"
QUESTION = "May I speak with Joan?"
HEARS = hears({"my chest": result(flag("chest_pain"))})


def ringing(**setting: object) -> Rig:
    return Rig(HEARS, opening=f"{FIRST} {QUESTION}", opening_words=WORDS, is_outbound=True, **setting)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ["opening", "opening_inbound", "opening_closed"])
def test_every_kind_of_call_begins_with_an_automated_ai_assistant(key: str, language: str) -> None:
    text = scripts(language).said[key].format(clinic="the heart team")
    assert "the heart team" in text and DISCLOSURE.search(text)
    assert DISCLOSURE.match(text[text.index("Maya") :]), "in the first sentence"
    words = scripts(language).said["opening_words"]
    wanted = ("automated AI assistant",) if language == "en" else ("automática", "inteligencia artificial")
    assert text.startswith(words) and all(word in words for word in wanted)


@pytest.mark.parametrize("language", ["en", "es"])
def test_after_hours_the_first_sentence_names_911(language: str) -> None:
    """ "After hours state 911" (inbound calls)."""
    assert ("nine one one" if language == "en" else "nueve uno uno") in scripts(language).said[
        "opening_closed"
    ]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("wording", ["questionnaire_opening", "questionnaire_opening_inbound"])
def test_a_call_without_a_model_says_that_it_is_automated_too(language: str, wording: str) -> None:
    said = scripts(language).said[wording]
    assert ("automated" if language == "en" else "automática") in said and "{clinic}" in said
    assert ("nine one one" if language == "en" else "nueve uno uno") in said


@pytest.mark.parametrize(
    ("said", "is_begun"),
    [
        (f"{FIRST} {QUESTION}", True),
        (FIRST, True),
        (f"{FIRST} Am I speaking with Joan? It is a lovely day.", True),
        (FIRST.replace("AI", "A I"), True),
        (FIRST.replace("AI", "A.I."), True),
        ("Hello, this is Maya calling for the heart team. May I speak with Joan?", False),
        ("Hi Joan! How are you feeling today?", False),
        (f"Good morning to you on this fine day. {FIRST}", False),
        ("", False),
    ],
)
def test_the_sentence_comes_first_and_whole(said: str, is_begun: bool) -> None:
    assert has_begun(said, WORDS) is is_begun


def test_what_follows_the_sentence_is_the_models_own() -> None:
    assert begins_well(f"{FIRST} And what a long sentence may follow it, without any end at all", WORDS)
    assert not begins_well("Hi there Joan, how have you been lately?", WORDS)


def test_the_model_is_asked_for_it_and_goes_on_from_it() -> None:
    rig = ringing()
    assert rig.all(AskReply) == [AskReply(f"{FIRST} {QUESTION}")]
    rig.reply(f"{FIRST} {QUESTION}", 4_000)
    rig.wait(5_000)
    rig.patient("Yes, this is Joan.")
    rig.reply("Thank you. Please tell me your date of birth.", 1_000)
    assert len(rig.all(AskReply)) == 1 and not rig.all(CancelReply)


def test_another_beginning_is_cut_and_asked_for_again() -> None:
    rig = ringing()
    reply = rig.begin_reply()
    rig.says(reply, "i1", "Hi Joan, how are you feeling this morning, my dear?", 2_000, done=False)
    assert rig.all(CancelReply) == [CancelReply(reply)]
    rig.end_reply(reply, status=ReplyStatus.CANCELLED)
    assert rig.all(AskReply) == [AskReply(f"{FIRST} {QUESTION}")] * 2


def test_a_patient_who_says_hello_into_it_hears_it_all_the_same() -> None:
    """However often: that is no fault of the model's."""
    rig = ringing()
    for _ in range(5):
        reply = rig.begin_reply()
        rig.says(reply, "i1", "Hello, this is", 300, done=False)
        rig.end_reply(reply, status=ReplyStatus.CANCELLED)
    assert not rig.all(EndCall) and rig.all(AskReply)[-1] == AskReply(f"{FIRST} {QUESTION}")


def test_a_model_that_does_not_say_it_is_not_kept() -> None:
    """Nobody is talked to by a machine that does not say so: the telephone network's own voice asks instead."""
    rig = ringing()
    for _ in range(3):
        reply = rig.begin_reply()
        rig.says(reply, "i1", "Hi Joan, how are you feeling this morning, my dear?", 2_000, done=False)
        rig.end_reply(reply, status=ReplyStatus.CANCELLED)
    assert rig.all(EndCall) == [EndCall(EndReason.MODEL_LOST)]


def test_a_session_that_was_lost_in_it_begins_with_it_again() -> None:
    rig = ringing()
    rig.begin_reply()
    rig.work(SessionReady(is_resumed=True))
    rig.conversation.parts.readings.lost()
    assert AskReply(f"{FIRST} {QUESTION}") in rig.all(AskReply)


def test_an_emergency_in_the_first_words_goes_before_it() -> None:
    rig = ringing()
    rig.patient("my chest")
    rig.wait(6_000)
    assert not of(rig.actions[-5:], AskReply) and not rig.conversation.parts.readings.left()


def test_a_screening_service_hears_its_own_text_and_the_person_behind_it_the_sentence() -> None:
    rig = ringing(screening_text="This is Maya, an automated assistant calling for the heart team.")
    rig.reply(f"{FIRST} {QUESTION}", 2_000)
    rig.model(PatientSaid("p1", "Please state your name and why you're calling"))
    assert rig.all(AskReply)[-1].wording.startswith("This is Maya")
    rig.reply("This is Maya, an automated assistant calling for the heart team.", 2_000)
    rig.wait(3_000)
    rig.patient("Hello, this is Joan.")
    assert rig.all(AskReply)[-1] == AskReply(f"{FIRST} {QUESTION}")
