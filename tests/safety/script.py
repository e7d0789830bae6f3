"""A simulated patient as data: who calls or is called, what is said, what fails, what must come of it. Pure.

Read from `patients/*.toml`. Nothing here knows a socket or a table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

FOLDER = Path(__file__).parent / "patients"
OPENINGS = tomllib.loads((Path(__file__).parent / "openings.toml").read_text("utf-8"))

Says = Literal[
    "maya",  # the model says this; with `tool` beside it, both are one reply
    "asks",  # the model asks the protocol's question of this id
    "patient",  # final words of whoever is on the patient's side
    "tool",  # the model calls this tool with `arguments`
    "waits_for",  # see WAITS
    "line",  # what befalls the line: see LINE
    "model",  # what befalls the model: see MODEL
    "network",  # the answer to the next question of the telephone network's own voice: words, keys, or "" for silence
    "pause_s",  # nobody says anything for so long
]
LINE = frozenset(
    {
        "hang_up",  # the patient puts the telephone down
        "vanish",  # the same, and the stream ends without saying so
        "lose_stream",  # only the audio is lost: the telephone network asks the product what to do now
        "taken_for_machine",  # the network's verdict is a machine, before anything has been transcribed
    }
)
MODEL = frozenset({"drop", "rate_limit", "gone"})  # gone: for good, the provider refuses
WAITS = frozenset({"hand_back", "person", "reply", "session"})
OPTIONS = frozenset(
    {"arguments", "over", "critical", "after_hang_up_ms", "refused", "replies", "hears", "hangs_up"}
)
Answers = Literal["person", "machine", "nobody", "busy"]


class ScriptError(ValueError):
    """A patient's file cannot be used; the text names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens.

    `over`: said while Maya still speaks. `critical`: from these words on the clocks run. `after_hang_up_ms`: the
    words come from the transcription only so long after the patient has hung up. `refused`: the tool must be refused.
    `replies`: said one after the other when the engine has asked something and waits. `hears`: words that the
    network's question must hold. `hangs_up`: instead of an answer to it.
    """

    kind: Says
    what: str
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    over: bool = False
    critical: bool = False
    after_hang_up_ms: int | None = None
    refused: bool = False
    replies: tuple[str, ...] = ()
    hears: str = ""
    hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The patient on record. `record` holds further columns (on_blood_thinner, language, ...)."""

    first_name: str
    last_name: str
    date_of_birth: date
    consents: tuple[str, ...] = ("ai_voice_call",)
    medications: tuple[Mapping[str, str], ...] = ()
    history: tuple[Mapping[str, Any], ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """One simulated patient.

    `later`: who answers when the number is called again. `settles_s`: how long after the end of all calls what must
    come of this one may still come. `quick`: one of the few that run with the test suite.
    """

    name: str
    hazard: str
    summary: str
    must: str
    person: Person
    steps: tuple[Step, ...]
    expect: Mapping[str, Any]
    inbound: bool = False
    answers: Answers = "person"
    later: Answers = "nobody"
    quick: bool = False
    settles_s: float = 10.0
    known_gap: str = ""


def scripts(folder: Path = FOLDER) -> tuple[Script, ...]:
    """Every patient, by name. Raises ScriptError."""
    return tuple(
        parse(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.toml"))
    )


TABLES = frozenset(
    {
        "hazard", "summary", "must", "inbound", "answers", "later", "quick", "settles_s", "known_gap",
        "patient", "begins_with", "step", "expect",
    }
)  # fmt: skip


def parse(name: str, document: Mapping[str, Any]) -> Script:
    """The patient of one file. Raises ScriptError for anything it does not know."""
    try:
        if unknown := set(document) - TABLES:
            raise ScriptError(f"{name}: unknown {', '.join(sorted(unknown))}")
        return Script(
            name=name,
            hazard=document["hazard"],
            summary=document["summary"],
            must=document["must"],
            person=_person(document["patient"]),
            steps=tuple(_steps([*_opening(document), *document.get("step", ())])),
            expect=document["expect"],
            inbound=document.get("inbound", False),
            answers=_one_of(Answers, document.get("answers", "person")),
            later=_one_of(Answers, document.get("later", "nobody")),
            quick=document.get("quick", False),
            settles_s=float(document.get("settles_s", 10.0)),
            known_gap=document.get("known_gap", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ScriptError(f"{name}: {error!r}") from error


def _person(table: Mapping[str, Any]) -> Person:
    own = {"first_name", "last_name", "date_of_birth", "consents", "medications", "history"}
    return Person(
        first_name=table["first_name"],
        last_name=table["last_name"],
        date_of_birth=table["date_of_birth"],
        consents=tuple(table.get("consents", ("ai_voice_call",))),
        medications=tuple(table.get("medications", ())),
        history=tuple(table.get("history", ())),
        record={name: value for name, value in table.items() if name not in own},
    )


def _opening(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The steps that `begins_with` stands for."""
    wanted = document.get("begins_with", "")
    openings = OPENINGS[document["patient"].get("language", "en")]
    if wanted:
        yield from openings["greeting"]
    if wanted != "greeting":
        yield from openings[wanted] if wanted else ()


def _steps(rows: Any) -> Iterator[Step]:
    for row in rows:
        kinds = [one for one in get_args(Says) if one in row and not (one == "tool" and "maya" in row)]
        if len(kinds) != 1:
            raise ValueError(f"a step does exactly one thing: {dict(row)}")
        (kind,) = kinds
        if unknown := set(row) - {kind, "tool"} - OPTIONS:
            raise ValueError(f"unknown in a step: {', '.join(sorted(unknown))}")
        _check(kind, row[kind])
        yield Step(
            kind=kind,
            what=str(row[kind]),
            tool=row.get("tool", ""),
            arguments=row.get("arguments", {}),
            over=row.get("over", False),
            critical=row.get("critical", False),
            after_hang_up_ms=row.get("after_hang_up_ms"),
            refused=row.get("refused", False),
            replies=tuple(row.get("replies", ())),
            hears=row.get("hears", ""),
            hangs_up=row.get("hangs_up", False),
        )


def _check(kind: str, what: Any) -> None:
    known = {"line": LINE, "model": MODEL, "waits_for": WAITS}.get(kind)
    if known is not None and what not in known:
        raise ValueError(f"{kind} must be one of {', '.join(sorted(known))}")


def _one_of(literal: Any, given: str) -> Any:
    if given not in get_args(literal):
        raise ValueError(f"{given} is not one of {', '.join(get_args(literal))}")
    return given
