"""`manage.py analyse_audio`: one JSON object with units in its names, or one line that says what is wrong."""

from __future__ import annotations

import json
import wave
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from biomarkers.audio import from_mu_law
from heartvoice.demo.voicepack import clip

SAID = "Yes, this is Robert speaking, good morning to you."
FEATURES = {
    "f0_mean_hz", "f0_median_hz", "jitter_local_ratio", "shimmer_local_ratio", "hnr_db", "cpps_db", "pause_ratio",
    "speech_rate_syll_per_s", "articulation_rate_syll_per_s", "voice_quality_score",
}  # fmt: skip


def report(path: Path, *arguments: str) -> dict[str, object]:
    out = StringIO()
    call_command("analyse_audio", str(path), "--json", *arguments, stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


@pytest.fixture
def ulaw(tmp_path: Path) -> Path:
    path = tmp_path / "voice.ulaw"
    path.write_bytes(clip("am_michael", SAID))
    return path


def write_wave(path: Path, *channels: np.ndarray, rate_hz: int = 8000) -> Path:
    frames = (np.stack(channels, axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(frames.tobytes())
    return path


def test_a_voice_is_measured_with_units_in_the_names(ulaw: Path) -> None:
    found = report(ulaw)
    assert found.keys() >= FEATURES
    assert found["quality"]["passed"] is True  # type: ignore[index]
    assert 80 < float(found["f0_median_hz"]) < 160  # type: ignore[arg-type]


def test_a_stereo_file_is_read_by_channel(ulaw: Path, tmp_path: Path) -> None:
    voice = from_mu_law(ulaw.read_bytes())
    path = write_wave(tmp_path / "two.wav", np.zeros_like(voice), voice)
    assert report(path)["quality"]["passed"] is False  # type: ignore[index]
    right = report(path, "--channel", "1")
    assert abs(float(right["f0_median_hz"]) - float(report(ulaw)["f0_median_hz"])) < 1.0  # type: ignore[arg-type]


def test_silence_has_reasons_instead_of_numbers(tmp_path: Path) -> None:
    found = report(write_wave(tmp_path / "silence.wav", np.zeros(40_000)))
    assert all(found[name] is None for name in FEATURES)
    assert set(found["reasons"]) >= FEATURES  # type: ignore[call-overload]
    assert found["quality"]["reasons"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "channel"),
    [(b"RIFF", "0"), (b"not a sound file at all", "0")],
    ids=["cut", "text"],
)
def test_a_bad_file_is_one_line(tmp_path: Path, content: bytes, channel: str) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        call_command("analyse_audio", str(path), "--channel", channel)
    assert str(error.value).startswith("bad.wav: ") and "\n" not in str(error.value)


def test_a_missing_file_and_a_missing_channel_are_named(ulaw: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nope\.wav"):
        call_command("analyse_audio", str(tmp_path / "nope.wav"))
    with pytest.raises(CommandError, match="channel"):
        call_command("analyse_audio", str(ulaw), "--channel", "3")
