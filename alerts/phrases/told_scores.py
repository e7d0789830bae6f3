"""Scores that are told in talk: "breathing one, usually zero; ankles one, usually zero". Rules S07 to S09. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.lexicon import cues
from alerts.phrases.limits import ScaleLimits
from alerts.phrases.model import Facts, Scale, Severity
from alerts.phrases.questions import Question
from alerts.phrases.scales import HIGHEST, Score, finding, score_in
from alerts.phrases.text import Text
from alerts.phrases.tokens import BOUNDARIES, QUESTION_END, STOPS

_SCALES: dict[Scale, tuple[str, ...]] = {
    name: tuple(stems) for name, stems in load("wordsets.toml")["told_scores"]["scales"].items()
}
_BEFORE = wordset("told_scores", "before")
_USUAL = wordset("told_scores", "usual")
_BOTH = cues("told_scores", "both")
_UNITS = wordset("scales", "units")
_STEMS = tuple(stem for stems in _SCALES.values() for stem in stems)
_FOLLOWS = wordset("told_scores", "follows")
_FLAG: dict[Scale, str] = {
    "dyspnea": "worsening_dyspnea",
    "edema": "worsening_edema",
    "fatigue": "worsening_fatigue",
    "sleep": "orthopnea_pnd",
}
_AFTER_REACH, _BEFORE_REACH = 7, 5
_WORDS_FOR = {"ones": 1.0, "twos": 2.0, "zeros": 0.0, "zeroes": 0.0, "threes": 3.0}

Judged = tuple[str, Severity, str, Score]


@dataclass(frozen=True, slots=True)
class _Told:
    """A score with the usual one beside it, where it is told."""

    score: Score
    usual: float | None


def judged_scores(
    text: Text, question: Question, hinted: Scale | None, facts: Facts, limits: ScaleLimits
) -> Iterator[Judged]:
    """Flag, severity, rule and score of every score in the text that means something."""
    told = _told_in(text)
    named = {each.score.scale for each in told}
    if question.kind != "scale" or len(named) > 1:
        risen = [each for each in told if _rise(each, facts) >= limits.together_rise]
        if len({each.score.scale for each in risen}) >= limits.together:
            for each in risen:
                yield _FLAG[each.score.scale], "high", "S09", each.score
            return
        if told:
            for each in told:
                found = finding(each.score, _with_usual(each, facts), limits)
                if found is not None:
                    yield found.flag, found.severity, found.rule_id, each.score
            return
    score = score_in(text, question, hinted)
    if score is None or score.value > HIGHEST:
        return
    found = finding(score, facts, limits)
    if found is not None:
        yield found.flag, found.severity, found.rule_id, score


def _rise(each: _Told, facts: Facts) -> float:
    usual = each.usual if each.usual is not None else facts.baseline(each.score.scale)
    return each.score.value - usual if usual is not None else 0.0


def _with_usual(each: _Told, facts: Facts) -> Facts:
    if each.usual is None:
        return facts
    others = tuple(pair for pair in facts.baselines if pair[0] != each.score.scale)
    return replace(facts, baselines=(*others, (each.score.scale, int(each.usual))))


def _told_in(text: Text) -> list[_Told]:
    """One score per scale that is named with a number beside it."""
    words = text.line.words
    places = sorted(
        (at, scale)
        for at, word in enumerate(words)
        for scale, stems in _SCALES.items()
        if word.startswith(stems)
    )
    both = _both_usual(text)
    found: dict[Scale, _Told] = {}
    for number, (at, scale) in enumerate(places):
        if scale in found:
            continue
        stop = next((then for then, other in places[number + 1 :] if other != scale), len(words))
        after = _number(text, at + 1, min(stop, at + 1 + _AFTER_REACH))
        taken = {each.score.start for each in found.values()}
        here = after if after is not None else _number_before(text, at, taken)
        if here is None or here in taken:
            continue
        usual = _usual_after(text, here, stop)
        value = _value(text, here)
        if value is not None:
            found[scale] = _Told(Score(scale, value, here, here + 1), both if usual is None else usual)
    return list(found.values())


def _value(text: Text, at: int) -> float | None:
    token = text.tokens[at]
    return _WORDS_FOR.get(token.word, token.value)


def is_told(text: Text, score: Score) -> bool:
    """Whether the number stands as a score does: alone, or "a two" - not "two words a breath", not "two? I wish"."""
    following = text.tokens[score.end].word if score.end < len(text.tokens) else ""
    return following != QUESTION_END and _is_score(text, score.start)


def _is_score(text: Text, at: int) -> bool:
    value = _value(text, at)
    if value is None or value != int(value) or not 0 <= value <= HIGHEST:
        return False
    following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
    before = text.tokens[at - 1].word if at else ""
    alone = (
        before in BOUNDARIES or before in _BEFORE or before.startswith(_STEMS)
    ) and following not in _UNITS
    return alone and (following in BOUNDARIES or following in _FOLLOWS)


def _number(text: Text, first: int, stop: int) -> int | None:
    for at in range(first, stop):
        if text.tokens[at].word in STOPS:
            return None
        if _is_score(text, at) and text.tokens[at - 1].word not in _USUAL:
            return at
    return None


def _number_before(text: Text, at: int, taken: set[int]) -> int | None:
    """ "A two for the breath"."""
    for before in range(at - 1, max(-1, at - 1 - _BEFORE_REACH), -1):
        if text.tokens[before].word in STOPS:
            return None
        if before not in taken and _is_score(text, before) and text.tokens[before - 1].word in ("a", "un"):
            return before
    return None


def _usual_after(text: Text, at: int, stop: int) -> float | None:
    """ "..., usually zero", "up from a one"."""
    for place in range(at + 1, min(stop, at + 7)):
        word = text.tokens[place].word
        if word in STOPS:
            return None
        if word in _USUAL:
            for then in range(place + 1, min(place + 4, len(text.tokens))):
                value = _value(text, then)
                if value is not None:
                    return value if value <= HIGHEST else None
    return None


def _both_usual(text: Text) -> float | None:
    """ "Both were ones": the usual score of all scales that are told."""
    for start, end in _BOTH.spans(text):
        for at in range(start, end):
            value = _value(text, at)
            if value is not None and value <= HIGHEST:
                return value
    return None
