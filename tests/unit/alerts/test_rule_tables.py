"""The clinical pages say what the rule set says."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rule_tables import filled
from alerts.rules import load_ruleset
from alerts.ruleset import RuleSetError

RULES = load_ruleset("rules-1")
DOCS = Path(__file__).parents[3] / "docs" / "clinical"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_a_page_are_those_of_the_rule_set(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert filled(text, RULES) == text, "run manage.py write_rule_tables"


@pytest.mark.parametrize("rule", RULES.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_stands_on_a_page_with_each_of_its_numbers(rule: object) -> None:
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert f"**{rule.id}**" in everything  # type: ignore[attr-defined]
    for name in rule.params:  # type: ignore[attr-defined]
        assert f"| {rule.id}.{name} |" in everything  # type: ignore[attr-defined]


def test_the_pages_say_that_nobody_has_signed_off_yet() -> None:
    assert ("**not signed off**" in (DOCS / "README.md").read_text()) is (RULES.signed_off_by == "")


def test_a_changed_number_changes_the_page() -> None:
    page = (DOCS / "symptoms.md").read_text(encoding="utf-8")
    changed = filled(page, RULES.with_value("S01", "gain_lb", 4.0))
    assert changed != page and "| S01.gain_lb | 4 | lb |" in changed


def test_a_block_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(RuleSetError, match="no-such-table"):
        filled("<!-- no-such-table -->\n<!-- /no-such-table -->", RULES)
