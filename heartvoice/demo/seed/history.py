"""Invented check-ins of past weeks. Pure: the same person and week give the same answers and voice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from heartvoice.demo.seed.people import Person

CALL_DAYS = (0, 2, 4)  # three check-ins a week
SEGMENTS = 5
SCALES = (
    "shortness_of_breath",
    "swelling",
    "fatigue",
    "sleep_difficulty",
    "quality_of_life",
    "mood_assessment",
)


@dataclass(frozen=True, slots=True)
class PastCheckIn:
    """One past check-in: answers on the 0-4 scales, weight in lb, voice per segment in the units of VoiceBiomarker."""

    number: int
    at: datetime
    was_reached: bool
    scales: dict[str, int]
    weight_lb: float
    weight_change_lb: float
    missed_doses: int
    voice: tuple[dict[str, float], ...]


def past_check_ins(person: Person, *, weeks: int, now: datetime) -> Iterator[PastCheckIn]:
    """Oldest first. The last ten days of a worsening person drift up."""
    rng = random.Random(f"history {person.index}")
    weight = dry = rng.uniform(130, 215)
    voice = _usual_voice(person, rng)
    first = (now - timedelta(weeks=weeks)).replace(hour=15, minute=0, second=0, microsecond=0)
    number = 0
    for week in range(weeks):
        for day in CALL_DAYS:
            at = first + timedelta(days=7 * week + day, minutes=rng.randrange(120))
            if at >= now - timedelta(hours=20):
                return
            left = (now - at).total_seconds() / 86400
            drift = max(0.0, (10 - left) / 10) if person.worsening else 0.0
            before, weight = weight, dry + rng.gauss(0, 0.6) + 5.0 * drift
            yield PastCheckIn(
                number=number,
                at=at,
                was_reached=rng.random() > 0.07,
                scales={name: _score(person.baseline.get(name, 1), drift, rng) for name in SCALES},
                weight_lb=round(weight, 1),
                weight_change_lb=round(weight - before, 1),
                missed_doses=rng.choice((0, 0, 0, 0, 1)),
                voice=tuple(_segment(voice, drift, rng) for _ in range(SEGMENTS)),
            )
            number += 1


def _score(usual: int, drift: float, rng: random.Random) -> int:
    wobble = rng.choice((0, 0, 0, 0, 0, 0, 1, -1))
    return max(0, min(3, usual + wobble + round(1.2 * drift)))


def _usual_voice(person: Person, rng: random.Random) -> dict[str, float]:
    return {
        "f0_mean": rng.gauss(185 if person.sex == "f" else 118, 12),
        "jitter": 0.014 + 0.006 * rng.random(),
        "shimmer": 0.07 + 0.03 * rng.random(),
        "hnr": rng.gauss(12, 1.5),
        "cpps": rng.gauss(9, 0.8),
        "speech_rate": rng.gauss(3.9, 0.3),
        "pause_ratio": 0.22 + 0.08 * rng.random(),
        "mean_phrase_s": rng.gauss(1.7, 0.2),
        "voice_quality_score": rng.gauss(58, 8),
    }


def _segment(usual: dict[str, float], drift: float, rng: random.Random) -> dict[str, float]:
    """One segment around the person's usual values; congestion lengthens pauses and slows speech."""
    voice = {name: value * (1 + rng.gauss(0, 0.05)) for name, value in usual.items()}
    voice["pause_ratio"] = min(0.8, voice["pause_ratio"] * (1 + 0.4 * drift))
    voice["speech_rate"] *= 1 - 0.12 * drift
    voice["mean_phrase_s"] *= 1 - 0.15 * drift
    voice["hnr"] -= 1.5 * drift
    return {name: round(value, 5) for name, value in voice.items()}
