"""Sound files of all the encodings a clinic may hand over, and those that are none."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from biomarkers.audio import to_mu_law
from biomarkers.files import SoundFileError, read_recording

RATE_HZ = 16_000
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def wave(
    tag: int, bits: int, data: bytes, *, channels: int = 1, rate_hz: int = RATE_HZ, before: bytes = b""
) -> bytes:
    width = channels * bits // 8
    body = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * width, width, bits)
    inside = b"WAVE" + before + chunk(b"fmt ", body) + chunk(b"data", data)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def integers(bits: int) -> bytes:
    scaled = np.round(TONE * (2 ** (bits - 1) - 1)).astype("<i4")
    return b"".join(int(value).to_bytes(bits // 8, "little", signed=True) for value in scaled)


def a_law(x: np.ndarray) -> bytes:
    """ITU-T G.711 A-law, by looking each sample up among the 128 decoded magnitudes."""
    exponents, mantissas = np.divmod(np.arange(128), 16)
    decoded = np.where(
        exponents == 0, mantissas * 16 + 8, (mantissas * 16 + 264) << np.maximum(exponents - 1, 0)
    )
    codes = np.abs(np.abs(x * 32768)[:, None] - decoded).argmin(axis=1)
    return bytes(((codes | np.where(x >= 0, 0x80, 0)) ^ 0x55).astype(np.uint8))


ENCODINGS: dict[str, Callable[[], bytes]] = {
    "8 bit": lambda: wave(1, 8, bytes(np.round(TONE * 127 + 128).astype(np.uint8))),
    "16 bit": lambda: wave(1, 16, integers(16)),
    "24 bit": lambda: wave(1, 24, integers(24)),
    "32 bit": lambda: wave(1, 32, integers(32)),
    "float": lambda: wave(3, 32, TONE.astype("<f4").tobytes()),
    "double": lambda: wave(3, 64, TONE.astype("<f8").tobytes()),
    "mu-law": lambda: wave(7, 8, to_mu_law(TONE)),
    "a-law": lambda: wave(6, 8, a_law(TONE)),
    "with other chunks first": lambda: wave(1, 16, integers(16), before=chunk(b"LIST", b"abc")),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_same_tone_comes_out_of_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(ENCODINGS[encoding]())
    found = read_recording(path)
    want = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    assert (found.source_rate_hz, found.channels, len(found.samples)) == (RATE_HZ, 1, 8000)
    assert np.abs(found.samples[800:-800] - want[800:-800]).max() < 0.02


def test_extensible_headers_name_their_encoding_at_the_end(tmp_path: Path) -> None:
    body = struct.pack("<HHIIHH", 0xFFFE, 1, RATE_HZ, RATE_HZ * 2, 2, 16) + struct.pack("<HHI", 22, 16, 4)
    body += struct.pack("<H", 1) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    path = tmp_path / "extensible.wav"
    inside = b"WAVE" + chunk(b"fmt ", body) + chunk(b"data", integers(16))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(inside)) + inside)
    assert np.abs(read_recording(path).samples).max() == pytest.approx(0.5, abs=0.01)


def test_a_channel_is_chosen_by_number(tmp_path: Path) -> None:
    both = np.stack([np.zeros(RATE_HZ), TONE], axis=1).astype("<f4")
    path = tmp_path / "stereo.wav"
    path.write_bytes(wave(3, 32, both.tobytes(), channels=2))
    assert np.abs(read_recording(path, 0).samples).max() == 0
    assert np.abs(read_recording(path, 1).samples).max() == pytest.approx(0.5, abs=0.01)
    with pytest.raises(SoundFileError, match="no channel 2"):
        read_recording(path, 2)


def test_raw_mu_law_is_one_channel_at_8_khz(tmp_path: Path) -> None:
    path = tmp_path / "call.ulaw"
    path.write_bytes(to_mu_law(TONE[:8000]))
    assert (read_recording(path).source_rate_hz, len(read_recording(path).samples)) == (8000, 8000)
    with pytest.raises(SoundFileError, match="one channel"):
        read_recording(path, 1)


def test_clipping_and_loss_are_seen_before_the_rate_changes(tmp_path: Path) -> None:
    loud = np.clip(TONE * 4, -0.5, 0.5)
    loud[4000:4320] = 0
    path = tmp_path / "bad.wav"
    path.write_bytes(wave(3, 32, loud.astype("<f4").tobytes()))
    found = read_recording(path)
    assert found.clipped_ratio > 0.5
    assert [(round(gap.start_s, 3), round(gap.end_s, 3)) for gap in found.lost] == [(0.25, 0.27)]


def test_a_header_that_promises_too_much_gives_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(wave(1, 16, integers(16))[:-8001])
    assert len(read_recording(path).samples) == pytest.approx(6000, abs=2)


@pytest.mark.parametrize("content", [b"", wave(1, 16, b"")], ids=["no byte", "no sample"])
def test_an_empty_file_is_an_empty_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.wav"
    path.write_bytes(content)
    assert len(read_recording(path).samples) == 0


BAD = {
    "text": (b"dear diary, today", "not a RIFF"),
    "no format": (b"RIFF\0\0\0\0WAVE", "no format chunk"),
    "no data": (
        b"RIFF\0\0\0\0WAVE" + chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)),
        "no data chunk",
    ),
    "data first": (b"RIFF\0\0\0\0WAVE" + chunk(b"data", b"1234"), "data before its format"),
    "short format": (b"RIFF\0\0\0\0WAVE" + chunk(b"fmt ", b"1234"), "too short"),
    "mp3 inside": (wave(0x55, 16, b""), "not supported"),
    "12 bits": (wave(1, 12, b""), "not supported"),
    "no channel": (wave(1, 16, b"", channels=0), "no channel"),
    "4 kHz": (wave(1, 16, b"", rate_hz=4000), "sample rate"),
    "not a number": (wave(3, 32, np.full(8000, np.nan, "<f4").tobytes()), "not finite"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_file_says_why(tmp_path: Path, name: str) -> None:
    content, why = BAD[name]
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(SoundFileError, match=why) as error:
        read_recording(path)
    assert "\n" not in str(error.value)


def test_a_renamed_wave_file_is_not_taken_for_mu_law(tmp_path: Path) -> None:
    path = tmp_path / "really.ulaw"
    path.write_bytes(wave(1, 16, integers(16)))
    with pytest.raises(SoundFileError, match="RIFF"):
        read_recording(path)


def test_a_directory_is_not_a_sound_file(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError, match="directory"):
        read_recording(tmp_path)
