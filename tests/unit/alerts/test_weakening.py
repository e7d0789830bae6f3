"""No new rule set may treat an emergency more lightly, in whatever way: each way is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from alerts.rules import packaged_text, parse_ruleset
from alerts.ruleset import LadderStep, Response, RuleSet, Span
from alerts.severity import AlertType, Severity
from alerts.weakening import weakened_emergencies
from tests.unit.alerts.builders import RULES

CRITICAL, HIGH = RULES.responses[Severity.CRITICAL], RULES.responses[Severity.HIGH]
FIRST, SECOND = CRITICAL.ladder


def rule(rule_id: str, **others: object) -> RuleSet:
    return replace(RULES, rules={**RULES.rules, rule_id: replace(RULES.rule(rule_id), **others)})


def number(rule_id: str, name: str, **others: object) -> RuleSet:
    made = replace(RULES.rule(rule_id).params[name], **others)
    return rule(rule_id, params={**RULES.rule(rule_id).params, name: made})


def shared(name: str, value: float) -> RuleSet:
    return replace(RULES, general={**RULES.general, name: replace(RULES.general[name], value=value)})


def waits(kind: str, value: float, unit: str) -> RuleSet:
    return replace(RULES, tasks={**RULES.tasks, kind: replace(RULES.tasks[kind], value=value, unit=unit)})


def response(severity: Severity, **others: object) -> RuleSet:
    made: Response = replace(RULES.responses[severity], **others)
    return replace(RULES, responses={**RULES.responses, severity: made})


def staffed(**others: object) -> RuleSet:
    return replace(RULES, staffed=replace(RULES.staffed, **others))


def words(rule_id: str, name: str, change: Callable[[frozenset[str]], frozenset[str]]) -> RuleSet:
    known = RULES.rule(rule_id).words
    return rule(rule_id, words={**known, name: change(known[name])})


def test_the_shipped_rules_weaken_nothing() -> None:
    assert weakened_emergencies(RULES, RULES) == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        # the rule: when it fires, and what it is then
        (RULES.with_value("E16", "spo2_critical_percent", 80), ["E16.spo2_critical_percent"]),
        (RULES.with_value("E16", "heart_rate_high_bpm", 150), ["E16.heart_rate_high_bpm"]),
        (RULES.with_value("E17", "silence_s", 30), ["E17.silence_s"]),
        (number("E01", "recent_h", stricter="lower"), ["E01.recent_h"]),
        (number("E01", "recent_h", stricter="fixed"), ["E01.recent_h"]),
        (rule("E01", flags=()), ["E01"]),
        (rule("E01", severities=(Severity.HIGH,)), ["E01"]),
        (rule("E01", enabled=False), ["E01"]),
        (words("E15", "symptom_flags", lambda known: known - {"dizziness"}), ["E15"]),
        (rule("E07", alert_type=AlertType.SYMPTOM_WORSENING), ["E07.alert_type"]),
        (rule("E05", topic="fall"), ["E05.topic"]),
        (rule("E10", nurse=""), ["E10.nurse"]),
        (rule("E10", maya=""), ["E10.maya"]),
        # shared numbers
        (shared("emergency_redials", 0), ["general.emergency_redials"]),
        (shared("page_merge_s", 600), ["general.page_merge_s"]),
        (shared("roster_gate_min", 0), ["general.roster_gate_min"]),
        (shared("episode_h", 720), ["general.episode_h"]),
        (shared("crisis_prompts", 20), ["general.crisis_prompts"]),
        (waits("emergency_contact", 1, "h"), ["tasks.emergency_contact"]),
        (waits("emergency_contact", 11, "min"), ["tasks.emergency_contact"]),
        # people: when, who and how
        (response(Severity.CRITICAL, acknowledge=Span(500, "min")), ["response.critical.acknowledge"]),
        (response(Severity.CRITICAL, acknowledge=Span(5, "h")), ["response.critical.acknowledge"]),
        (response(Severity.CRITICAL, acknowledge=Span(0.01, "staffed_h")), ["response.critical.acknowledge"]),
        (response(Severity.CRITICAL, notify=None), ["response.critical.notify"]),
        (response(Severity.CRITICAL, notify=Span(31, "s")), ["response.critical.notify"]),
        (response(Severity.CRITICAL, contact=None), ["response.critical.contact"]),
        (response(Severity.CRITICAL, repeat=None), ["response.critical.repeat"]),
        (response(Severity.CRITICAL, page_roles=()), ["response.critical.page_roles"]),
        (response(Severity.CRITICAL, page_roles=("lead", "primary")), ["response.critical.page_roles"]),
        (response(Severity.CRITICAL, page_channels=("email", "voice")), ["response.critical.page_channels"]),
        (response(Severity.CRITICAL, ladder=(FIRST,)), ["response.critical.ladder"]),
        (response(Severity.CRITICAL, ladder=()), ["response.critical.ladder"]),
        (
            response(Severity.CRITICAL, ladder=(FIRST, replace(SECOND, after_min=11))),
            ["response.critical.ladder"],
        ),
        (
            response(Severity.CRITICAL, ladder=(FIRST, replace(SECOND, channels=("sms",)))),
            ["response.critical.ladder"],
        ),
        (
            response(Severity.HIGH, acknowledge_off_hours=Span(8, "h")),
            ["response.high.acknowledge_off_hours"],
        ),
        (response(Severity.HIGH, at_breach=None), ["response.high.at_breach"]),
        (
            response(Severity.HIGH, at_breach=LadderStep(0, "team_lead", ("email",))),
            ["response.high.at_breach"],
        ),
        (staffed(weekdays=frozenset({1, 2, 3, 4})), ["staffed.weekdays"]),
        (staffed(holidays=frozenset({date(2026, 12, 24)})), ["staffed.weekdays"]),
        (staffed(opens=time(9)), ["staffed.opens"]),
        (staffed(closes=time(12)), ["staffed.closes"]),
    ],
)
def test_whatever_weakens_an_emergency_is_named(rules: RuleSet, found: list[str]) -> None:
    assert weakened_emergencies(rules, RULES) == found


@pytest.mark.parametrize(
    "rules",
    [
        RULES.with_value("E16", "spo2_critical_percent", 90),
        RULES.with_value("E16", "heart_rate_high_bpm", 110),
        RULES.with_value("S01", "gain_lb", 99),
        rule("E11", flags=("overdose", "another")),
        rule("S07", topic="breathing", nurse=""),
        words("E15", "symptom_flags", lambda known: known | {"cough_new"}),
        shared("emergency_redials", 3),
        shared("baseline_answers", 5),
        waits("emergency_contact", 300, "s"),
        waits("other", 30, "d"),
        response(Severity.CRITICAL, acknowledge=Span(200, "s"), notify=Span(0.5, "min")),
        response(Severity.CRITICAL, ladder=(*CRITICAL.ladder, LadderStep(20, "team_lead", ("sms",)))),
        response(Severity.HIGH, acknowledge_off_hours=None),
        response(Severity.MEDIUM, acknowledge=Span(8, "staffed_h")),
        staffed(weekdays=frozenset(range(1, 8)), opens=time(7), closes=time(20)),
    ],
)
def test_what_is_stricter_or_about_something_else_is_free(rules: RuleSet) -> None:
    assert weakened_emergencies(rules, RULES) == []


def test_a_text_that_weakens_in_three_ways_is_told_all_three() -> None:
    text = packaged_text()
    head, tail = text.split('id = "E07"')
    tail = tail.replace('alert_type = "emergency"', 'alert_type = "symptom_worsening"', 1)
    text = head + 'id = "E07"' + tail
    text = text.replace(
        'emergency_redials = { value = 2, unit = "calls", mark = "proposal", sources = ["P"], stricter = "higher", '
        "range = [2, 5] }",
        'emergency_redials = { value = 0, unit = "calls", mark = "proposal", sources = ["P"] }',
    )
    text = text.replace(
        'acknowledge = { value = 5, unit = "min"', 'acknowledge = { value = 500, unit = "min"'
    )
    assert weakened_emergencies(parse_ruleset(text), RULES) == [
        "E07.alert_type", "general.emergency_redials", "response.critical.acknowledge",
    ]  # fmt: skip


@pytest.mark.parametrize("rule_id", [rule.id for rule in RULES.rules.values() if rule.is_emergency])
def test_every_number_of_an_emergency_says_which_way_is_stricter(rule_id: str) -> None:
    assert {one.name for one in RULES.rule(rule_id).params.values() if one.stricter == "fixed"} == set()
