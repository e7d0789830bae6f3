"""Confusion that shows in the content: the dead spoken of as alive, a workplace long left."""

from __future__ import annotations

import pytest

from alerts.phrases import Facts, ScanContext, Segment, scan
from alerts.phrases.notes import Past, past_in

NOTE = "Harold, the husband, died in 2009; retired teacher; two sons nearby"


def _names(words: str, note: str = NOTE, age: int | None = 81) -> set[str]:
    return set(scan(Segment(words), ScanContext(facts=Facts(past=past_in(note), age=age))).names)


def test_a_note_tells_who_is_dead_and_what_is_over() -> None:
    assert past_in(NOTE) == Past(frozenset({"harold", "husband"}), retired=True)
    assert past_in("Viuda; su esposo Pedro murió en 2010").dead == {"pedro", "esposo"}
    assert past_in("Widow, two sons nearby").dead == {"husband"}
    assert past_in("Lives with her husband Tom") == Past()


@pytest.mark.parametrize(
    "words",
    [
        "Is Harold home from the mill yet?",
        "Ask Harold, he's just gone out to the car.",
        "I'm late for my shift.",
        "Is Mother coming to fetch me?",
        "Tell the boys to bring the horses in, Father will be home soon.",
    ],
)
def test_who_waits_for_the_dead_is_confused(words: str) -> None:
    assert "confusion" in _names(words)


@pytest.mark.parametrize(
    "words",
    [
        "Harold died in 2009, God rest him.",
        "Harold would have liked you.",
        "I miss Harold.",
        "My neighbor's husband is coming at five.",
        "My father was a baker.",
        "My grandson is late for his shift.",
    ],
)
def test_who_remembers_the_dead_is_not(words: str) -> None:
    assert "confusion" not in _names(words)


def test_without_a_note_a_name_is_only_a_name() -> None:
    assert "confusion" not in _names("Ask Walter, he has gone out to get the paper.", note="", age=70)
