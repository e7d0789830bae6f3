"""A line with a voice on it is told from a quiet one without decoding."""

import math

import pytest

from calls.loudness import is_loud
from heartvoice.demo.phone.sound import noise_frames, tone


def test_silence_and_line_noise_are_not_loud() -> None:
    assert not is_loud(b"") and not is_loud(b"\xff" * 8_000) and not is_loud(b"\x7f" * 8_000)
    assert not is_loud(b"".join(noise_frames(-60.0))[:8_000])


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_a_voice_in_part_of_the_window_is_heard(share: float) -> None:
    voice = tone(int(1_000 * share), hz=220)
    window = voice + b"\xff" * (8_000 - len(voice))
    assert is_loud(window)
    assert math.isclose(len(window), 8_000, abs_tol=160)
