"""How a parsed pattern is matched: word by word, leftmost, gaps as short as they can be. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alerts.phrases.datafiles import wordset
from alerts.phrases.tokens import BOUNDARIES, STOPS

NUMBER_ANCHOR = "#"
Gaps = tuple[tuple[int, int], ...]
End = tuple[int, Gaps]

# Words that may stand between any two words of a pattern without breaking it.
_SKIPPED = wordset("matching", "skipped")
_SKIPPED_PAIRS = frozenset(tuple(pair.split()) for pair in wordset("matching", "skipped_pairs"))
_COMMON = wordset("matching", "common")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The words of a text, ready to be matched; `after` holds where a match may go on when adverbs are skipped."""

    words: tuple[str, ...]
    after: tuple[tuple[int, ...], ...]
    vocabulary: frozenset[str]
    seen: dict[tuple[int, int], tuple[End, ...]] = field(default_factory=dict)


def line_of(words: Sequence[str]) -> Line:
    """The line of a text's words."""
    after: list[tuple[int, ...]] = [(len(words),)]
    for at in range(len(words) - 1, -1, -1):
        step = 0
        if words[at] in _SKIPPED:
            step = 1
        elif at + 1 < len(words) and (words[at], words[at + 1]) in _SKIPPED_PAIRS:
            step = 2
        after.append((at, *after[len(words) - at - step]) if step else (at,))
    return Line(tuple(words), tuple(reversed(after)), frozenset(words))


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One word out of a set, or one that begins like a member of `prefixes`."""

    exact: frozenset[str]
    prefixes: frozenset[str]
    beginnings: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beginnings", tuple(sorted(self.prefixes)))

    def has(self, word: str) -> bool:
        if word in self.exact or (word == "'s" and not self.exact.isdisjoint(("is", "has"))):
            return True
        return bool(self.beginnings) and word.startswith(self.beginnings)

    def ends(self, line: Line, at: int) -> Iterator[End]:
        if at < len(line.words) and self.has(line.words[at]):
            yield at + 1, ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words; only with `across` may a sentence or a "but" lie between."""

    most: int
    across: bool

    def ends(self, line: Line, at: int) -> Iterator[End]:
        yield at, ()
        for end in range(at + 1, min(at + self.most, len(line.words)) + 1):
            if not self.across and line.words[end - 1] in STOPS:
                return
            yield end, ((at, end),)


@dataclass(frozen=True, slots=True)
class Mark:
    """Clause start ^, clause end $, a number #, a comma."""

    kind: str

    def ends(self, line: Line, at: int) -> Iterator[End]:
        words = line.words
        match self.kind:
            case "^":
                if at == 0 or words[at - 1] in BOUNDARIES or words[at - 1] in ("and", "y"):
                    yield at, ()
            case "$":
                if at >= len(words) or words[at] in BOUNDARIES:
                    yield at, ()
            case "#":
                if at < len(words) and words[at][:1].isdigit():
                    yield at + 1, ()
            case _:
                if at < len(words) and words[at] == self.kind:
                    yield at + 1, ()


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Alternatives: single words, rows by their first word, and the rest."""

    words: Words
    first: dict[str, tuple[Node, ...]]
    rest: tuple[Node, ...]
    name: str = ""

    def ends(self, line: Line, at: int) -> Iterator[End]:
        if not self.name:
            yield from self._ends(line, at)
            return
        key = (id(self), at)
        known = line.seen.get(key)
        if known is None:
            known = line.seen[key] = tuple(self._ends(line, at))
        yield from known

    def _ends(self, line: Line, at: int) -> Iterator[End]:
        for node in self.first.get(line.words[at], ()) if at < len(line.words) else ():
            yield from node.ends(line, at)
        yield from self.words.ends(line, at)
        for node in self.rest:
            yield from node.ends(line, at)


@dataclass(frozen=True, slots=True)
class Maybe:
    """There or not; rather there."""

    item: Node

    def ends(self, line: Line, at: int) -> Iterator[End]:
        yield from self.item.ends(line, at)
        yield at, ()


@dataclass(frozen=True, slots=True)
class Row:
    """One item after the other."""

    items: tuple[Node, ...]

    def ends(self, line: Line, at: int) -> Iterator[End]:
        return self._from(line, at, 0)

    def _from(self, line: Line, at: int, index: int) -> Iterator[End]:
        item = self.items[index]
        for end, gaps in _item_ends(item, line, at, first=index == 0):
            if index + 1 == len(self.items):
                yield end, gaps
                continue
            for last, more in self._from(line, end, index + 1):
                yield last, gaps + more


@dataclass(frozen=True, slots=True)
class Either:
    """Two things in either order, the gap between them."""

    left: Node
    gap: Gap
    right: Node

    def ends(self, line: Line, at: int) -> Iterator[End]:
        for one, other in ((self.left, self.right), (self.right, self.left)):
            for end, gaps in one.ends(line, at):
                for between, gap in self.gap.ends(line, end):
                    for last, more in other.ends(line, between):
                        yield last, gaps + gap + more


Node = Words | Gap | Mark | Choice | Maybe | Row | Either


def _item_ends(item: Node, line: Line, at: int, *, first: bool) -> Iterator[End]:
    """Adverbs may stand before any item but the first, gaps and marks."""
    if first or isinstance(item, Gap | Mark):
        yield from item.ends(line, at)
        return
    inner = item.item if isinstance(item, Maybe) else item
    for start in line.after[at] if at < len(line.after) else ():
        yield from inner.ends(line, start)
    if isinstance(item, Maybe):
        yield at, ()


def choice(ways: Sequence[Node]) -> Node:
    """The alternatives, arranged so that few of them are tried."""
    if len(ways) == 1:
        return ways[0]
    exact: set[str] = set()
    prefixes: set[str] = set()
    first: dict[str, list[Node]] = defaultdict(list)
    rest: list[Node] = []
    for way in ways:
        match way:
            case Words():
                exact |= way.exact
                prefixes |= way.prefixes
            case Row((Words() as head, *_)) if len(head.exact) == 1 and not head.prefixes:
                for word in {*head.exact} | ({"'s"} if head.exact & {"is", "has"} else set()):
                    first[word].append(way)
            case _:
                rest.append(way)
    words = Words(frozenset(exact), frozenset(prefixes))
    if not first and not rest:
        return words
    return Choice(words, {word: tuple(nodes) for word, nodes in first.items()}, tuple(rest))


def anchors(node: Node) -> frozenset[str]:
    """Words (or beginnings with *) one of which is in every match; empty when nothing is certain."""
    match node:
        case Words():
            plus = {"'s"} if node.exact & {"is", "has"} else set()
            return node.exact | {f"{prefix}*" for prefix in node.prefixes} | plus
        case Mark("#"):
            return frozenset({NUMBER_ANCHOR})
        case Gap() | Mark() | Maybe():
            return frozenset()
        case Choice():
            ways = [*(way for rows in node.first.values() for way in rows), *node.rest]
            each = [anchors(way) for way in ways]
            return anchors(node.words).union(*each) if all(each) else frozenset()
        case Either(left, _, right):
            return _cheapest([anchors(left), anchors(right)])
        case Row(items):
            return _cheapest([anchors(item) for item in items])


def needs(node: Node) -> tuple[frozenset[str], ...]:
    """All sets of words of which every match holds one each."""
    match node:
        case Row(items):
            return tuple(each for item in items for each in needs(item))
        case Either(left, _, right):
            return (*needs(left), *needs(right))
        case _:
            certain = anchors(node)
            return (certain,) if certain else ()


def _cheapest(sets: Sequence[frozenset[str]]) -> frozenset[str]:
    return min((each for each in sets if each), key=_cost, default=frozenset())


def _cost(words: frozenset[str]) -> int:
    return sum(40 if word in _COMMON else 1 for word in words)
