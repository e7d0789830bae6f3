"""Contractions, dropped letters, filler words and what recognisers make of them, spelled out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from alerts.phrases.datafiles import load

if TYPE_CHECKING:
    from alerts.phrases.tokens import Token

_SUFFIXES = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_IS_AFTER = frozenset(
    {"he", "she", "it", "that", "there", "what", "where", "who", "here", "how", "everything", "this"}
)


class Spelling:
    """The word-level tables of spelling.toml."""

    def __init__(self) -> None:
        table = load("spelling.toml")
        self._whole: dict[str, list[str]] = {key: value.split() for key, value in table["whole"].items()}
        self._pairs: dict[tuple[str, str], list[str]] = {
            (key.split()[0], key.split()[1]): value.split() for key, value in table["pairs"].items()
        }
        self._fillers = frozenset(table["fillers"]["words"])

    def spelled_out(self, word: str, raw: str) -> list[str]:
        """The words that `word` (folded) stands for; `raw` still has its accents."""
        if word in ("si", "el") and raw.lower() in ("sí", "él"):
            return ["yes"] if word == "si" else ["elpron"]
        if word in self._whole:
            return self._whole[word]
        if word in self._fillers:
            return []
        if "'" not in word:
            return [word]
        return self._contraction(word)

    def _contraction(self, word: str) -> list[str]:
        if word.endswith("n't"):
            return [*self.spelled_out(word[:-3], word[:-3]), "not"]
        stem, _, suffix = word.rpartition("'")
        if suffix == "" and stem.endswith("in") and len(stem) > 4:
            return [f"{stem}g"]
        if suffix == "":
            return [stem]
        if suffix in _SUFFIXES:
            return [*self.spelled_out(stem, stem), _SUFFIXES[suffix]]
        if suffix == "s":
            return [*self.spelled_out(stem, stem), "is" if stem in _IS_AFTER else "'s"]
        return [part for part in re.split("'", word) if part]

    def rejoin(self, tokens: Iterable[Token]) -> list[Token]:
        """Pairs that a recogniser split ("can t", "i m") are put together again and spelled out."""
        from dataclasses import replace

        out: list[Token] = []
        for token in tokens:
            pair = self._pairs.get((out[-1].word, token.word)) if out else None
            if pair is None:
                out.append(token)
                continue
            first = out.pop()
            out.extend(replace(first, word=word, end=token.end) for word in pair)
        return out


SPELLING = Spelling()
