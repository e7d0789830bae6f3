"""A rule set's text with other numbers: the comments, sources and order of the old one stay. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from alerts.ruleset import RuleSetError

_RULE = re.compile(r"(?m)^\[\[rule\]\]\s*$")


def next_version(current: str, taken: Iterable[str]) -> str:
    """`rules-1` becomes `rules-1.1`, `rules-1.1` becomes `rules-1.2`; a version that exists is passed over."""
    stem, _, number = current.partition(".")
    count = int(number) if number.isdigit() else 0
    used = set(taken)
    while True:
        count += 1
        if (wanted := f"{stem}.{count}") not in used:
            return wanted


def with_numbers(
    text: str, numbers: Mapping[tuple[str, str], float], *, version: str, dated: date, signed_off_by: str
) -> str:
    """The text under a new version, with these numbers by (rule, parameter). Raises RuleSetError for an unknown one.

    A changed number is nobody's guideline any more: it is marked as a proposal.
    """
    head, *rules = _RULE.split(text)
    head = _replaced(head, r'^version = "[^"]*"', f'version = "{version}"', "version")
    head = _replaced(head, r"^date = \S+", f"date = {dated.isoformat()}", "date")
    name = signed_off_by.replace("\\", "").replace('"', "'")
    head = _replaced(head, r'^signed_off_by = "[^"]*"', f'signed_off_by = "{name}"', "signed_off_by")
    left = dict(numbers)
    changed = [_rule_with(rule, left) for rule in rules]
    if left:
        raise RuleSetError(f"no such number: {', '.join(f'{rule}.{name}' for rule, name in sorted(left))}")
    return "[[rule]]".join([head, *changed])


def _rule_with(text: str, left: dict[tuple[str, str], float]) -> str:
    found = re.search(r'(?m)^id = "([^"]+)"', text)
    for key in [key for key in left if found is not None and key[0] == found.group(1)]:
        pattern = rf"^params\.{re.escape(key[1])} = \{{ value = [^,]+,(.*)mark = \"[a-z]+\""
        value = left.pop(key)
        text = _replaced(
            text,
            pattern,
            rf'params.{key[1]} = {{ value = {value!r},\g<1>mark = "proposal"',
            f"{key[0]}.{key[1]}",
        )
    return text


def _replaced(text: str, pattern: str, by: str, what: str) -> str:
    made, count = re.subn(pattern, by, text, count=1, flags=re.MULTILINE)
    if count != 1:
        raise RuleSetError(f"{what}: not found in the text")
    return made
