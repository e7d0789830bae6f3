"""The lexicon: patterns per flag from data/lexicon/*.toml, indexed by the words they must contain. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from alerts.phrases.datafiles import DataError, load, names
from alerts.phrases.flags import is_control
from alerts.phrases.model import SEVERITIES, Severity
from alerts.phrases.patterns import NUMBER_ANCHOR, Parser, Pattern
from alerts.phrases.text import Text

# What a rule may be exempt from.
KEEPS = frozenset({"negated", "historical", "hypothetical", "other_person", "mention", "question"})
IDIOM = "idiom"
EVERYTHING = "*"
# How many words before or after a match an exception of its rule may stand.
EXCEPTION_REACH = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the lexicon: any of the patterns raises `flag`, unless one of `unless` is in the same sentence.

    `beats` names flags whose hits are dropped where they overlap this one. `keep` lists the judgements that do not
    apply. `severity` overrides the flag's own. `topics` limit a rule to answers to a question about one of them.
    `person` says how its owner is told (people.py), `reach` how near a beaten hit must be.
    """

    name: str
    flag: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    beats: frozenset[str]
    keep: frozenset[str]
    severity: Severity | None
    topics: frozenset[str]
    person: str
    reach: Literal["overlap", "sentence"]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fired on tokens `start` up to `end`."""

    rule: Rule
    start: int
    end: int
    gaps: tuple[tuple[int, int], ...] = ()

    def overlaps(self, other: Match) -> bool:
        return self.start < other.end and other.start < self.end


class Index:
    """Finds the patterns whose anchor words a text contains, so that few of them are tried."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._prefix: dict[str, list[int]] = defaultdict(list)
        self.patterns = list(patterns)
        for number, pattern in enumerate(self.patterns):
            for anchor in pattern.anchors:
                if anchor.endswith("*"):
                    self._prefix[anchor[:-1]].append(number)
                else:
                    self._exact[anchor].append(number)
        self._lengths = sorted({len(prefix) for prefix in self._prefix})

    def candidates(self, text: Text) -> list[int]:
        """Numbers of the patterns worth trying, ascending."""
        words = text.line.vocabulary
        digits = any(word[:1].isdigit() for word in words)
        found: set[int] = set(self._exact.get(NUMBER_ANCHOR, ())) if digits else set()
        for word in words:
            found.update(self._exact.get(word, ()))
            for length in self._lengths:
                if length > len(word):
                    break
                found.update(self._prefix.get(word[:length], ()))
        return sorted(number for number in found if self.patterns[number].may_match(words, digits))


class PatternSet:
    """Patterns without rules: cues, questions, times."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._index = Index(patterns)

    def spans(self, text: Text) -> list[tuple[int, int]]:
        """Token ranges of all matches."""
        return [
            (start, end)
            for number in self._index.candidates(text)
            for start, end, _ in self._index.patterns[number].spans(text.line)
        ]

    def is_in(self, text: Text, first: int = 0, last: int | None = None) -> bool:
        """True if any pattern matches inside the token range."""
        stop = len(text.tokens) if last is None else last
        return any(
            self._index.patterns[number].is_in(text.line, first, stop)
            for number in self._index.candidates(text)
        )


def pattern_set(sources: Iterable[str]) -> PatternSet:
    """The compiled patterns of a list in a data file."""
    return PatternSet(parser().pattern(source) for source in sources)


def cues(stage: str, name: str) -> PatternSet:
    """A small pattern list of cues.toml."""
    return pattern_set(load("cues.toml")[stage][name])


class Lexicon:
    """All rules of the data files, ready to match."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._index = Index(pattern for rule in self.rules for pattern in rule.patterns)
        self._owner = [rule for rule in self.rules for _ in rule.patterns]

    def matches(self, text: Text, *, topics: frozenset[str] = frozenset()) -> list[Match]:
        """Every hit of every rule that applies when the last question was about `topics`, beaten ones removed."""
        return self.hits(text, topics=topics)[0]

    def hits(self, text: Text, *, topics: frozenset[str] = frozenset()) -> tuple[list[Match], list[Match]]:
        """The matches, and the idioms beside them."""
        found: dict[tuple[str, int, int], Match] = {}
        for number in self._index.candidates(text):
            rule = self._owner[number]
            if rule.topics and not rule.topics & topics:
                continue
            for start, end, gaps in self._index.patterns[number].spans(text.line):
                match = Match(rule, start, end, gaps)
                if not _excused(match, text):
                    found[(rule.name, start, end)] = match
        idioms = [match for match in found.values() if match.rule.flag == IDIOM]
        return _unbeaten(list(found.values()), text), idioms


def _excused(match: Match, text: Text) -> bool:
    """True if one of the rule's exceptions stands near the match, in the same sentence."""
    if not match.rule.unless:
        return False
    first, _ = text.sentence_range(text.sentences[match.start])
    _, last = text.sentence_range(text.sentences[match.end - 1])
    first, last = max(first, match.start - EXCEPTION_REACH), min(last, match.end + EXCEPTION_REACH)
    words = {token.word for token in text.tokens[first:last]}
    return any(
        pattern.is_in(text.line, first, last) for pattern in match.rule.unless if _possible(pattern, words)
    )


def _possible(pattern: Pattern, words: set[str]) -> bool:
    if pattern.anchors & words:
        return True
    return any(
        word.startswith(anchor[:-1]) for anchor in pattern.anchors if anchor.endswith("*") for word in words
    ) or (NUMBER_ANCHOR in pattern.anchors and any(word[:1].isdigit() for word in words))


def _unbeaten(matches: list[Match], text: Text) -> list[Match]:
    """Without idioms and what overlaps them, and without matches that an overlapping, more telling one replaces."""
    strong = [match for match in matches if match.rule.beats]
    return [
        match
        for match in matches
        if match.rule.flag != IDIOM and not any(_beats(other, match, text) for other in strong)
    ]


def _beats(one: Match, other: Match, text: Text) -> bool:
    """One-sided: rules that would replace each other both stay."""
    if one.rule is other.rule or not _is_near(one, other, text):
        return False
    return _replaces(one.rule, other.rule) and not _replaces(other.rule, one.rule)


def _is_near(one: Match, other: Match, text: Text) -> bool:
    if one.rule.reach == "sentence":
        return text.sentences[one.start] == text.sentences[other.start]
    return one.overlaps(other)


def _replaces(one: Rule, other: Rule) -> bool:
    return other.flag in one.beats or (EVERYTHING in one.beats and not is_control(other.flag))


def _rule(row: Mapping[str, Any], parser: Parser, name: str) -> Rule:
    keep = frozenset(row.get("keep", ()))
    severity = row.get("severity")
    if not keep <= KEEPS or (severity is not None and severity not in SEVERITIES):
        raise DataError(f"{name}: keep or severity is not one of the known words")
    return Rule(
        name=name,
        flag=row["flag"],
        patterns=tuple(parser.pattern(source) for source in row["any"]),
        unless=tuple(parser.pattern(source) for source in row.get("unless", ())),
        beats=frozenset(row.get("beats", ())),
        keep=keep,
        severity=severity,
        topics=frozenset(row.get("topics", ())),
        person=row.get("person", "subject"),
        reach=row.get("reach", "overlap"),
    )


@cache
def macros() -> Mapping[str, list[str]]:
    """Every {name} of the word files; a name in several files has the words of all."""
    merged: dict[str, list[str]] = {}
    for file in names("words"):
        for key, words in load(file)["words"].items():
            merged.setdefault(key, []).extend(words)
    return merged


@cache
def parser() -> Parser:
    """The parser with all macros, shared so that each macro is parsed once."""
    return Parser(macros())


@cache
def lexicon() -> Lexicon:
    """The lexicon of this version. Raises DataError if a data file is wrong."""
    return Lexicon(
        _rule(row, parser(), f"{file.split('/')[1].removesuffix('.toml')}.{row['name']}")
        for file in names("lexicon")
        for row in load(file).get("rule", ())
    )
