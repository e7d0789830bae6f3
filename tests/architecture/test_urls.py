"""Every URL has a rule for who may use it: a log-in by default, or a line that says what protects it instead."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import AllowAny

from tests.support.url_rules import WITHOUT_LOGIN, WITHOUT_LOGIN_FOLDERS, is_excused, routes


def asks_for_a_login(callback: Any) -> bool:
    """Django's LoginRequiredMiddleware stops it, or its REST view's own permissions do."""
    view = getattr(callback, "cls", None)
    if view is not None and hasattr(view, "permission_classes"):
        return bool(view.permission_classes) and AllowAny not in view.permission_classes
    return getattr(callback, "login_required", True)


def test_every_url_asks_for_a_login_or_has_a_line_here() -> None:
    assert [
        route for route, callback in routes() if not asks_for_a_login(callback) and not is_excused(route)
    ] == []


def test_no_line_here_has_outlived_its_url() -> None:
    known = {route for route, _ in routes()}
    assert {route for route in WITHOUT_LOGIN if route not in known} == set()
    assert {
        folder for folder in WITHOUT_LOGIN_FOLDERS if not any(one.startswith(folder) for one in known)
    } == set()
