"""Speech put together from clips: whole sentences where there are some, else the longest fragments."""

import re
from dataclasses import dataclass
from functools import lru_cache

from heartvoice.demo.voicepack import manifest
from heartvoice.demo.voicepack.g711 import BYTES_PER_MS, SILENCE
from heartvoice.demo.voicepack.manifest import NotInPack

SENTENCE_GAP_MS = 260
FRAGMENT_GAP_MS = 50

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence inside a speech: where it starts and ends, in ms from the beginning."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Speech:
    """8 kHz mu-law bytes and what is said in them."""

    audio: bytes
    sentences: tuple[Spoken, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def ms(self) -> int:
        return len(self.audio) // BYTES_PER_MS


def speech(voice: str, text: str, *, gap_ms: int = SENTENCE_GAP_MS) -> Speech:
    """The whole text, sentence by sentence, with `gap_ms` of silence after each. Raises NotInPack."""
    audio = bytearray()
    said: list[Spoken] = []
    for part in _parts(voice, manifest.normal(text)):
        sound = _sentence(voice, part)
        start = len(audio) // BYTES_PER_MS
        audio += sound
        said.append(Spoken(part, start, len(audio) // BYTES_PER_MS))
        audio += SILENCE * (gap_ms * BYTES_PER_MS)
    return Speech(bytes(audio), tuple(said))


def _parts(voice: str, text: str) -> list[str]:
    """The text cut where clips begin and end: the longest runs of sentences that are one clip."""
    sentences = _SENTENCE.split(text) if text else []
    parts: list[str] = []
    while sentences:
        for size in range(len(sentences), 0, -1):
            run = " ".join(sentences[:size])
            if size == 1 or manifest.has(voice, run):
                parts.append(run)
                del sentences[:size]
                break
    return parts


def _sentence(voice: str, text: str) -> bytes:
    """One sentence: its clip, or its words covered by the longest fragments there are."""
    if manifest.has(voice, text):
        return manifest.clip(voice, text)
    fragments = _fragments(voice)
    words = tuple(word.casefold() for word in _WORD.findall(text))
    out = bytearray()
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            if fragment := fragments.get(words[at:end]):
                out += manifest.clip(voice, fragment) + SILENCE * (FRAGMENT_GAP_MS * BYTES_PER_MS)
                at = end
                break
        else:
            raise NotInPack(voice)
    if not out:
        raise NotInPack(voice)
    return bytes(out)


@lru_cache(maxsize=8)
def _fragments(voice: str) -> dict[tuple[str, ...], str]:
    """Every clip of the voice by its words alone."""
    return {tuple(w.casefold() for w in _WORD.findall(text)): text for text in manifest.load().get(voice, {})}
