"""Answers to orientation questions: what day, month or year it is. Rule E05. Pure."""

from __future__ import annotations

from alerts.phrases.lexicon import cues
from alerts.phrases.model import ScanContext
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.times import CALENDAR

_EARLIEST_YEAR = 2020
_LOST = cues("orientation", "lost")
_ASKS_BACK = cues("orientation", "asks_back")
_DAYS = CALENDAR["weekdays"]
_MONTHS = CALENDAR["months"]


def failed(text: Text, question: Question, context: ScanContext) -> bool | None:
    """True if the answer is wrong or missing, False if right, None if nothing of the kind was asked or can be judged."""
    if "orientation" not in question.topics:
        return None
    asked = set(question.text.words(0, len(question.text.tokens)))
    words = text.words(0, len(text.tokens))
    verdicts = [
        verdict
        for verdict in (
            _year(text, context) if asked & {"year", "ano"} else None,
            _named(words, _DAYS, context.today()) if asked & {"day", "dia"} else None,
            _named(
                words,
                _MONTHS,
                None if context.this_month() is None else (context.this_month() or 1) - 1,
            )
            if asked & {"month", "mes"}
            else None,
        )
        if verdict is not None
    ]
    if verdicts:
        return any(verdicts)
    if _LOST.is_in(text):
        return True
    # A day asked for and another thing said ("Easter... the ironing day"), after a failure.
    other = asked & {"day", "dia", "month", "mes", "year", "ano"} and not _ASKS_BACK.is_in(text)
    return True if other and context.facts.orientation_failures and len(words) > 2 else None


def _year(text: Text, context: ScanContext) -> bool | None:
    short = [int(token.value) for token in text.tokens if token.value is not None and 30 <= token.value <= 99]
    if short:
        # "It's fifty-eight."
        return context.now is None or short[-1] != context.now.year % 100
    years = [
        int(token.value) for token in text.tokens if token.value is not None and 1000 <= token.value <= 2999
    ]
    if not years:
        return None
    return years[-1] != context.now.year if context.now is not None else years[-1] < _EARLIEST_YEAR


def _named(words: tuple[str, ...], names: list[list[str]], right: int | None) -> bool | None:
    said = [row.index(word) for word in words for row in names if word in row]
    if not said or right is None:
        return None
    return right not in said
