"""Decisions are numbered once, and what the documents point to exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_adr_numbers_are_unique() -> None:
    numbers = sorted(int(path.name[:4]) for path in Path("docs/adr").glob("[0-9][0-9][0-9][0-9]-*.md"))
    assert numbers
    assert [number for number, count in Counter(numbers).items() if count > 1] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path in [*Path("docs").rglob("*.md"), *Path().glob("*.md")]
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []
