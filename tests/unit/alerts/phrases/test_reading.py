"""The convolutional reader: what it says can be traced to the words, and a damaged file stops the scanner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from alerts.phrases import evidence, reading
from alerts.phrases.datafiles import DataError
from alerts.phrases.features import words_of
from alerts.phrases.model import ScanContext
from alerts.phrases.questions import question_of
from alerts.phrases.text import read
from alerts.phrases.times import times_in

ASKED = question_of("Are you having any chest pain or pressure right now?", None)
OPEN = question_of("How are you feeling today?", None)


def _read(said: str, question: reading.Question = OPEN, *, by_caregiver: bool = False) -> reading.Reading:
    return reading.read_words(
        words_of(read(said), by_caregiver=by_caregiver), question, by_caregiver=by_caregiver
    )


def _odds(said: str, flag: str, question: reading.Question = OPEN) -> float:
    return float(_read(said, question).odds[reading.reader().flags.index(flag)])


@pytest.fixture
def another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "reader.npz"
    monkeypatch.setattr(reading, "READER", path)
    reading.reader.cache_clear()
    yield path
    reading.reader.cache_clear()


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ("I have a heavy weight on my chest and my arm is numb", "chest_pain"),
        ("the porch step was wet and I fell down hard this morning", "fall"),
    ],
)
def test_without_the_word_of_the_largest_share_the_odds_fall_most(said: str, flag: str) -> None:
    number = reading.reader().flags.index(flag)
    shares = _read(said).shares(number)
    words = said.split()
    without = [_odds(" ".join(words[:at] + words[at + 1 :]), flag) for at in range(len(words))]
    assert max(shares, key=lambda at: shares[at]) in np.argsort(without)[:3]


def test_the_words_that_speak_for_a_flag_have_the_largest_share() -> None:
    said = "well the grandkids came over on sunday and I passed out on the kitchen floor"
    flag = reading.reader().flags.index("syncope")
    shares = _read(said).shares(flag)
    strongest = max(shares, key=lambda at: shares[at])
    assert read(said).tokens[strongest].word in {"passed", "out"}


def test_the_order_of_the_words_counts() -> None:
    assert _odds("my husband died and I have chest pain", "chest_pain") > _odds(
        "my husband had chest pain and died, I have not", "chest_pain"
    )


def test_the_same_words_say_more_after_the_question_they_answer() -> None:
    assert _odds("a bit, yes, since noon", "chest_pain", ASKED) > _odds(
        "a bit, yes, since noon", "chest_pain"
    )


def test_a_segment_of_any_length_is_read() -> None:
    assert len(_read("and then " * 2000).tokens) == 160
    assert np.isfinite(_read("").odds).all()


def test_a_file_of_another_version_is_refused(another_file: Path) -> None:
    np.savez(another_file, version="phrases-0")
    with pytest.raises(DataError, match="version"):
        reading.reader()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_a_damaged_file_is_refused(another_file: Path, content: bytes) -> None:
    another_file.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        reading.reader()


def test_a_file_that_lacks_a_part_is_refused(another_file: Path) -> None:
    np.savez(another_file, version="phrases-1", words=np.frombuffer(b"a", dtype=np.uint8))
    with pytest.raises(DataError, match="damaged"):
        reading.reader()


def test_judges_of_different_flags_do_not_judge_together(monkeypatch: pytest.MonkeyPatch) -> None:
    other = reading.Reader({}, np.zeros((2, 1), dtype=np.float32), (), ("fall",))
    monkeypatch.setattr(evidence, "reader", lambda: other)
    text = read("hello")
    with pytest.raises(DataError, match="different flags"):
        evidence.weighed(text, OPEN, times_in(text, ScanContext()))
