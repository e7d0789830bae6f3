"""Speech whose bytes are known, and short ways to keep a segment of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import redis

from biomarkers.audio import to_mu_law
from biomarkers.models import VoiceBiomarker
from biomarkers.services import segment_keep
from calls.models import Call
from tests.support.factories import make_call, make_patient

RATE_HZ = 8_000


def spoken(seconds: float = 3.0, f0_hz: float = 120.0, seed: int = 1) -> bytes:
    """A voice-like sound in mu-law: a pulse train with harmonics, syllables and a little noise."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * f0_hz * k * t + k) / k for k in range(1, 25) if f0_hz * k < 3_800)
    syllables = np.clip(np.sin(2 * np.pi * 3.0 * t) + 0.9, 0, None)
    noise = np.random.default_rng(seed).normal(0, 0.002, t.size)
    return to_mu_law((0.12 * harmonics * syllables + noise).astype(np.float64))


@pytest.fixture
def store(empty_redis: str) -> redis.Redis:
    """The worker's own Redis database, empty before and after."""
    return redis.Redis.from_url(empty_redis)


@pytest.fixture
def call(transactional_db: None) -> Call:
    """A call that is going on."""
    return make_call(make_patient())


Keep = Callable[..., VoiceBiomarker]


@pytest.fixture
def keep(call: Call) -> Keep:
    """Keep a segment of the call, three seconds of speech unless told otherwise."""

    def kept(segment_id: str = "item-1", audio: bytes | None = None, **others: Any) -> VoiceBiomarker:
        sound = spoken() if audio is None else audio
        times: dict[str, Any] = {"start_ms": 1_000, "end_ms": 1_000 + len(sound) // 8, **others}
        return segment_keep(patient=call.patient, call=call, segment_id=segment_id, audio=sound, **times)

    return kept
