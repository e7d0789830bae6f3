"""The small language of the lexicon: patterns over the words of a text. Pure.

    can not ~2 (catch|get) {my}? breath     words, alternatives, an optional word, a macro, up to 2 words between
    {chest} <>5 {pain}                      both, in either order, up to 5 words between
    it went ~~6 arm                         a gap that may cross a clause or sentence end
    ^ swollen* $ # ,                        clause start, any ending, clause end, a number, an explicit comma

Literals are normalised exactly like the patient's words, so "can't" and "one" may be written as they are said.
Unimportant adverbs between two words ("really", "just", "so") never break a match.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.phrases.datafiles import DataError
from alerts.phrases.matching import (
    NUMBER_ANCHOR,
    Choice,
    Either,
    Gap,
    Line,
    Mark,
    Maybe,
    Node,
    Row,
    Words,
    anchors,
    choice,
    needs,
)
from alerts.phrases.numerals import number_of
from alerts.phrases.spelling import SPELLING
from alerts.phrases.tokens import folded

__all__ = ["NUMBER_ANCHOR", "Parser", "Pattern"]

_LEX = re.compile(
    r"\{(?P<macro>\w+)\}|(?P<across>~~\d+)|(?P<gap>~\d+)|(?P<either><>~?\d+)"
    r"|(?P<mark>[()|?#^$,])|(?P<word>[^\s(){}|?,#^$]+)"
)
_Lexemes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern; `anchors` are words (with * for any ending) one of which every match holds.

    `needs` are further such sets, each as exact words and beginnings; a text without one of each cannot match.
    """

    source: str
    node: Node
    anchors: frozenset[str]
    needs: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = ()

    def may_match(self, words: frozenset[str], digits: bool) -> bool:
        """False when the words of a text rule a match out."""
        return all(
            not exact.isdisjoint(words)
            or (bool(beginnings) and any(word.startswith(beginnings) for word in words))
            or (digits and NUMBER_ANCHOR in exact)
            for exact, beginnings in self.needs
        )

    def spans(
        self, line: Line, first: int = 0, last: int | None = None
    ) -> list[tuple[int, int, tuple[tuple[int, int], ...]]]:
        """Matches inside tokens `first` to `last`: start, end, and the token ranges of filled gaps."""
        found = []
        stop = len(line.words) if last is None else last
        for at in range(first, stop):
            for end, gaps in self.node.ends(line, at):
                if at < end <= stop:
                    found.append((at, end, gaps))
                    break
        return found

    def is_in(self, line: Line, first: int, last: int) -> bool:
        """True if the pattern matches anywhere inside the token range."""
        return any(at < end <= last for at in range(first, last) for end, _ in self.node.ends(line, at))


class Parser:
    """Parses patterns; `macros` gives the alternatives of each {name}."""

    def __init__(self, macros: Mapping[str, Sequence[str]]) -> None:
        self._macros = macros
        self._nodes: dict[str, Node] = {}

    def pattern(self, source: str) -> Pattern:
        """The parsed pattern. Raises DataError for a mistake in it or a pattern that could match anything."""
        node = self._parse(source)
        certain = anchors(node)
        if not certain:
            raise DataError(f"pattern without a word that it must contain: {source!r}")
        return Pattern(source, node, certain, tuple(_split(each) for each in needs(node)))

    def _parse(self, source: str) -> Node:
        lexemes = [(match.lastgroup or "", match.group()) for match in _LEX.finditer(source)]
        node, at = self._ways(lexemes, 0, source)
        if at != len(lexemes):
            raise DataError(f"unbalanced parenthesis: {source!r}")
        return node

    def _ways(self, lexemes: _Lexemes, at: int, source: str) -> tuple[Node, int]:
        ways: list[Node] = []
        while True:
            node, at = self._row(lexemes, at, source)
            if isinstance(node, Maybe):
                raise DataError(f"an alternative that may be nothing: {source!r}")
            ways.append(node)
            if at >= len(lexemes) or lexemes[at][1] != "|":
                return choice(ways), at
            at += 1

    def _row(self, lexemes: _Lexemes, at: int, source: str) -> tuple[Node, int]:
        items: list[Node] = []
        while at < len(lexemes) and lexemes[at][1] not in ("|", ")"):
            kind, text = lexemes[at]
            at += 1
            if kind == "either":
                right, at = self._row(lexemes, at, source)
                gap = Gap(int(text.lstrip("<>~")), "~" in text)
                return Either(_row(items, source), gap, right), at
            if text == "?" and kind == "mark":
                if not items:
                    raise DataError(f"nothing before a question mark: {source!r}")
                items[-1] = Maybe(items[-1])
                continue
            if text == "(" and kind == "mark":
                node, at = self._ways(lexemes, at, source)
                if at >= len(lexemes) or lexemes[at][1] != ")":
                    raise DataError(f"unbalanced parenthesis: {source!r}")
                at += 1
            else:
                node = self._atom(kind, text, source)
            items.append(node)
        return _row(items, source), at

    def _atom(self, kind: str, text: str, source: str) -> Node:
        match kind:
            case "macro":
                return self._macro(text[1:-1], source)
            case "across":
                return Gap(int(text[2:]), across=True)
            case "gap":
                return Gap(int(text[1:]), across=False)
            case "mark":
                return Mark(text)
            case _:
                return _literal(text, source)

    def _macro(self, name: str, source: str) -> Node:
        if name not in self._nodes:
            if name not in self._macros:
                raise DataError(f"unknown macro {{{name}}} in {source!r}")
            node = choice([self._parse(way) for way in self._macros[name]])
            self._nodes[name] = (
                Choice(node.words, node.first, node.rest, name) if isinstance(node, Choice) else node
            )
        return self._nodes[name]


def _row(items: Sequence[Node], source: str) -> Node:
    if not items:
        raise DataError(f"an empty alternative: {source!r}")
    return items[0] if len(items) == 1 else Row(tuple(items))


def _literal(text: str, source: str) -> Node:
    word = folded(text)
    if word == "*":
        raise DataError(f"a word that is only an asterisk: {source!r}")
    if word.endswith("*"):
        return Words(frozenset(), frozenset({word[:-1]}))
    spelled = [part for piece in word.split("-") for part in (SPELLING.spelled_out(piece, piece) or [piece])]
    nodes = tuple(Words(frozenset({number_of(part) or part}), frozenset()) for part in spelled)
    return nodes[0] if len(nodes) == 1 else Row(nodes)


def _split(words: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Exact words and beginnings of an anchor set."""
    return (
        frozenset(word for word in words if not word.endswith("*")),
        tuple(sorted(word[:-1] for word in words if word.endswith("*"))),
    )
