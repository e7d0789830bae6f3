"""Every way in which a new rule set would treat an emergency more lightly than the one that ships with the code. Pure.

An emergency is weakened when its rule fires less often, for fewer words, or less severely; when it is no emergency any
more, hides behind another one, or leaves the nurse without advice; when a patient's own number may become laxer; when
people are told later, in fewer ways or not at all; and when a shared number does any of that (in the rule set each of
those says with `stricter` which way it must not go).
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.ruleset import LadderStep, Parameter, Response, Rule, RuleSet, Span, StaffedHours
from alerts.severity import Severity

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "staffed_h": 3600.0, "working_d": 86400.0}
BY_THE_CLOCK = ("s", "min", "h")


def weakened_emergencies(rules: RuleSet, shipped: RuleSet) -> list[str]:
    """Where `rules` weakens an emergency, each as a path: E07.alert_type, general.emergency_redials, response.critical.

    Empty if it does not.
    """
    emergencies = [rule for rule in shipped.rules.values() if rule.is_emergency]
    severities = {severity for rule in emergencies for severity in rule.severities}
    return [
        *(name for rule in emergencies for name in _rule(rules.rules[rule.id], rule)),
        *_shared(rules, shipped),
        *(
            name
            for severity in Severity
            if severity in severities
            for name in _response(
                f"response.{severity.value}", rules.responses[severity], shipped.responses[severity]
            )
        ),
        *_staffed(rules.staffed, shipped.staffed),
    ]


def _rule(rule: Rule, shipped: Rule) -> Iterator[str]:
    lost_words = any(not words <= rule.words.get(name, frozenset()) for name, words in shipped.words.items())
    worst = max(severity.rank for severity in shipped.severities)
    is_lower = max((severity.rank for severity in rule.severities), default=0) < worst
    if lost_words or is_lower or not rule.enabled or not set(shipped.flags) <= set(rule.flags):
        yield rule.id
    for name in ("alert_type", "topic"):
        if getattr(rule, name) != getattr(shipped, name):
            yield f"{rule.id}.{name}"
    for name in ("maya", "nurse"):
        if getattr(shipped, name) and not getattr(rule, name):
            yield f"{rule.id}.{name}"
    for name, number in shipped.params.items():
        other = rule.params[name]
        is_fixed = number.stricter == "fixed"
        moved = number.value != other.value if is_fixed else number.weaker(other.value)
        if number.stricter != other.stricter or moved:
            yield f"{rule.id}.{name}"


def _shared(rules: RuleSet, shipped: RuleSet) -> Iterator[str]:
    """Shared numbers with a direction bear on emergencies; the others are free."""
    for table in ("general", "tasks", "follow_ups", "screens"):
        given = getattr(rules, table)
        for name, number in getattr(shipped, table).items():
            if number.stricter != "fixed" and _is_weaker(number, given[name]):
                yield f"{table}.{name}"


def _is_weaker(shipped: Parameter, given: Parameter) -> bool:
    """The same time may be written in another unit."""
    if shipped.unit == given.unit:
        return shipped.weaker(given.value)
    if given.unit not in SECONDS or shipped.unit not in SECONDS:
        return True
    value = given.value * SECONDS[given.unit] / SECONDS[shipped.unit]
    return shipped.weaker(value)


def _response(where: str, given: Response, shipped: Response) -> Iterator[str]:
    for name in ("notify", "acknowledge", "contact", "repeat"):
        if _is_later(getattr(given, name), getattr(shipped, name)):
            yield f"{where}.{name}"
    if _is_later(given.acknowledge_off_hours or given.acknowledge, shipped.acknowledge_off_hours):
        yield f"{where}.acknowledge_off_hours"
    if shipped.page_roles[:1] != given.page_roles[:1]:  # the first is who is paged
        yield f"{where}.page_roles"
    if not set(shipped.page_channels) <= set(given.page_channels):
        yield f"{where}.page_channels"
    if not all(any(_covers(step, wanted) for step in given.ladder) for wanted in shipped.ladder):
        yield f"{where}.ladder"
    if shipped.at_breach is not None and not (
        given.at_breach and _covers(given.at_breach, shipped.at_breach)
    ):
        yield f"{where}.at_breach"


def _is_later(given: Span | None, shipped: Span | None) -> bool:
    """True if less is promised. Time that runs only in staffed hours is later than any that runs by the clock."""
    if shipped is None:
        return False
    if given is None or (given.unit not in BY_THE_CLOCK and given.unit != shipped.unit):
        return True
    return given.value * SECONDS[given.unit] > shipped.value * SECONDS[shipped.unit]


def _covers(step: LadderStep, wanted: LadderStep) -> bool:
    return (
        step.role == wanted.role
        and step.after_min <= wanted.after_min
        and set(wanted.channels) <= set(step.channels)
    )


def _staffed(given: StaffedHours, shipped: StaffedHours) -> Iterator[str]:
    """Outside staffed hours an emergency may wait longer: they may grow, not shrink."""
    if not shipped.weekdays <= given.weekdays or not given.holidays <= shipped.holidays:
        yield "staffed.weekdays"
    if given.opens > shipped.opens:
        yield "staffed.opens"
    if given.closes < shipped.closes:
        yield "staffed.closes"
