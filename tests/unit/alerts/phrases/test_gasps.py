"""A patient who gets out single words between pauses, and one who only has no time to talk."""

from __future__ import annotations

import pytest

from tests.support.spoken import said


@pytest.mark.parametrize(
    "words",
    [
        "I can't... talk... now.",
        "I can't… talk… now…",
        "I can't — talk — now.",
        "No puedo... hablar... ahora.",
    ],
)
def test_words_in_pieces_about_talking_are_asked_about(words: str) -> None:
    result = said(words)
    assert "clarify:dyspnea" in result.controls
    assert not result.flags


@pytest.mark.parametrize(
    "words", ["I... can't... talk...", "It's... hard... to... talk.", "No... puedo... hablar..."]
)
def test_single_words_that_say_that_talking_fails_are_plain(words: str) -> None:
    result = said(words)
    assert [hit.flag for hit in result.flags] == ["severe_dyspnea"]
    assert result.severity == "critical"


def test_asked_about_the_breath_it_is_plain_too() -> None:
    result = said("I can't... talk... now.", "How is your breathing?")
    assert "severe_dyspnea" in result.names
    assert "clarify:dyspnea" not in result.controls


@pytest.mark.parametrize(
    "words",
    [
        "I can't talk now, I'm driving.",
        "I can't talk now, I'm at the shop.",
        "I'm driving, I can't talk.",
        "I can't talk right now.",
        "I can't talk now.",
        "I... um... can't talk now, I'm at the shop.",
        "I can't... talk... I'm... driving.",
        "Well... I... I can't... talk... the shop's full.",
        "No puedo hablar ahora, estoy manejando.",
        "No puedo hablar ahora.",
    ],
)
def test_who_has_no_time_to_talk_is_not_out_of_breath(words: str) -> None:
    result = said(words)
    assert not result.flags
    assert not [name for name in result.controls if name.startswith("clarify:")]


def test_what_is_said_of_the_breath_beside_it_counts() -> None:
    assert "severe_dyspnea" in said("I can't talk, I'm driving and I can't breathe.").names


@pytest.mark.parametrize(
    "words", ["No... I... slept... all... right.", "I... took... my... pills.", "I'm... fine..."]
)
def test_slow_speech_alone_says_nothing(words: str) -> None:
    result = said(words)
    assert not result.flags and not result.controls
