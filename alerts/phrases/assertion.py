"""Whether a hit is asserted: negated, long past, supposed, only mentioned, asked about. ConText style. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.flags import KINDS
from alerts.phrases.lexicon import Match, pattern_set
from alerts.phrases.limits import Limits
from alerts.phrases.model import Assertion
from alerts.phrases.text import Text
from alerts.phrases.times import Time
from alerts.phrases.tokens import COMMA, QUESTION_END, SENTENCE_END, STOPS

_TABLE = load("assertion.toml")
# A question of so many tokens, its mark among them, only echoes.
_ECHO = 3
_NEGATIONS = frozenset(_TABLE["negation"]["words"])
_PSEUDO = pattern_set(_TABLE["negation"]["pseudo"])
_DOUBLE = pattern_set(_TABLE["negation"]["double"])
_AFTER = pattern_set(_TABLE["negation"]["after"])
_RESOLVED = pattern_set(_TABLE["negation"]["resolved"])
_HYPOTHETICAL = pattern_set(_TABLE["hypothetical"]["before"])
_MENTION = pattern_set(_TABLE["hypothetical"]["mention"])
_REAL = frozenset(_TABLE["hypothetical"]["real"])
_IF = frozenset(_TABLE["conditional"]["starts"])
_IF_SUBJECTS = frozenset(_TABLE["conditional"]["subjects"])
# "Were I to feel it again": the condition without "if".
_INVERTED = pattern_set(_TABLE["conditional"]["inverted"])
_INVERTED_REACH = 8
_BARE_VERBS = frozenset(_TABLE["conditional"]["bare_verbs"])
_WH = wordset("assertion", "wh")
_AUXILIARIES = wordset("assertion", "auxiliaries")
# After these words an auxiliary at the start is a question even without its mark.
_AFTER_INVERSION = wordset("assertion", "after_inversion")
_FIRST_PERSON = wordset("assertion", "first_person")
_PRESENT = wordset("assertion", "present")
_GRANTED = frozenset({("you", "call"), ("you", "count"), ("you", "consider"), ("i", "count"), ("you", "ask")})
_STILL = frozenset({("am", "still"), ("is", "only"), ("is", "just"), ("am", "down"), ("am", "lying")})
_MAY_I = wordset("assertion", "may_i")
_ANSWER_FOLLOWERS = wordset("assertion", "answer_followers")


@dataclass(frozen=True, slots=True)
class Judged:
    """A match with its assertion and, where told, its age in hours (None: not told, which counts as recent)."""

    match: Match
    assertion: Assertion
    age_h: float | None
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one text, found once for all of its hits."""

    pseudo: list[tuple[int, int]]
    double: list[tuple[int, int]]
    after: list[tuple[int, int]]
    resolved: list[tuple[int, int]]
    hypothetical: list[tuple[int, int]]
    mention: list[tuple[int, int]]
    times: list[Time]
    limits: Limits


def cues_in(text: Text, times: list[Time], limits: Limits) -> Cues:
    """All cues of the text. The limits say when an event is long past."""
    return Cues(
        pseudo=_PSEUDO.spans(text),
        double=_DOUBLE.spans(text),
        after=_AFTER.spans(text),
        resolved=_RESOLVED.spans(text),
        hypothetical=_HYPOTHETICAL.spans(text),
        mention=_MENTION.spans(text),
        times=times,
        limits=limits,
    )


def judged(match: Match, text: Text, cues: Cues) -> Judged:
    """The match with its assertion, the strongest objection first. What the rule keeps is not objected to."""
    keep = match.rule.keep
    age, settled = age_of(match, text, cues)
    resolved = _is_resolved(match, text, cues)
    assertion: Assertion = "affirmed"
    if "negated" not in keep and _is_negated(match, text, cues):
        assertion = "negated"
    elif "historical" not in keep and settled:
        assertion = "historical"
    elif "question" not in keep and _is_asked(match, text):
        assertion = "question"
    elif "hypothetical" not in keep and (_in_condition(match, text) or _is_supposed(match, text, cues)):
        assertion = "hypothetical"
    elif "mention" not in keep and _is_mentioned(match, text, cues):
        assertion = "mention"
    return Judged(match, assertion, age, resolved)


# Negation -----------------------------------------------------------------------------------------------------


def _is_negated(match: Match, text: Text, cues: Cues) -> bool:
    if any(_same_sentence(text, start, match.start) and end <= match.start + 1 for start, end in cues.double):
        return False
    if any(_denies(at, match, text, cues) for at in range(match.start)) or _gap_denies(match, text, cues):
        return True
    return any(
        start in (match.end, match.end + 1)
        and text.sentences[start] == text.sentences[match.end - 1]
        and not _inside(start, end - 1, cues.pseudo)
        for start, end in cues.after
        if start < len(text.tokens)
    )


def _denies(at: int, match: Match, text: Text, cues: Cues) -> bool:
    """True if the negation word at token `at` reaches the match."""
    if text.clauses[at] != text.clauses[match.start] or not _is_negation(at, text, cues):
        return False
    return not any(text.tokens[inner].word in STOPS for inner in range(at, match.start))


def _gap_denies(match: Match, text: Text, cues: Cues) -> bool:
    """A negation between the words of the match: "my chest does not hurt", "my chest is fine, my knee hurts"."""
    for first, last in match.gaps:
        for at in range(first, last):
            if text.tokens[at].word != "ni" and _is_negation(at, text, cues):
                closed = any(text.tokens[inner].word == COMMA for inner in range(at, last))
                if not closed:
                    return True
            if text.tokens[at].word in ("fine", "okay", "clear", "normal", "bien", "perfect"):
                return True
    return False


def _is_negation(at: int, text: Text, cues: Cues) -> bool:
    word = text.tokens[at].word
    if word not in _NEGATIONS or any(start <= at < end for start, end in cues.pseudo):
        return False
    if word in ("no", "never", "none", "nothing", "nada", "nunca") and _is_answer(at, text):
        return False
    return word != "sin" or text.spanish[at]


def _is_answer(at: int, text: Text) -> bool:
    """ "No, it's worse": the word answers and does not reach on."""
    before = text.tokens[at - 1].word if at else SENTENCE_END
    if before not in STOPS and before not in (COMMA, "well", "oh", "and", "yes", "but"):
        return False
    following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else SENTENCE_END
    if following in STOPS or following == COMMA:
        return True
    return following in _ANSWER_FOLLOWERS and not text.spanish[at]


# Time -----------------------------------------------------------------------------------------------------------


def age_of(match: Match, text: Text, cues: Cues) -> tuple[float | None, bool]:
    """Hours since the match at the least, None when not told; and whether that makes it long past."""
    times = _times_for(match, text, cues)
    if not times:
        return None, False
    if any(time.kind in ("ongoing", "new") for time in times):
        return 0.0, False
    times = [time for time in times if time.kind != "duration"]
    if not times:
        return 0.0, False
    nearest = min(time.nearest_h for time in times)
    flag = match.rule.flag
    counts_h = cues.limits.counts_for(flag)
    settled = all(time.kind == "old" or time.nearest_h > counts_h for time in times)
    return nearest, settled and nearest > cues.limits.recent(flag)


def _times_for(match: Match, text: Text, cues: Cues) -> list[Time]:
    """The times that speak of the match: in its clause, else in a neighbour that refers to it."""
    clause = text.clauses[match.start]
    last_clause = text.clauses[match.end - 1]
    own = [time for time in cues.times if clause <= text.clauses[time.start] <= last_clause]
    if own:
        return own
    refers = _anaphoric_after(match, text)
    if refers is not None:
        return [time for time in cues.times if text.clauses[time.start] == refers]
    if _is_present(match, text):
        return []
    sentence = text.sentences[match.start]
    earlier = [
        time
        for time in cues.times
        if text.sentences[time.start] == sentence
        and time.start < match.start
        and text.clauses[time.start] >= clause - 2
    ]
    later = [
        time
        for time in cues.times
        if text.sentences[time.start] == sentence
        and time.start >= match.end
        and text.clauses[time.start] == last_clause + 1
        and not _clause_is_present(text, text.clauses[time.start])
    ]
    return earlier or later


def _anaphoric_after(match: Match, text: Text) -> int | None:
    """The number of a following clause like "that was last year"."""
    for at in range(match.end, len(text.tokens) - 1):
        word = text.tokens[at].word
        if text.clauses[at] > text.clauses[match.end - 1] + 2:
            return None
        following = text.tokens[at + 1].word
        if (
            word in ("that", "it", "this", "eso", "fue", "those")
            and following in ("was", "is", "fue", "happened", "were", "paso", "had")
            and following != "is"
        ):
            return text.clauses[at]
        if word == "fue" and text.spanish[at]:
            return text.clauses[at]
    return None


def _is_present(match: Match, text: Text) -> bool:
    return _clause_is_present(text, text.clauses[match.start])


def _clause_is_present(text: Text, clause: int) -> bool:
    return any(
        token.word in _PRESENT
        for token, number in zip(text.tokens, text.clauses, strict=True)
        if number == clause
    )


# Supposition, mention, question -----------------------------------------------------------------------------------


def in_inverted(match: Match, text: Text) -> bool:
    """True in a condition without "if": "were I to feel it again", up to its comma."""
    return any(
        first <= match.start
        and match.start - end <= _INVERTED_REACH
        and not any(token.word in (COMMA, *STOPS) for token in text.tokens[first : match.start])
        for first, end in _INVERTED.spans(text)
    )


def _in_condition(match: Match, text: Text) -> bool:
    """True inside an if-clause, false in the main clause after it: "if I walk, my chest hurts"."""
    start = match.start
    if in_inverted(match, text):
        return True
    at = start - 1
    while at >= 0 and text.sentences[at] == text.sentences[start]:
        word = text.tokens[at].word
        if word in _IF and not (word == "si" and not text.spanish[at]) and not _even_if(text, at):
            return not _main_clause_begun(text, at, start)
        at -= 1
    return False


def _even_if(text: Text, at: int) -> bool:
    """ "Even if", "as if"; and "if you call that nothing", which grants it."""
    following = text.words(at + 1, at + 4)
    if following[:2] in _GRANTED or following[1:] in _STILL:
        return True
    return at > 0 and text.tokens[at - 1].word in (
        "as",
        "like",
        "know",
        "sure",
        "wonder",
        "wondering",
        "even",
        "como",
    )


def _main_clause_begun(text: Text, condition: int, start: int) -> bool:
    for at in range(condition + 2, start + 1):
        word, before = text.tokens[at].word, text.tokens[at - 1].word
        if before == COMMA or word in (";", "then"):
            return True
        if word in _IF_SUBJECTS and at > condition + 2 and before not in ("that", "and", "or"):
            return True
        if word in ("my", "me", "mi", "the", "se", "no") and before in _BARE_VERBS:
            return True
    return False


def _is_supposed(match: Match, text: Text, cues: Cues) -> bool:
    return any(_governs(cue, match, text, reach=6) for cue in cues.hypothetical)


def _is_mentioned(match: Match, text: Text, cues: Cues) -> bool:
    before = {
        text.tokens[at].word
        for at in range(max(0, match.start - 2), match.start)
        if not any(start <= at < end for start, end in cues.mention)
    }
    if before & _REAL or text.tokens[match.start].word in _REAL:
        return False
    return any(_governs(cue, match, text, reach=3) for cue in cues.mention)


def _governs(cue: tuple[int, int], match: Match, text: Text, *, reach: int) -> bool:
    start, end = cue
    if end > match.start or match.start - end > reach:
        return False
    if (
        text.clauses[end - 1] != text.clauses[match.start]
        and text.clauses[start] != text.clauses[match.start]
    ):
        return False
    return not any(text.tokens[at].word in STOPS for at in range(start, match.start))


def _is_asked(match: Match, text: Text) -> bool:
    """A question about the thing itself, not about the patient's own: "is chest pain a side effect?"."""
    sentence = text.sentences[match.start]
    first, last = text.sentence_range(sentence)
    opening, following = text.tokens[first].word, text.tokens[first + 1].word if first + 1 < last else ""
    marked = text.tokens[last - 1].word == QUESTION_END
    if not marked and text.spanish[first]:
        return False
    if (
        not marked
        and not (opening in _WH and following in _AUXILIARIES)
        and not (opening in _AUXILIARIES and following in _AFTER_INVERSION)
    ):
        return False
    if marked and opening not in _WH | _AUXILIARIES:
        # "Fell? Me?" echoes the question.
        return last - first <= _ECHO
    words = {text.tokens[at].word for at in range(first, last)}
    if (
        opening in _MAY_I
        and words & {"i"}
        and KINDS.get(match.rule.flag, KINDS["fall"]).alert_type == "medication_issue"
    ):
        return True
    return not words & _FIRST_PERSON


def _is_resolved(match: Match, text: Text, cues: Cues) -> bool:
    return any(
        start >= match.end - 2
        and start - match.end <= 8
        and text.sentences[start] == text.sentences[match.start]
        and not any(text.tokens[at].word == "not" for at in range(max(match.end, start - 3), end))
        for start, end in cues.resolved
    )


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= start and end < last for first, last in spans)


def _same_sentence(text: Text, one: int, other: int) -> bool:
    return text.sentences[one] == text.sentences[other]
