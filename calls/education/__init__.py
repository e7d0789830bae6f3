"""Reviewed explanations by topic and language. Pure but for reading the texts once."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es")


@lru_cache(maxsize=len(LANGUAGES))
def _texts(language: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def explanation(topic: str, language: str) -> str:
    """The reviewed text on a topic, in English where there is no other. Raises KeyError for an unknown topic."""
    return _texts(language if language in LANGUAGES else "en")[topic]
