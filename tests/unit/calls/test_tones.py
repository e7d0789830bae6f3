"""A mailbox and a fax are known by their sound; no voice is."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls.tones import Heard, ToneEar
from heartvoice.demo.phone.sound import beep, tone, with_noise

VOICES = sorted(Path("calls/scripts/audio").glob("*.ulaw"))
QUIET = b"\xff"


def quiet(ms: int) -> bytes:
    return QUIET * 8 * ms


def heard(audio: bytes, *, piece: int = 160) -> list[Heard]:
    """Everything that one ear finds in this, fed as the telephone sends it."""
    ear = ToneEar()
    found = [ear.add(audio[at : at + piece]) for at in range(0, len(audio), piece)]
    return [one for one in found if one is not None]


def greeting() -> bytes:
    """Somebody's recorded voice, long enough for a mailbox."""
    return max((path.read_bytes() for path in VOICES), key=len)[: 8_000 * 8]


@pytest.mark.parametrize("hz", [440, 620, 1_000, 1_400, 2_000])
@pytest.mark.parametrize("ms", [200, 500, 1_200])
@pytest.mark.parametrize("noise_db", [None, -45.0])
def test_a_beep_after_a_greeting_is_a_mailbox(hz: float, ms: int, noise_db: float | None) -> None:
    line = greeting() + quiet(400) + tone(ms, hz=hz) + quiet(600)
    line = line if noise_db is None else with_noise(line, noise_db)
    assert heard(line) == [Heard.BEEP]


def test_the_beep_of_our_own_telephone_stand_in_is_one() -> None:
    assert heard(greeting() + beep() + quiet(300)) == [Heard.BEEP]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(beep() + quiet(600), id="no greeting before it"),
        pytest.param(
            max((p.read_bytes() for p in VOICES), key=len)[: 1_500 * 8] + beep() + quiet(400), id="hello"
        ),
        pytest.param(greeting() + tone(60, hz=1_000) + quiet(400), id="a click"),
        pytest.param(greeting() + tone(4_000, hz=440) + quiet(400), id="a dial tone"),
        pytest.param(greeting() + tone(500, hz=3_000) + quiet(400), id="a smoke alarm"),
    ],
)
def test_other_tones_are_not_a_mailbox(line: bytes) -> None:
    assert heard(line) == []


@pytest.mark.parametrize("voice", VOICES, ids=lambda path: path.name)
def test_no_voice_is_a_machine(voice: Path) -> None:
    assert heard(voice.read_bytes() * 3 + quiet(1_000)) == []


@pytest.mark.parametrize("piece", [80, 160, 1_000])
def test_a_fax_that_answers_is_one(piece: int) -> None:
    assert heard(tone(3_000, hz=2_100), piece=piece) == [Heard.FAX]


def test_a_fax_that_calls_is_known_by_its_second_tone() -> None:
    cng = tone(500, hz=1_100) + quiet(3_000)
    assert heard(cng) == [] and heard(cng * 2) == [Heard.FAX]


def test_evidence_is_given_once() -> None:
    assert heard((greeting() + beep() + quiet(300)) * 3) == [Heard.BEEP]


def test_a_melody_is_nothing() -> None:
    melody = b"".join(tone(400, hz=hz) for hz in (262, 330, 392, 523))
    assert heard(greeting() + melody + greeting()) == []
