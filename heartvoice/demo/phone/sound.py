"""Sound of a telephone line in 20 ms frames: comfort noise, tones, beeps. 8 kHz G.711 mu-law throughout."""

import numpy as np
from numpy.typing import NDArray

from heartvoice.demo.voicepack.g711 import RATE_HZ, decode, encode

FRAME_MS = 20
FRAME_BYTES = RATE_HZ * FRAME_MS // 1000  # 160
SILENCE = b"\xff" * FRAME_BYTES
LINE_NOISE_DB = -66.0  # of full scale: what a digital line's comfort noise lies at


def noise_frames(level_db: float, *, frames: int = 50, seed: int = 1) -> tuple[bytes, ...]:
    """`frames` different 20 ms frames of white noise at `level_db` (RMS, dB of full scale)."""
    samples = _noise(frames * FRAME_BYTES, level_db, seed)
    coded = encode(samples)
    return tuple(coded[at : at + FRAME_BYTES] for at in range(0, len(coded), FRAME_BYTES))


def with_noise(speech: bytes, level_db: float, *, seed: int = 2) -> bytes:
    """`speech` with white noise of `level_db` added."""
    return encode(decode(speech) + _noise(len(speech), level_db, seed))


def tone(duration_ms: int, *, hz: float = 440.0, level_db: float = -12.0) -> bytes:
    """A sine of `duration_ms`, level as RMS in dB of full scale, with 5 ms ramps against clicks."""
    time = np.arange(duration_ms * RATE_HZ // 1000) / RATE_HZ
    ramp = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.005)
    wave = np.sqrt(2) * 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * time) * ramp
    return encode(wave.astype(np.float32))


def beep() -> bytes:
    """What an answering machine gives after its greeting."""
    return tone(500, hz=1000.0)


def _noise(samples: int, level_db: float, seed: int) -> NDArray[np.float32]:
    generator = np.random.default_rng(seed)
    return (generator.standard_normal(samples) * 10 ** (level_db / 20)).astype(np.float32)
