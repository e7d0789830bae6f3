"""Sound files for the command line: RIFF/WAVE of the usual encodings, and raw mu-law.

The standard library's `wave` reads neither float, mu-law nor extensible headers, hence the parser. Product code never
reads or writes sound files; only `manage.py analyse_audio` does.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biomarkers.audio import Gap, Samples, from_mu_law, resampled
from biomarkers.limits import RATE_HZ
from biomarkers.loss import lost_gaps
from biomarkers.quality import clipped_ratio

_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_LOWEST_RATE_HZ, _HIGHEST_RATE_HZ = 6_000, 384_000
_PIECE_S = 30


class SoundFileError(ValueError):
    """The file cannot be read as sound; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One channel of a file at 8 kHz, with the stretches that were lost on the way."""

    samples: Samples
    lost: tuple[Gap, ...]
    clipped_ratio: float  #: before resampling, which would round the corners
    source_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def read_recording(path: Path, channel: int = 0) -> Recording:
    """The samples of channel `channel` (0 is the first) of a .wav file, or of a raw .ulaw file at 8 kHz."""
    if path.is_dir():
        raise SoundFileError("this is a directory, not a sound file")
    if channel < 0:
        raise SoundFileError("channels are numbered from 0")
    try:
        with path.open("rb") as stream:
            if path.suffix.lower() in {".ulaw", ".ul", ".mulaw", ".pcmu"}:
                return _read_raw_mu_law(stream, channel)
            return _read_wave(stream, channel)
    except OSError as error:
        raise SoundFileError(error.strerror or "cannot be read") from None


def _read_raw_mu_law(stream: BufferedReader, channel: int) -> Recording:
    data = stream.read()
    if data[:4] == b"RIFF":
        raise SoundFileError("named as raw mu-law, but holds a RIFF header: rename it to .wav")
    if channel > 0:
        raise SoundFileError("raw mu-law has one channel, number 0")
    samples = from_mu_law(data)
    return _recording(samples, RATE_HZ, 1)


def _read_wave(stream: BufferedReader, channel: int) -> Recording:
    if not stream.peek(1):
        return _recording(np.zeros(0, np.float32), RATE_HZ, 1)
    form, data_bytes = _find_data(stream)
    if channel >= form.channels:
        raise SoundFileError(f"has {form.channels} channel(s), numbered from 0: no channel {channel}")
    frames_left = data_bytes // form.frame_bytes
    pieces = []
    while frames_left > 0:
        raw = stream.read(min(frames_left, _PIECE_S * form.rate_hz) * form.frame_bytes)
        whole = len(raw) // form.frame_bytes
        if whole == 0:
            break  # the header promised more than the file holds: take what is there
        pieces.append(_decoded(raw[: whole * form.frame_bytes], form, channel))
        frames_left -= whole
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if not np.all(np.isfinite(samples)):
        raise SoundFileError("holds samples that are not finite numbers")
    return _recording(samples, form.rate_hz, form.channels)


def _recording(samples: Samples, rate_hz: int, channels: int) -> Recording:
    return Recording(
        samples=resampled(samples, rate_hz),
        lost=lost_gaps(samples, rate_hz),
        clipped_ratio=clipped_ratio(samples),
        source_rate_hz=rate_hz,
        channels=channels,
    )


def _find_data(stream: BufferedReader) -> tuple[_Format, int]:
    """The format, and the size of the data chunk at whose first byte the stream then stands."""
    header = stream.read(12)
    if len(header) < 12 or header[:4] not in {b"RIFF", b"RF64"} or header[8:] != b"WAVE":
        raise SoundFileError("not a RIFF/WAVE file")
    form: _Format | None = None
    while True:
        chunk = stream.read(8)
        if len(chunk) < 8:
            raise SoundFileError("has no data chunk" if form else "has no format chunk")
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"data":
            if form is None:
                raise SoundFileError("has its data before its format")
            return form, size
        if name == b"fmt ":
            form = _parse_format(stream.read(size))
            stream.seek(size & 1, 1)
        else:
            stream.seek(size + (size & 1), 1)


def _parse_format(body: bytes) -> _Format:
    if len(body) < 16:
        raise SoundFileError("has a format chunk that is too short")
    tag, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")
    supported = {_PCM: {8, 16, 24, 32}, _FLOAT: {32, 64}, _MU_LAW: {8}, _A_LAW: {8}}
    if bits not in supported.get(tag, set()):
        raise SoundFileError(f"uses an encoding that is not supported (format {tag}, {bits} bits)")
    if channels == 0:
        raise SoundFileError("claims to have no channel")
    if not _LOWEST_RATE_HZ <= rate_hz <= _HIGHEST_RATE_HZ:
        raise SoundFileError(f"has a sample rate outside {_LOWEST_RATE_HZ}-{_HIGHEST_RATE_HZ} Hz: {rate_hz}")
    return _Format(tag, channels, rate_hz, bits)


def _decoded(raw: bytes, form: _Format, channel: int) -> Samples:
    return _as_floats(raw, form).reshape(-1, form.channels)[:, channel].copy()


def _as_floats(raw: bytes, form: _Format) -> Samples:
    match form.tag, form.bits:
        case (1, 8):
            return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / np.float32(128)
        case (1, 16):
            return np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(2**15)
        case (1, 24):
            return _int24(raw).astype(np.float32) / np.float32(2**23)
        case (1, 32):
            return (np.frombuffer(raw, "<i4") / 2.0**31).astype(np.float32)
        case (3, 32):
            return np.frombuffer(raw, "<f4").astype(np.float32)
        case (3, 64):
            return np.frombuffer(raw, "<f8").astype(np.float32)
        case (7, _):
            return from_mu_law(raw)
        case _:
            return _from_a_law(raw)


def _int24(raw: bytes) -> NDArray[np.int32]:
    parts = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
    return (parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16) << 8 >> 8


def _from_a_law(raw: bytes) -> Samples:
    code = np.frombuffer(raw, np.uint8) ^ 0x55
    exponent, mantissa = ((code >> 4) & 7).astype(np.int32), (code & 15).astype(np.int32)
    magnitude = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 264) << np.maximum(exponent - 1, 0)
    )
    return (np.where(code & 0x80, magnitude, -magnitude) / 32768).astype(np.float32)
