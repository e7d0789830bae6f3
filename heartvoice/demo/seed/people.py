"""Invented people. Pure: an index in, the same person out, every time."""

from __future__ import annotations

import random
import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import phonenumbers

PERSONAS = Path(__file__).resolve().parent.parent / "personas"
NAMESPACE = uuid.UUID("5d0c2c1e-8a55-4a6b-9a37-6f0f8e0f5a11")
NUMBERS_PER_AREA = 100  # 555-0100 to 555-0199 are set aside for fiction (NANPA)

FIRST_F = (
    "Mary", "Linda", "Barbara", "Susan", "Carol", "Nancy", "Karen", "Betty", "Ruth",
    "Sharon", "Maria", "Gloria", "Doris", "Evelyn", "Joyce", "Rosa",
)  # fmt: skip
FIRST_M = (
    "James", "John", "William", "Richard", "Thomas", "Charles", "George", "Kenneth", "Paul",
    "Raymond", "Carlos", "Walter", "Frank", "Henry", "Luis", "Arthur",
)  # fmt: skip
LAST = (
    "Miller", "Johnson", "Brown", "Davis", "Wilson", "Garcia", "Martinez", "Anderson", "Taylor",
    "Moore", "Jackson", "Lewis", "Walker", "Hall", "Young", "King", "Wright", "Lopez",
    "Hill", "Green", "Adams", "Baker", "Nelson", "Carter", "Mitchell", "Perez", "Roberts",
    "Turner", "Phillips", "Parker", "Evans", "Collins",
)  # fmt: skip
PLACES = (
    ("Newark", "NJ", "America/New_York"), ("Atlanta", "GA", "America/New_York"), ("Chicago", "IL", "America/Chicago"),
    ("Houston", "TX", "America/Chicago"), ("Denver", "CO", "America/Denver"), ("Phoenix", "AZ", "America/Phoenix"),
    ("Seattle", "WA", "America/Los_Angeles"), ("Fresno", "CA", "America/Los_Angeles"),
)  # fmt: skip
INTERESTS = (
    "gardening",
    "church choir",
    "baseball",
    "crossword puzzles",
    "cooking",
    "fishing",
    "knitting",
    "old films",
)
CONCERNS = (
    "reduced ejection fraction",
    "preserved ejection fraction",
    "high blood pressure",
    "kidney function",
    "diabetes",
)
MEDICINES = (
    {"name": "furosemide", "class": "loop_diuretic", "own_word": "water pill"},
    {"name": "lisinopril", "class": "acei", "own_word": "pressure pill"},
    {"name": "metoprolol", "class": "beta_blocker", "own_word": "heart pill"},
    {"name": "spironolactone", "class": "mra", "own_word": ""},
    {"name": "apixaban", "class": "anticoagulant", "own_word": "blood thinner"},
    {"name": "empagliflozin", "class": "sglt2i", "own_word": ""},
)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented patient. `worsening` is the step per week added to symptom scores at the end of the history."""

    index: int
    persona: str
    first_name: str
    last_name: str
    date_of_birth: date
    phone: str
    sex: str
    city: str
    state: str
    time_zone: str
    nyha: int
    medicines: tuple[dict[str, Any], ...]
    concerns: tuple[str, ...]
    interests: tuple[str, ...]
    priorities: tuple[str, ...]
    family: str
    baseline: dict[str, int] = field(default_factory=dict)
    worsening: bool = False
    language: str = "en"
    has_icd: bool = False

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"patient {self.index}")

    @property
    def on_blood_thinner(self) -> bool:
        return any(medicine["class"] == "anticoagulant" for medicine in self.medicines)


@lru_cache(maxsize=1)
def area_codes() -> tuple[int, ...]:
    """North American area codes in which the fictional numbers are dialable, upward from 201."""
    return tuple(
        code
        for code in range(201, 1000)
        if phonenumbers.is_valid_number(phonenumbers.parse(f"+1{code}5550100"))
    )


def phone_of(index: int) -> str:
    """The fictional number of patient `index`; patient 0 has +12015550100. Raises ValueError past the last one."""
    codes = area_codes()
    area, number = divmod(index, NUMBERS_PER_AREA)
    if area >= len(codes):
        raise ValueError(f"only {len(codes) * NUMBERS_PER_AREA} fictional numbers exist")
    return f"+1{codes[area]}55501{number:02d}"


@lru_cache(maxsize=1)
def personas() -> tuple[dict[str, Any], ...]:
    """The simulated patients' files in their order."""
    files = [tomllib.loads(path.read_text()) for path in sorted(PERSONAS.glob("*.toml"))]
    return tuple(sorted(files, key=lambda persona: persona["order"]))


def person(index: int) -> Person:
    """Patient number `index`: the simulated patients first, then invented ones."""
    by_phone = {persona["patient"]["phone"]: persona for persona in personas()}
    phone = phone_of(index)
    return _from_persona(index, by_phone[phone]) if phone in by_phone else _invented(index, phone)


def _from_persona(index: int, persona: dict[str, Any]) -> Person:
    patient, facts = persona["patient"], persona.get("facts", {})
    return Person(
        index=index,
        persona=persona["id"],
        first_name=patient["first_name"],
        last_name=patient["last_name"],
        date_of_birth=patient["date_of_birth"],
        phone=patient["phone"],
        sex=patient.get("sex", "unknown"),
        city=patient.get("city", ""),
        state=patient.get("state", ""),
        time_zone=patient.get("time_zone", "America/New_York"),
        language=patient.get("language", "en"),
        nyha=facts.get("nyha", 2),
        medicines=tuple(facts.get("medications", MEDICINES[:3])),
        concerns=tuple(facts.get("primary_concerns", ())),
        interests=tuple(facts.get("interests", ())),
        priorities=tuple(facts.get("monitoring_priorities", ())),
        family=facts.get("family", ""),
        baseline=_scales(facts.get("baseline", {})),
        has_icd=bool(facts.get("icd", False)),
        worsening=persona["id"] in {"weight_gain", "breathless"},
    )


def _scales(baseline: dict[str, int]) -> dict[str, int]:
    return {("mood_assessment" if name == "mood" else name): value for name, value in baseline.items()}


def _invented(index: int, phone: str) -> Person:
    rng = random.Random(f"person {index}")
    sex = rng.choice("fm")
    city, state, zone = rng.choice(PLACES)
    return Person(
        index=index,
        persona="",
        first_name=rng.choice(FIRST_F if sex == "f" else FIRST_M),
        last_name=rng.choice(LAST),
        date_of_birth=date(1935, 1, 1) + timedelta(days=rng.randrange(365 * 30)),
        phone=phone,
        sex=sex,
        city=city,
        state=state,
        time_zone=zone,
        nyha=rng.choice((1, 2, 2, 3, 3, 4)),
        medicines=tuple(rng.sample(MEDICINES, rng.randint(2, 4))),
        concerns=tuple(rng.sample(CONCERNS, 2)),
        interests=tuple(rng.sample(INTERESTS, 2)),
        priorities=("weight", "breathing"),
        family=rng.choice(("lives alone", "lives with spouse", "daughter visits on Sundays")),
        baseline={
            name: rng.choice((0, 0, 1, 1, 2))
            for name in ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty")
        },
        worsening=rng.random() < 0.15,
        has_icd=rng.random() < 0.1,
    )
