"""Which texts the pack must hold, by voice: read from the lines, the protocol, the scripts and the personas."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from heartvoice.demo.agent.dialogue import lines

ROOT = Path(__file__).resolve().parents[3]
PROTOCOL = ROOT / "calls/protocol/checkin-1.toml"
SCRIPTS = ROOT / "calls/scripts"
PROMPTS = ROOT / "calls/prompts"
EDUCATION = ROOT / "calls/education/en.toml"
PERSONAS = ROOT / "heartvoice/demo/personas"
NAMES = Path(__file__).resolve().parent / "first_names.txt"

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_BRACES = re.compile(r"\{(\w+)\}")
GAIN_POUNDS = 15
MISSED_DOSES = 10
NAME_SPEED = 0.92  # said faster, "May I speak with George" is heard as "Maya, speak with George"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One clip to be there: `checked` ones must survive speech recognition (what Maya says)."""

    voice: str
    text: str
    speed: float = 1.0
    checked: bool = False


def maya(voice: str, speed: float) -> Iterator[Wanted]:
    """Everything Maya can say, in the order of importance."""
    seen: set[str] = set()
    for text in (
        *protocol_questions(),
        *script_texts().values(),
        *_lines(),
        *clarifications(),
        *explanations(),
        *_fragments(),
    ):
        if text not in seen:
            seen.add(text)
            pace = min(speed, NAME_SPEED) if text in greetings() else speed
            yield Wanted(voice, text, pace, checked=len(text.split()) > 2)


def greetings() -> list[str]:
    """The question for each first name, which is heard right after Maya has said her own name."""
    return [lines.load().get("greeting.ask_name", name=name) for name in first_names()]


def protocol_questions(lang: str = "en") -> list[str]:
    """The questions of the check-in, in order."""
    questions = tomllib.loads(PROTOCOL.read_text(encoding="utf-8"))["question"]
    return [question["text"][lang] for question in questions]


def script_texts(lang: str = "en") -> dict[str, str]:
    """The product's own recordings: key -> text."""
    path = SCRIPTS / f"{lang}.toml"
    if not path.exists():
        return {}
    recorded: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["recorded"]
    return recorded


def clarifications() -> Iterator[str]:
    """The direct questions that the product's notes may ask for, of every prompt version."""
    for path in sorted(PROMPTS.glob("*/clarify.toml")):
        yield from _strings(tomllib.loads(path.read_text(encoding="utf-8")))


def explanations() -> Iterator[str]:
    """The sentences of the reviewed explanations."""
    topics: dict[str, str] = tomllib.loads(EDUCATION.read_text(encoding="utf-8"))
    for text in topics.values():
        yield from (sentence for sentence in _SENTENCE_END.split(text) if " " in sentence)


def personas() -> Iterator[Wanted]:
    """What the simulated patients say: every string under [answers] and [lines] of their files."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(PERSONAS.glob("*.toml"))]
    for persona in sorted(files, key=lambda each: int(each.get("order", 99))):
        for section in ("answers", "lines"):
            for text in _strings(persona.get(section, {})):
                yield Wanted(persona["voice"], text, float(persona.get("speed", 1.0)))


@lru_cache(maxsize=1)
def first_names() -> list[str]:
    """The names that greetings are rendered for: the personas', then the common ones of first_names.txt."""
    names = [
        str(tomllib.loads(path.read_text(encoding="utf-8"))["patient"]["first_name"])
        for path in sorted(PERSONAS.glob("*.toml"))
    ]
    listed = NAMES.read_text(encoding="utf-8").splitlines() if NAMES.exists() else []
    return list(dict.fromkeys([*names, *(name.strip() for name in listed if name.strip())]))


def _lines() -> Iterator[str]:
    for variants in lines.load().texts.values():
        for text in variants:
            names = _BRACES.findall(text)
            if not names:
                yield text
    for variants in lines.load().texts.values():
        for text in variants:
            match _BRACES.findall(text):
                case ["name"]:
                    yield from (text.format(name=name) for name in first_names())
                case ["pounds"] if "weight is" not in text:
                    yield from (text.format(pounds=lines.pounds(n)) for n in range(1, GAIN_POUNDS + 1))
                case ["doses"]:
                    yield from (text.format(doses=lines.doses(n)) for n in range(1, MISSED_DOSES + 1))


def _fragments() -> Iterator[str]:
    """What numbers outside the whole sentences are put together from."""
    yield from ("I heard that you gained", "I heard that you lost", "I heard that your weight is")
    yield from (
        "I heard that you missed",
        "Is that right?",
        "pounds",
        "and a half pounds",
        "half a pound",
        "doses",
    )
    yield from (lines.number_words(n) for n in range(20))
    yield from (lines.number_words(n) for n in range(20, 100, 10))
    yield from (lines.number_words(n) for n in range(100, 1000, 100))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _strings(each)
        case dict():
            for each in value.values():
                yield from _strings(each)
