"""What is usual on a scale, as the patient's page draws it: by the numbers of the rule set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.rules import packaged_text, parse_ruleset
from alerts.ruleset import RuleSet
from heartvoice.dashboard.charts import Sample
from heartvoice.dashboard.selectors.trends import usual_score

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def rules(**numbers: int) -> RuleSet:
    """The packaged rule set with other numbers in its [general] table."""
    body = packaged_text()
    for name, value in numbers.items():
        now = int(parse_ruleset(body)[name])
        assert body.count(f"{name} = {{ value = {now},") == 1
        body = body.replace(f"{name} = {{ value = {now},", f"{name} = {{ value = {value},")
    return parse_ruleset(body)


def samples(*scores: float | None, every_days: float = 1) -> list[Sample]:
    """Answers, the newest last, today."""
    newest_first = enumerate(reversed(scores))
    return [Sample(NOW - timedelta(days=ago * every_days), score) for ago, score in newest_first][::-1]


@pytest.mark.parametrize(
    ("numbers", "usual"), [({}, 1), ({"baseline_answers": 3}, 0), ({"baseline_answers": 10}, 1.5)]
)
def test_the_last_answers_count_as_many_as_the_rule_set_says(numbers: dict[str, int], usual: float) -> None:
    assert usual_score(samples(4, 4, 4, 3, 2, 1, 1, 0, 0, 0), NOW, rules(**numbers)) == usual


@pytest.mark.parametrize(("days", "usual"), [(28, 2), (15, None)])
def test_older_answers_do_not(days: int, usual: float | None) -> None:
    assert usual_score(samples(2, 2, 2, every_days=9), NOW, rules(baseline_window_days=days)) == usual


@pytest.mark.parametrize(("minimum", "usual"), [(3, None), (2, 2)])
def test_too_few_say_nothing(minimum: int, usual: float | None) -> None:
    assert usual_score(samples(2, None, 2), NOW, rules(baseline_minimum=minimum)) == usual
