"""Approved wording by key and language, and its audio as the phone takes it. Read once per process.

A recording is mu-law at 8,000 Hz, cut into pieces of 120 ms so that the playout ledger can mark each. A key
whose audio has not been rendered is still usable: the engine then has the model read the text word for word.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from calls.events import BYTES_PER_MS

SCRIPTS = Path(__file__).parent / "scripts"
AUDIO = SCRIPTS / "audio"
PIECE_BYTES = 120 * BYTES_PER_MS  # divisible by three, so that no piece but the last needs padding
LANGUAGES = ("en", "es")
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Recording:
    """One approved sentence. `pieces` are base64; empty when the audio has not been rendered."""

    key: str
    text: str
    pieces: tuple[str, ...]
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Scripts:
    """A language's wording: `recorded` is played by the engine, `said` goes into TwiML, `rules` to the model."""

    version: str
    language: str
    recorded: Mapping[str, Recording]
    said: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The wording of a recording, or of what only the telephone network's own voice says. Raises KeyError."""
        return self.recorded[key].text if key in self.recorded else self.said[key]


@lru_cache(maxsize=len(LANGUAGES))
def _load(language: str) -> Scripts:
    data = tomllib.loads((SCRIPTS / f"{language}.toml").read_text(encoding="utf-8"))
    recorded = {key: _recording(key, text, language) for key, text in data["recorded"].items()}
    return Scripts(data["version"], language, recorded, data["said"], data["rules"])


def scripts(language: str) -> Scripts:
    """The wording in that language, in English where there is none."""
    return _load(language if language in LANGUAGES else FALLBACK)


def _recording(key: str, text: str, language: str) -> Recording:
    path = AUDIO / f"{key}.{language}.ulaw"
    audio = path.read_bytes() if path.is_file() else b""
    pieces = tuple(
        base64.b64encode(audio[at : at + PIECE_BYTES]).decode() for at in range(0, len(audio), PIECE_BYTES)
    )
    return Recording(key, text, pieces, len(audio) // BYTES_PER_MS)
