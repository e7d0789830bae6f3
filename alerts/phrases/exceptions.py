"""An exception after a negation is what holds: "I don't get short of breath unless I'm talking". Pure."""

from __future__ import annotations

from alerts.phrases.datafiles import load
from alerts.phrases.findings import Raised
from alerts.phrases.flags import KINDS
from alerts.phrases.lexicon import Match, lexicon, pattern_set
from alerts.phrases.since import implied_age_h
from alerts.phrases.text import Text, read
from alerts.phrases.times import Time
from alerts.phrases.tokens import COMMA, CONTRAST, QUESTION_END, SENTENCE_END

_TABLE = load("assertion.toml")["exception"]
_STARTS = pattern_set(_TABLE["starts"])
_VOID = pattern_set(_TABLE["void"])
# "No pain as long as I sit still": there is, on effort.
_AT_REST = pattern_set(_TABLE["at_rest"])
_BREATHING = frozenset({"severe_dyspnea", "worsening_dyspnea"})


def excepted(match: Match, text: Text, times: list[Time], counts_h: float) -> list[Raised]:
    """What the exception after a negated match raises: the match joined with the exception, scanned as one clause.

    An exception of longer ago than `counts_h` raises nothing.
    """
    since = implied_age_h(text, times, match.start, counts_h)
    if since is not None:
        return [
            Raised(match.rule.flag, match.start, match.end, match.rule.name, match.rule.severity, None, since)
        ]
    if any(
        0 <= start - match.end <= 4 and text.sentences[start] == text.sentences[match.start]
        for start, _ in _AT_REST.spans(text)
    ):
        flag = "worsening_dyspnea" if match.rule.flag in _BREATHING else match.rule.flag
        return [Raised(flag, match.start, match.end, match.rule.name, match.rule.severity)]
    for start, end in sorted(_STARTS.spans(text)):
        if start < match.end or text.sentences[start] != text.sentences[match.start] or start - match.end > 8:
            continue
        stop = _end_of_sentence(text, end)
        if end >= stop or _VOID.is_in(text, end, stop):
            return []
        old = [time for time in times if start <= time.start < stop]
        if old and all(time.kind == "old" or time.nearest_h > counts_h for time in old):
            return []
        age = min((time.nearest_h for time in old if time.kind == "point"), default=None)
        said = " ".join(text.words(match.start, match.end) + text.words(end, stop))
        again = [
            each for each in lexicon().matches(read(said)) if each.start == 0 and each.rule.flag in KINDS
        ]
        if not again:
            return [
                Raised(match.rule.flag, match.start, stop, match.rule.name, match.rule.severity, None, age)
            ]
        return [
            Raised(each.rule.flag, match.start, stop, each.rule.name, each.rule.severity, None, age)
            for each in again
        ]
    return []


def _end_of_sentence(text: Text, at: int) -> int:
    while at < len(text.tokens) and text.tokens[at].word not in (SENTENCE_END, QUESTION_END, CONTRAST, COMMA):
        at += 1
    return at
