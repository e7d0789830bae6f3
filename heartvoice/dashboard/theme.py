"""The colour theme a person chose, kept in a cookie that says nothing else."""

from __future__ import annotations

from collections.abc import Mapping

COOKIE = "hv_theme"
THEMES = ("system", "light", "dark", "contrast")


def theme_of(cookies: Mapping[str, str]) -> str:
    """The theme in these cookies; "system" when none or an unknown one is there."""
    value = cookies.get(COOKIE, "system")
    return value if value in THEMES else "system"
