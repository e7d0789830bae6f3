"""Every page of the URL table is in a picture of the documentation, or stands here with the reason why not."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

from django.urls import resolve

from tests.browser.picture_pages import PAGES, address_of
from tests.support.url_rules import WITHOUT_LOGIN, routes

IMAGES = Path(__file__).parents[2] / "docs" / "images"
THEMES, WIDTHS = ("light", "dark"), (1280, 820)
ALSO = ("alert", "voice")  # a page with something opened, or further down

# What is no page: a route, or the beginning of several, and why.
NO_PAGES = {
    r"voice": "the telephone network's own",
    r"health|metrics|favicon\.ico": "answers for machines",
    r"api/|fhir/": "answers for other programs",
    r"reports/weekly\.(json|pdf)|patients/<uuid:patient_id>/(export\.csv|summary\.pdf)": "files",
    r"admin/patients/import/template\.csv|admin/jsi18n/|admin/autocomplete/": "files and answers for scripts",
    r"alerts/bulk/|alerts/<uuid:alert_id>/<slug:action>/|patients/<uuid:patient_id>/(notes|tasks|thresholds|call-now|ring"
    r"|pause|resume|time/add|time/<uuid:entry_id>/withdraw)|calls/<uuid:call_id>/(plan/move|take-over|end)/"
    r"|handover/(team/|<uuid:handover_id>)|rules/activate/|paging/<uuid|preferences/": "forms that lead back to a page",
    r"banner/|search/": "a part of every page; the search answers under its box",
    r"accounts/(?!login/$|2fa/$|password/change/$)": "steps of signing in: the frame and the forms of the log-in page",
    r"admin/(login|logout|password_change|r)/": "leads to pages that are shown",
    r"admin/\(\?P": "a list that the first page shows, and the page that is not found",
    r"admin/(patients/user/<int:person_id>/password-link/)": "shows a secret once",
    r"admin/\w+/\w+/": "lists and forms of one model look like those of another: one of each kind is shown",
}  # fmt: skip


def shown() -> set[str]:
    ids: dict[str, str] = defaultdict(
        lambda: str(uuid4()), nurse="1", week="2026-W40", month_ago="2026-09-01"
    )
    found = set()
    for name in PAGES:
        found.add(resolve(address_of(name, ids).partition("?")[0]).route)
    return found


def is_no_page(route: str) -> bool:
    return route in WITHOUT_LOGIN or any(re.match(rule, route) for rule in NO_PAGES)


def test_every_page_is_in_a_picture_or_excused() -> None:
    pictured = shown()
    assert [route for route, _ in routes() if route not in pictured and not is_no_page(route)] == []


def test_no_excuse_has_outlived_its_page() -> None:
    known = [route for route, _ in routes()]
    assert [rule for rule in NO_PAGES if not any(re.match(rule, route) for route in known)] == []


def test_every_picture_is_of_a_page_that_is_listed_in_both_themes_and_widths() -> None:
    wanted = {
        f"{name}-{theme}-{width}.png" for name in (*PAGES, *ALSO) for theme in THEMES for width in WIDTHS
    }
    assert {path.name for path in IMAGES.glob("*.png")} == wanted
