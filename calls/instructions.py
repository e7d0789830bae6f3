"""Maya's instructions: the static part first, the patient's part last, so that the prefix stays cacheable.

Pure but for reading the versioned text files next to it once per process. Phone numbers, dates of birth and
surnames never enter. What others wrote about the patient is quoted as data.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from calls.checkin import Kind, Phase, Protocol

PROMPTS = Path(__file__).parent / "prompts"
PROMPT_VERSION = "prompts-1"
MAX_QUOTE_CHARS = 240
MAX_QUOTES = 8
CONTEXTS = ("rapport", "transition", "assessment", "crisis", "escalation", "closing")
KIND_HINTS = {
    Kind.OPEN: "open question",
    Kind.SCALE: "number 0 to 4",
    Kind.YES_NO: "yes or no",
    Kind.WEIGHT_CHANGE: "pounds, negative for loss",
    Kind.MISSED_DOSES: "doses missed this week",
}
UNSAFE = re.compile(r"[\x00-\x1f\x7f«»<>{}\[\]`|]+")


@dataclass(frozen=True, slots=True)
class Prompts:
    """One version of all prompt texts."""

    version: str
    system: str
    contexts: Mapping[str, str]
    notes: Mapping[str, str]
    clarify: Mapping[str, str]


@lru_cache(maxsize=4)
def load_prompts(version: str = PROMPT_VERSION) -> Prompts:
    """The prompt texts of that version. Raises FileNotFoundError."""
    folder = PROMPTS / version
    return Prompts(
        version=version,
        system=(folder / "system.txt").read_text(encoding="utf-8").strip(),
        contexts={name: (folder / f"{name}.txt").read_text(encoding="utf-8").strip() for name in CONTEXTS},
        notes=tomllib.loads((folder / "notes.toml").read_text(encoding="utf-8")),
        clarify=tomllib.loads((folder / "clarify.toml").read_text(encoding="utf-8")),
    )


@dataclass(frozen=True, slots=True)
class Memory:
    """What the last calls left behind. Everything here is a quote."""

    last_call_on: str = ""
    previous_concerns: tuple[str, ...] = ()
    medication_changes: tuple[str, ...] = ()
    personal_topics: tuple[str, ...] = ()
    follow_up_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What the prompt may know about a patient. `medications` are classes with the patient's own words."""

    first_name: str
    clinic: str
    language: str = "en"
    age_band: str = ""
    place: str = ""
    nyha_class: int | None = None
    medications: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    family: str = ""
    interests: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    hard_of_hearing: bool = False


def quoted(text: str) -> str:
    """Somebody's words as data: one line, without the marks that could end the quote, cut to 240 characters."""
    clean = " ".join(UNSAFE.sub(" ", str(text)).split())
    return f"«{clean[:MAX_QUOTE_CHARS]}»" if clean else ""


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(filter(None, (quoted(value) for value in values[:MAX_QUOTES])))


def static_part(protocol: Protocol, language: str, prompts: Prompts) -> str:
    """The part that is the same for every patient of a language: the cacheable prefix."""
    lines = [prompts.system, "", f"THE CHECK-IN ({protocol.version})"]
    for question in protocol.questions:
        field = f" -> {question.field}" if question.field else ""
        must = "" if question.required else ", optional"
        text = question.text.get(language, question.text["en"])
        lines.append(f"- {text} ({KIND_HINTS[question.kind]}{must}){field}")
    return "\n".join(lines)


def personal_part(
    person: Person, memory: Memory, *, weather: str = "", purpose: str = "", due: str = ""
) -> str:
    """The part about this patient and this call. Lines without content are left out."""
    sections = (
        (
            "THIS CALL",
            (
                ("You call for", quoted(person.clinic)),
                ("Person to ask for", quoted(person.first_name)),
                ("Kind of call", purpose),
                ("Language", {"en": "English", "es": "Spanish"}.get(person.language, person.language)),
            ),
        ),
        (
            "PATIENT (private until identity is verified)",
            (
                ("Age", person.age_band),
                ("Place", quoted(person.place)),
                ("Heart failure class (NYHA)", str(person.nyha_class) if person.nyha_class else ""),
                ("Medicines, by class", _list(person.medications)),
                ("Main concerns", _list(person.concerns)),
                ("Family", quoted(person.family)),
                ("Interests", _list(person.interests)),
                ("Hears badly", "yes: speak louder and slower, repeat" if person.hard_of_hearing else ""),
            ),
        ),
        (
            "EARLIER CALLS",
            (
                ("Last call", quoted(memory.last_call_on)),
                ("Concerns then", _list(memory.previous_concerns)),
                ("Medicine changes", _list(memory.medication_changes)),
                ("Personal topics", _list(memory.personal_topics)),
            ),
        ),
        (
            "TODAY",
            (
                ("Ask again about", _list(memory.follow_up_items)),
                ("Watch for", _list(person.priorities)),
                ("Weather there", quoted(weather)),
                ("Before you close, call startScreen for", due),
            ),
        ),
    )
    blocks = []
    for title, rows in sections:
        lines = [f"- {name}: {value}" for name, value in rows if value]
        if lines:
            blocks.append("\n".join([title, *lines]))
    return "\n\n".join(blocks)


def instructions(protocol: Protocol, person: Person, memory: Memory, **today: str) -> str:
    """The whole text for the session."""
    prompts = load_prompts()
    return f"{static_part(protocol, person.language, prompts)}\n\n{personal_part(person, memory, **today)}"


def prompt_hash(protocol: Protocol, language: str) -> str:
    """A fingerprint of the static part and the context prompts, stored with the call."""
    prompts = load_prompts()
    parts = [static_part(protocol, language, prompts), *(prompts.contexts[name] for name in CONTEXTS)]
    parts += [*prompts.notes.values(), *prompts.clarify.values()]
    return hashlib.sha256("\n\x00".join(parts).encode()).hexdigest()


def phase_text(phase: Phase) -> str:
    """The context prompt that belongs to a phase, "" when it has none."""
    return load_prompts().contexts.get(phase.value, "")


def escalation_text(script: str, claim: str) -> str:
    """The escalation prompt: what was read out, and what is known of the alert ("committed", ...)."""
    prompts = load_prompts()
    return prompts.contexts["escalation"].format(script=script, claim=prompts.notes[claim])


def note(name: str, **values: str) -> str:
    """A short note for the model, its values cleaned of what could end a quote."""
    clean = {key: UNSAFE.sub(" ", value)[: 4 * MAX_QUOTE_CHARS] for key, value in values.items()}
    return load_prompts().notes[name].format(**clean)


def age_band(years: int) -> str:
    """An age as a band of ten years ("in their 70s"), from 18 to 89; beyond that, "90 or older"."""
    return "90 or older" if years >= 90 else f"in their {years // 10 * 10}s"
