"""The simulated patients as data: who they are, what they say to what, and what must come of the call.

Read from `heartvoice/demo/personas/*.toml`; their speech lies ready in `heartvoice.demo.voicepack`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).resolve().parent.parent / "personas"

KEYED = "dtmf:"  # an answer that starts so is keyed, not spoken

Line = Literal["answers", "busy", "no_answer", "failed"]


class PersonaError(ValueError):
    """A persona file cannot be used; the text names the file and the field."""


@dataclass(frozen=True, slots=True)
class Person:
    """Demonstration data of one invented patient; the phone number is from the fictional 555-01xx range."""

    first_name: str
    last_name: str
    date_of_birth: date
    phone: str
    sex: Literal["f", "m"]
    city: str
    state: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """Talk over Maya's turn number `turn` (from 1), `after_ms` of its audio."""

    turn: int
    after_ms: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the patient behaves on the line. Times in seconds, levels in dB of full scale."""

    think_s: float = 0.8
    hello: bool = False  # speaks first, as soon as the line is open
    silent: bool = False
    machine: bool = False  # an answering machine: greeting, beep, then it listens
    hangs_up_after: int | None = None  # answers given
    interrupts: tuple[Interruption, ...] = ()
    noise_db: float | None = None  # room noise; None is the line's own comfort noise
    line: Line = "answers"
    ring_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Persona:
    """One simulated patient. `answers`: topic -> what is said the first, second, ... time it is asked."""

    id: str
    order: int
    summary: str
    voice: str
    speed: float
    language: str
    person: Person
    answers: Mapping[str, tuple[str, ...]]
    behaviour: Behaviour
    facts: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)

    def spoken(self) -> Iterator[str]:
        """Everything this patient may say aloud; what is keyed is left out."""
        for said in self.answers.values():
            yield from (text for text in said if not text.startswith(KEYED))


@lru_cache(maxsize=1)
def personas() -> Mapping[str, Persona]:
    """Every persona by id, in the order of `order`. Raises PersonaError."""
    documents: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        documents[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
    found = [parse(name, document, documents) for name, document in documents.items()]
    return {persona.id: persona for persona in sorted(found, key=lambda persona: persona.order)}


def by_phone() -> Mapping[str, Persona]:
    """Every persona by the E.164 number at which it answers."""
    return {persona.person.phone: persona for persona in personas().values()}


def parse(name: str, document: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> Persona:
    """The persona of one file; what it does not say itself comes from the one it `extends`."""
    base: Mapping[str, Any] = {}
    if "extends" in document:
        try:
            base = others[document["extends"]]
        except KeyError:
            raise PersonaError(f"{name}: extends an unknown persona") from None
    try:
        return Persona(
            id=document["id"],
            order=document["order"],
            summary=document["summary"],
            voice=document["voice"],
            speed=float(document.get("speed", 1.0)),
            language=document.get("language", "en"),
            person=Person(**document["patient"]),
            answers={
                topic: tuple(said)
                for topic, said in {**base.get("answers", {}), **document.get("answers", {})}.items()
            },
            behaviour=_behaviour(name, {**base.get("behaviour", {}), **document.get("behaviour", {})}),
            facts={**base.get("facts", {}), **document.get("facts", {})},
            expect=document.get("expect", {}),
        )
    except (KeyError, TypeError) as error:
        raise PersonaError(f"{name}: {error}") from error


def _behaviour(name: str, table: Mapping[str, Any]) -> Behaviour:
    unknown = set(table) - {one.name for one in fields(Behaviour)}
    if unknown:
        raise PersonaError(f"{name}: unknown behaviour {', '.join(sorted(unknown))}")
    interrupts = tuple(Interruption(**one) for one in table.get("interrupts", ()))
    return Behaviour(**{**table, "interrupts": interrupts})


def speech_texts() -> Iterator[tuple[str, float, str]]:
    """Every (voice, speed, sentence) that the voice pack must hold, each once."""
    seen: set[tuple[str, str]] = set()
    for persona in personas().values():
        for sentence in persona.spoken():
            if (persona.voice, sentence) not in seen:
                seen.add((persona.voice, sentence))
                yield persona.voice, persona.speed, sentence
