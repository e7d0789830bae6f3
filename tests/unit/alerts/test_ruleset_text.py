"""A rule set's text with other numbers, and what may never be weakened in it."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.rules import load_ruleset, packaged_text, parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.ruleset_text import next_version, with_numbers

RULES = load_ruleset("rules-1")
TEXT = packaged_text("rules-1")
HEAD = {"version": "rules-1.1", "dated": date(2027, 1, 2), "signed_off_by": 'Dr. "Lea" Lead'}


def every_number() -> list[tuple[str, str]]:
    return [(rule.id, name) for rule in RULES.rules.values() for name in rule.params]


@pytest.mark.parametrize("key", every_number(), ids=".".join)
def test_every_number_can_be_changed_and_nothing_else_does(key: tuple[str, str]) -> None:
    number = RULES.rule(key[0]).params[key[1]]
    inside = {number.lowest, number.highest} - {number.value, None} or {number.value + 1}
    to = float(inside.pop() or 0)
    made = parse_ruleset(with_numbers(TEXT, {key: to}, **HEAD))
    assert made.rule(key[0])[key[1]] == to
    assert made.rule(key[0]).params[key[1]].mark == "proposal"
    others = {
        (rule.id, name): number.value for rule in made.rules.values() for name, number in rule.params.items()
    }
    assert {one: value for one, value in others.items() if one != key} == {
        one: RULES.rule(one[0])[one[1]] for one in every_number() if one != key
    }
    assert (made.version, made.dated, made.signed_off_by) == ("rules-1.1", date(2027, 1, 2), "Dr. 'Lea' Lead")


@pytest.mark.parametrize("key", [("S01", "nothing"), ("Z99", "gain_lb")])
def test_an_unknown_number_is_refused(key: tuple[str, str]) -> None:
    with pytest.raises(RuleSetError, match=r"no such number|not found"):
        with_numbers(TEXT, {key: 1.0}, **HEAD)


@pytest.mark.parametrize(
    ("current", "taken", "following"),
    [
        ("rules-1", [], "rules-1.1"),
        ("rules-1.1", ["rules-1.1"], "rules-1.2"),
        ("rules-1", ["rules-1.1", "rules-1.2"], "rules-1.3"),
        ("rules-1.9", [], "rules-1.10"),
    ],
)
def test_versions_count_up(current: str, taken: list[str], following: str) -> None:
    assert next_version(current, taken) == following
