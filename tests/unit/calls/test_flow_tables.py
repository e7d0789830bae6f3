"""The page about the flows says what is in force."""

from pathlib import Path

from calls.screens import screens
from calls.screens.tables import with_tables

PAGE = Path("docs/clinical/flows.md")


def test_the_tables_are_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run manage.py write_flow_tables"


def test_every_screen_names_its_source() -> None:
    assert all(screen.source for screen in screens().values())
