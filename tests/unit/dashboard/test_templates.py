"""What no template may hold: inline code or style, unescaped text, foreign addresses, health data in an address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
CODE = sorted(
    [*(ROOT / "heartvoice" / "dashboard").rglob("*.py"), *(ROOT / "heartvoice" / "templatetags").glob("*.py")]
)

FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=|<style"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "event attribute": re.compile(r"\son[a-z]+\s*="),
    "evaluated htmx": re.compile(r"hx-on|hx-vars|\bjs:"),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+off"),
    "foreign address": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
}


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 30 and len(SCRIPTS) >= 4 and len(CODE) > 15


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_nothing_that_the_content_policy_or_a_patients_words_could_break(path: Path):
    text = path.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_never_makes_markup_or_code_of_text(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert '"use strict"' in text


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_of_the_dashboard_marks_text_as_safe(path: Path):
    assert "mark_safe" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_patients_are_read_through_the_manager_that_takes_the_user(path: Path):
    """Patient, Alert and Call start at `visible_to`; rows of a patient are reached through one that did."""
    reads = re.findall(r"\b(?:Patient|Alert|Call)\.objects\.(\w+)", path.read_text(encoding="utf-8"))
    allowed = {"visible_to"}
    if path.name in {"worklist.py", "patient.py"}:  # ids and a patient that came out of `visible_to`
        allowed |= {"select_related", "filter"}
    assert set(reads) <= allowed


def test_every_form_that_changes_something_carries_the_token():
    for path in TEMPLATES:
        for form in re.findall(
            r"<form[^>]*method=\"post\".*?</form>", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            assert "{% csrf_token %}" in form, path
