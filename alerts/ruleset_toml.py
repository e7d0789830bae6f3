"""From a rule-set file to a checked `RuleSet`: nothing missing, nothing unknown, every number with its source.

Pure: text in, value out. Errors name the place in the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import cast

from alerts.ruleset import (
    LadderStep,
    Mark,
    Parameter,
    Response,
    Rule,
    RuleSet,
    RuleSetError,
    Span,
    StaffedHours,
    Stricter,
    Unit,
)
from alerts.severity import AlertType, Severity
from alerts.toml_table import Table, same_names

CHANNELS = ("voice", "sms", "email", "dashboard")
ROLES = ("primary", "secondary", "lead", "team_lead")
UNITS = ("s", "min", "h", "staffed_h", "working_d")
GENERAL = (
    "baseline_window_days",
    "baseline_answers",
    "baseline_minimum",
    "episode_h",
    "snooze_longest_h",
    "override_longest_days",
    "page_merge_s",
    "roster_gate_min",
    "calls_earliest_h",
    "calls_latest_h",
    "calls_from_h",
    "calls_until_h",
    "attempts",
    "attempt_gap_min",
    "attempts_a_day",
    "first_days",
    "redial_after_s",
    "redials",
    "not_placed_retry_min",
    "emergency_redials",
    "emergency_redial_within_min",
    "emergency_look_back_h",
    "emergency_retry_s",
    "emergency_not_placed",
    "review_look_back_h",
    "identity_tries",
    "number_doubted_after",
    "screening_wait_s",
    "voicemail_gap_h",
    "failed_checks",
    "follow_up_tries",
    "follow_up_gap_min",
    "crisis_prompts",
    "weight_tolerance_h",
    "weight_fresh_h",
    "recent_discharge_days",
    "weight_look_back_days",
)
TASKS = (
    "emergency_contact",
    "opted_out",
    "human_request",
    "not_verified",
    "wrong_number",
    "bad_number",
    "unfinished_check_in",
    "no_next_call",
    "follow_up",
    "follow_up_unreached",
    "call_back",
    "caregiver_contact",
    "medication_check",
    "appointment",
    "other",
)
URGENCIES = ("urgent", "priority", "routine")
SCREENS = ("phq2", "steadi")
TIMES = ("s", "min", "h", "d")
_TYPE_LATER = ("own", "by_topic")  # V03 and D01: decided by what was found


@dataclass(frozen=True, slots=True)
class Needs:
    """What a rule function reads from its row: names of numbers and of word lists."""

    params: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def parse(text: str, *, expected: Mapping[str, Needs]) -> RuleSet:
    """The rule set in `text`. `expected`: every rule of the engine and what it reads; nothing else may occur."""
    try:
        file = Table("rule set", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError(f"not TOML: {error}") from None
    named = file.table("sources")
    sources = {tag: named.text(tag) for tag in named.data}
    general = _numbers(file, "general", GENERAL, sources)
    responses = {key: _response(table, sources) for key, table in file.table("response").tables().items()}
    same_names("response", responses, [severity.value for severity in Severity])
    made = RuleSet(
        version=file.text("version"),
        dated=file.get("date", date),
        signed_off_by=file.text("signed_off_by", empty=True),
        sources=sources,
        general=general,
        staffed=_staffed(file.table("staffed"), sources),
        responses={Severity(key): response for key, response in responses.items()},
        rules=_rules([_rule(entry, sources) for entry in file.entries("rule")], expected),
        tasks=_times(file, "tasks", TASKS, sources),
        follow_ups=_times(file, "follow_ups", URGENCIES, sources),
        screens=_times(file, "screens", SCREENS, sources),
    )
    file.done()
    return made


def _numbers(
    file: Table, name: str, wanted: Collection[str], sources: Collection[str]
) -> dict[str, Parameter]:
    found = {key: _parameter(key, table, sources) for key, table in file.table(name).tables().items()}
    same_names(name, found, wanted)
    return found


def _times(file: Table, name: str, wanted: Collection[str], sources: Collection[str]) -> dict[str, Parameter]:
    found = _numbers(file, name, wanted, sources)
    for one in found.values():
        if one.unit not in TIMES or one.value <= 0:
            raise RuleSetError(f"{name}.{one.name}: a time in {', '.join(TIMES)} expected")
    return found


def _rules(rules: Collection[Rule], expected: Mapping[str, Needs]) -> dict[str, Rule]:
    by_id = {rule.id: rule for rule in rules}
    if len(by_id) != len(rules):
        raise RuleSetError("rule: an id occurs twice")
    same_names("rule", by_id, expected)
    for rule in rules:
        same_names(f"{rule.id}.params", rule.params, expected[rule.id].params)
        same_names(f"{rule.id}.words", rule.words, expected[rule.id].words)
    return by_id


def _rule(table: Table, sources: Collection[str]) -> Rule:
    table.where = table.text("id")
    kind = table.one_of("alert_type", [*(kind.value for kind in AlertType), *_TYPE_LATER])
    params = table.table("params").tables() if table.has("params") else {}
    words = table.table("words") if table.has("words") else None
    rule = Rule(
        id=table.text("id"),
        title=table.text("title"),
        condition=table.text("condition"),
        severities=tuple(Severity(value) for value in table.texts("severities", allowed=list(Severity))),
        alert_type=None if kind in _TYPE_LATER else AlertType(kind),
        topic=table.text("topic"),
        flags=table.texts("flags"),
        maya=table.text("maya", empty=True),
        nurse=table.text("nurse", empty=True),
        mark=_mark(table),
        sources=_sources(table, sources),
        params={name: _parameter(name, entry, sources) for name, entry in params.items()},
        words={name: frozenset(words.texts(name)) for name in words.data} if words else {},
    )
    if not rule.severities:
        raise RuleSetError(f"{rule.id}: severities must not be empty")
    table.done()
    return rule


def _parameter(name: str, table: Table, sources: Collection[str]) -> Parameter:
    stricter = table.one_of("stricter", ("lower", "higher", "fixed")) if table.has("stricter") else "fixed"
    lowest = highest = None
    value = table.number("value")
    if stricter != "fixed":
        limits = table.get("range", list)
        if len(limits) != 2 or not all(isinstance(limit, int | float) for limit in limits):
            raise RuleSetError(f"{table.where}.range: two numbers expected")
        lowest, highest = float(limits[0]), float(limits[1])
        if not lowest <= value <= highest:
            raise RuleSetError(f"{table.where}: {value} lies outside its own range")
    made = Parameter(
        name=name,
        value=value,
        unit=table.text("unit"),
        mark=_mark(table),
        sources=_sources(table, sources),
        stricter=cast(Stricter, stricter),
        lowest=lowest,
        highest=highest,
    )
    table.done()
    return made


def _response(table: Table, sources: Collection[str]) -> Response:
    def span(key: str) -> Span | None:
        return _span(table.table(key), sources) if table.has(key) else None

    made = Response(
        acknowledge=_span(table.table("acknowledge"), sources),
        notify=span("notify"),
        acknowledge_off_hours=span("acknowledge_off_hours"),
        contact=span("contact"),
        page_roles=table.texts("page_roles", allowed=ROLES),
        page_channels=table.texts("page_channels", allowed=CHANNELS),
        ladder=tuple(_step(entry) for entry in table.entries("ladder")) if table.has("ladder") else (),
        repeat=span("repeat_min"),
        at_breach=_step(table.table("at_breach")) if table.has("at_breach") else None,
    )
    table.done()
    return made


def _span(table: Table, sources: Collection[str]) -> Span:
    made = Span(table.number("value"), cast(Unit, table.one_of("unit", UNITS)))
    _mark(table)
    _sources(table, sources)
    table.done()
    return made


def _step(table: Table) -> LadderStep:
    made = LadderStep(
        after_min=table.number("after_min") if table.has("after_min") else 0.0,
        role=table.one_of("role", ROLES),
        channels=table.texts("channels", allowed=CHANNELS),
    )
    table.done()
    return made


def _staffed(table: Table, sources: Collection[str]) -> StaffedHours:
    days = table.get("weekdays", list)
    if not days or not set(days) <= set(range(1, 8)):
        raise RuleSetError("staffed.weekdays: ISO weekdays 1 to 7 expected")
    opens, closes = time.fromisoformat(table.text("opens")), time.fromisoformat(table.text("closes"))
    if opens >= closes:
        raise RuleSetError("staffed: opens must be before closes")
    _mark(table)
    _sources(table, sources)
    table.done()
    return StaffedHours(frozenset(days), opens, closes)


def _mark(table: Table) -> Mark:
    return cast(Mark, table.one_of("mark", ("guideline", "proposal")))


def _sources(table: Table, known: Collection[str]) -> tuple[str, ...]:
    tags = table.texts("sources", allowed=known)
    if not tags:
        raise RuleSetError(f"{table.where}.sources: a number without a source")
    return tags
