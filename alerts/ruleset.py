"""A rule set: the numbers, texts and sources of the clinical rules, as data with a version.

Pure apart from reading its own packaged TOML file. The rules themselves (alerts/rules/) hold no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Literal

from alerts.severity import AlertType, Severity

Stricter = Literal["lower", "higher", "fixed"]
Mark = Literal["guideline", "proposal"]
Unit = Literal["s", "min", "h", "staffed_h", "working_d"]


_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class RuleSetError(ValueError):
    """The rule set, or an override of it, is not usable; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a rule: its value and unit, where it comes from, and how far a patient's own may differ.

    `stricter` is the direction in which the rule fires more often; "fixed" means the same for everybody.
    """

    name: str
    value: float
    unit: str
    mark: Mark
    sources: tuple[str, ...]
    stricter: Stricter = "fixed"
    lowest: float | None = None
    highest: float | None = None

    @property
    def lasts(self) -> timedelta:
        """The value as a time, for those in s, min, h or d."""
        return timedelta(seconds=self.value * _SECONDS[self.unit])

    def weaker(self, value: float) -> bool:
        """True if `value` would make the rule fire less often than this parameter does."""
        return value > self.value if self.stricter == "lower" else value < self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rules table. `alert_type` is None where it depends on what was found (V03, D01)."""

    id: str
    title: str
    condition: str
    severities: tuple[Severity, ...]
    alert_type: AlertType | None
    topic: str
    flags: tuple[str, ...]
    maya: str
    nurse: str
    mark: Mark
    sources: tuple[str, ...]
    params: Mapping[str, Parameter]
    words: Mapping[str, frozenset[str]]
    enabled: bool = True

    def __getitem__(self, name: str) -> float:
        return self.params[name].value

    @property
    def group(self) -> str:
        """The table's letter: E, S, M, V, C or D."""
        return self.id[0]

    @property
    def is_emergency(self) -> bool:
        """E rules cannot be switched off or weakened."""
        return self.group == "E"


@dataclass(frozen=True, slots=True)
class Span:
    """A time allowed. `s`, `min` and `h` run by the clock; `staffed_h` and `working_d` only in staffed hours."""

    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who is told how long after the first page if nobody has acknowledged."""

    after_min: float
    role: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """What one severity demands of people. None: nothing is promised."""

    acknowledge: Span
    notify: Span | None = None
    acknowledge_off_hours: Span | None = None
    contact: Span | None = None
    page_roles: tuple[str, ...] = ()
    page_channels: tuple[str, ...] = ()
    ladder: tuple[LadderStep, ...] = ()
    repeat: Span | None = None
    at_breach: LadderStep | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Local times of a day: the first at which something may be done, and the first at which it may not any more."""

    start: time
    end: time

    def hold(self, at: time) -> bool:
        """True from the start on, false from the end on."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class StaffedHours:
    """Local opening hours of the care team; ISO weekdays, Monday is 1. Closed on `holidays`."""

    weekdays: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything the rule engine and the escalation need to know, in one immutable value.

    `tasks` and `follow_ups` say how long that work may wait, `screens` how long an answered questionnaire holds.
    """

    version: str
    dated: date
    signed_off_by: str
    sources: Mapping[str, str]
    general: Mapping[str, Parameter]
    staffed: StaffedHours
    responses: Mapping[Severity, Response]
    rules: Mapping[str, Rule]
    tasks: Mapping[str, Parameter] = field(default_factory=dict)
    follow_ups: Mapping[str, Parameter] = field(default_factory=dict)
    screens: Mapping[str, Parameter] = field(default_factory=dict)
    overrides: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> float:
        """A shared value by name, for example `rules["episode_h"]`."""
        return self.general[name].value

    @property
    def legal_hours(self) -> Hours:
        """Hours outside which nobody is called or texted but in an emergency."""
        return Hours(self._time("calls_earliest_h"), self._time("calls_latest_h"))

    @property
    def usual_hours(self) -> Hours:
        """Calling hours of a patient without a schedule, or with a new one."""
        return Hours(self._time("calls_from_h"), self._time("calls_until_h"))

    def _time(self, name: str) -> time:
        """A shared value in hours of the day as a time: 8.5 is half past eight."""
        hours = self[name]
        return time(int(hours), round(hours % 1 * 60))

    def rule(self, rule_id: str) -> Rule:
        return self.rules[rule_id]

    def for_flag(self, flag: str) -> tuple[Rule, ...]:
        """The rules that listen to a transcript flag, in table order."""
        return tuple(rule for rule in self.rules.values() if flag in rule.flags)

    def with_value(self, rule_id: str, name: str, value: float) -> RuleSet:
        """A copy with one number changed. For simulations: no limits are checked here."""
        if rule_id not in self.rules or name not in self.rules[rule_id].params:
            raise RuleSetError(f"{rule_id}.{name}: no such parameter in {self.version}")
        rule = self.rules[rule_id]
        changed = replace(rule, params={**rule.params, name: replace(rule.params[name], value=value)})
        return replace(self, rules={**self.rules, rule_id: changed})

    def without(self, rule_id: str) -> RuleSet:
        """A copy with one rule switched off. E rules refuse."""
        rule = self.rules[rule_id]
        if rule.is_emergency:
            raise RuleSetError(f"{rule_id}: an emergency rule cannot be switched off")
        return replace(self, rules={**self.rules, rule_id: replace(rule, enabled=False)})
