"""Which sentence of which voice lies in which file of the pack.

`manifest.json` maps voice -> sentence -> file name below `clips/<voice>/`. Sentences are found whatever
their spacing; wording, case and punctuation count, because they change how a sentence sounds.
"""

import json
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.json"
CLIPS = HERE / "clips"

Manifest = dict[str, dict[str, str]]


class NotInPack(KeyError):
    """The pack has no clip of this voice for this text. Says the voice only: a text may hold a name."""

    def __init__(self, voice: str) -> None:
        super().__init__(voice)
        self.voice = voice

    def __str__(self) -> str:
        return f"no clip of voice {self.voice!r} for this text"


def normal(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


@lru_cache(maxsize=1)
def load() -> Manifest:
    """The manifest as committed; empty before the first build."""
    if not MANIFEST.exists():
        return {}
    entries: Manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return entries


def save(manifest: Manifest) -> None:
    """Write the manifest in a stable order, so that a rebuild changes only what changed."""
    ordered = {voice: dict(sorted(manifest[voice].items())) for voice in sorted(manifest)}
    text = json.dumps(ordered, indent=1, ensure_ascii=False) + "\n"
    part = MANIFEST.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(MANIFEST)
    load.cache_clear()


def has(voice: str, text: str) -> bool:
    """Whether `clip` would find it."""
    return normal(text) in load().get(voice, {})


def clip(voice: str, text: str) -> bytes:
    """The clip as 8 kHz mu-law bytes without header. Raises NotInPack."""
    try:
        name = load()[voice][normal(text)]
    except KeyError:
        raise NotInPack(voice) from None
    return _read(CLIPS / voice / name)


@lru_cache(maxsize=512)
def _read(path: Path) -> bytes:
    return path.read_bytes()
