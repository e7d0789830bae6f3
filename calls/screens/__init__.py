"""Screens: short, fixed interviews about one danger. A table of steps and where each reply leads. Pure.

The engine asks, word for word, and the model is silent meanwhile. The table is `screens-1.toml`; its wording is in
`calls/scripts/`. A change of either is a new version and needs a clinician's sign-off.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.phrases.flags import KINDS
from alerts.phrases.model import FlagHit, Severity, severity_rank

FOLDER = Path(__file__).parent
VERSION = "screens-1"
MODEL, CRISIS, PERSON = "model", "crisis", "person"
NEXT_SCREEN = "screen:"
ANY = "*"


class Reply(StrEnum):
    """What was answered. A choice is a number, kept as text."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    SILENT = "silent"
    RIGHT = "right"
    WRONG = "wrong"
    TOLD = "told"
    CHOICE_0 = "0"
    CHOICE_1 = "1"
    CHOICE_2 = "2"
    CHOICE_3 = "3"


class Kind(StrEnum):
    """The shape of a step's reply."""

    YES_NO = "yes_no"
    ORIENTATION = "orientation"
    CHOICE = "choice"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its wording's key, and where each reply leads ("=name" is an outcome).

    `topic` is a flag, or a control, of the phrase scanner that means yes; `raises` are flags by reply.
    """

    id: str
    say: str
    kind: Kind
    on: Mapping[str, str]
    raises: Mapping[str, str]
    topic: str = ""

    def next(self, reply: Reply) -> str:
        return self.on.get(reply.value) or self.on[ANY]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a screen came to. `say` is read out first, `then` says who goes on, `raises` is a flag."""

    name: str
    tier: str
    then: str
    say: str = ""
    raises: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. `fails_at`, `adds_up_to`: that many wrong answers, or points, decide the outcome of that name at the end;
    `unread_at`: that many replies that are unsure or silent, at once. `is_asked_alone`: only the telephone network's own
    voice asks it, there is no recording of its questions.

    `unless`: screens that ask the same and more; where one of them is asked, this one is not.
    """

    id: str
    title: str
    source: str
    steps: tuple[Step, ...]
    outcomes: Mapping[str, Outcome]
    after: tuple[str, ...] = ()
    on_flag: tuple[str, ...] = ()
    on_control: tuple[str, ...] = ()
    on_doubt: tuple[str, ...] = ()
    on_rule: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    column: str = ""
    fails_at: tuple[int, str] | None = None
    adds_up_to: tuple[int, str] | None = None
    unread_at: tuple[int, str] | None = None
    is_asked_alone: bool = False

    @property
    def is_about_danger(self) -> bool:
        """True when it may lead into an emergency, or is asked in one."""
        ends = (one.then for one in self.outcomes.values())
        return any(then != MODEL and not then.startswith(NEXT_SCREEN) for then in ends)

    def is_begun_by(self, hits: Iterable[FlagHit]) -> bool:
        """True when one of these flags begins the screen."""
        return _is_among(self.on_flag, [(hit.flag, hit.severity) for hit in hits])

    def is_begun_by_controls(self, controls: Iterable[str], *, is_alone: bool) -> bool:
        """True when one of these controls begins the screen. `is_alone`: there is no model that would ask about a doubt."""
        return bool({*self.on_control, *(self.on_doubt if is_alone else ())}.intersection(controls))

    def is_begun_by_rules(self, found: Iterable[str]) -> bool:
        """True when one of these rules ("S07:high") begins the screen."""
        pairs = [(rule, severity) for rule, _, severity in (one.partition(":") for one in found)]
        return _is_among(self.on_rule, pairs)

    def step(self, step_id: str) -> Step:
        """The step of that id. Raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def is_raised(flag: str, hits: Iterable[FlagHit]) -> bool:
    """True when the flag that a reply raises ("fall:high", critical without a severity) is among these already."""
    name, _, severity = flag.partition(":")
    least = severity or "critical"
    return _is_among([f"{name}:{least}"], [(hit.flag, hit.severity) for hit in hits])


def _is_among(wanted: Iterable[str], found: Iterable[tuple[str, str]]) -> bool:
    """True when something found is wanted: "name", "name:severity" from that severity on, "name:low-high" between two."""
    limits = {name: _between(span) for name, _, span in (one.partition(":") for one in wanted)}
    return any(
        name in limits and limits[name][0] <= severity_rank(severity) <= limits[name][1]  # type: ignore[arg-type]
        for name, severity in found
    )


def _between(span: str) -> tuple[int, int]:
    """The ranks of the least and the greatest severity of "medium-high", "medium" (and worse) or "" (any)."""
    least, _, most = span.partition("-")
    return severity_rank(least or "none"), severity_rank(most or "critical")  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def screens() -> Mapping[str, Screen]:
    """All screens by id. Raises ValueError when the table does not hold together."""
    table = tomllib.loads((FOLDER / f"{VERSION}.toml").read_text(encoding="utf-8"))
    if table["version"] != VERSION:
        raise ValueError(f"{VERSION}.toml says it is {table['version']}")
    found = {row["id"]: _screen(row) for row in table["screen"]}
    for screen in found.values():
        _check(screen, found)
    return found


def _screen(row: Mapping[str, Any]) -> Screen:
    return Screen(
        id=row["id"],
        title=row["title"],
        source=row["source"],
        steps=tuple(
            Step(
                id=step["id"],
                say=step["say"],
                kind=Kind(step.get("kind", Kind.YES_NO)),
                on=dict(step["on"]),
                raises=dict(step.get("raises", {})),
                topic=step.get("topic", step.get("raises", {}).get("yes", "")),
            )
            for step in row["step"]
        ),
        outcomes={
            name: Outcome(name, each["tier"], each["then"], each.get("say", ""), each.get("raises", ""))
            for name, each in row["outcome"].items()
        },
        after=tuple(row.get("after", ())),
        on_flag=tuple(row.get("on_flag", ())),
        on_control=tuple(row.get("on_control", ())),
        on_doubt=tuple(row.get("on_doubt", ())),
        on_rule=tuple(row.get("on_rule", ())),
        unless=tuple(row.get("unless", ())),
        column=row.get("column", ""),
        fails_at=_limit(row.get("failures")),
        adds_up_to=_limit(row.get("sum")),
        unread_at=_limit(row.get("unread")),
        is_asked_alone=bool(row.get("alone", False)),
    )


def _limit(row: Mapping[str, Any] | None) -> tuple[int, str] | None:
    return None if row is None else (int(row["at"]), str(row["outcome"]))


def _check(screen: Screen, every: Mapping[str, Screen]) -> None:
    """Every road leads somewhere, and forward only: no screen can go round in circles."""
    order = {step.id: at for at, step in enumerate(screen.steps)}
    for step in screen.steps:
        if ANY not in step.on:
            raise ValueError(f"{screen.id}.{step.id}: no road for other replies")
        for target in step.on.values():
            is_outcome = target.startswith("=") and target[1:] in screen.outcomes
            if not is_outcome and order.get(target, -1) <= order[step.id]:
                raise ValueError(f"{screen.id}.{step.id} leads to {target}")
    for limit in (screen.fails_at, screen.adds_up_to, screen.unread_at):
        if limit is not None and limit[1] not in screen.outcomes:
            raise ValueError(f"{screen.id}: no outcome {limit[1]}")
    for outcome in screen.outcomes.values():
        if outcome.then.startswith(NEXT_SCREEN) and outcome.then.removeprefix(NEXT_SCREEN) not in every:
            raise ValueError(f"{screen.id}: no screen {outcome.then}")


class Run:
    """One screen on its way. The replies so far, the step that is open, and at the end the outcome."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.step: Step | None = screen.steps[0]
        self.outcome: Outcome | None = None
        self.replies: dict[str, Reply] = {}

    def reply(self, reply: Reply) -> str:
        """The open step has this reply. Returns the flag that it raises, "" for none."""
        step = self.step
        if step is None:
            return ""
        self.replies[step.id] = reply
        limit = self.screen.unread_at
        is_lost = limit is not None and self.unread >= limit[0]
        target = f"={limit[1]}" if limit and is_lost else step.next(reply)
        if target.startswith("="):
            self.step = None
            self.outcome = self._end(target[1:])
        else:
            self.step = self.screen.step(target)
        raised = step.raises.get(reply.value, "")
        return raised or (self.outcome.raises if self.outcome else "")

    def hit(self, flag: str) -> FlagHit:
        """A flag that a reply has raised whatever the words were, for the rules to judge like any other.

        "fall:high" is a fall without a danger sign so far; without a severity it is critical.
        """
        flag, _, given = flag.partition(":")
        severity: Severity = "high" if given == "high" else "critical"
        is_danger = severity == "critical" and flag in ("fall", "head_injury")
        rule = "E06" if is_danger else KINDS[flag].rule_id
        words = f"{self.screen.title}: {', '.join(f'{step} {reply}' for step, reply in self.replies.items())}"
        source = f"screen.{self.screen.id}"
        return FlagHit(flag, severity, "emergency", words, 0, len(words), "affirmed", rule, source)

    def _end(self, name: str) -> Outcome:
        for limit, count in ((self.screen.fails_at, self.failures), (self.screen.adds_up_to, self.points)):
            if limit is not None and count >= limit[0]:
                return self.screen.outcomes[limit[1]]
        return self.screen.outcomes[name]

    @property
    def failures(self) -> int:
        """Wrong, unsure and missing answers to orientation questions."""
        kinds = {step.id: step.kind for step in self.screen.steps}
        return sum(
            kinds[step_id] is Kind.ORIENTATION and reply is not Reply.RIGHT
            for step_id, reply in self.replies.items()
        )

    @property
    def unread(self) -> int:
        """Replies that are unsure or silent."""
        return sum(reply in (Reply.UNSURE, Reply.SILENT) for reply in self.replies.values())

    @property
    def points(self) -> int:
        """The sum of the choices."""
        return sum(int(reply) for reply in self.replies.values() if reply.value.isdigit())

    @property
    def is_scored(self) -> bool:
        """True when every choice of the screen has been answered."""
        wanted = [step.id for step in self.screen.steps if step.kind is Kind.CHOICE]
        return bool(wanted) and all(self.replies.get(each, Reply.UNSURE).value.isdigit() for each in wanted)
