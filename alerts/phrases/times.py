"""When something was: expressions of time, in hours before now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from alerts.phrases.datafiles import load
from alerts.phrases.lexicon import PatternSet, cues, parser
from alerts.phrases.model import ScanContext
from alerts.phrases.text import Text
from alerts.phrases.tokens import COMMA

Kind = Literal["point", "ongoing", "duration", "old", "new"]

DAY_H = 24.0
WEEK_H = 168.0
# "Eight days ago" may be a week: told by a number, a time is long past only from so much more on.
LONG_PAST = 1.2
_LONG_AGO_H = 9000.0
# Rows of names in each language, Monday and January first.
CALENDAR: dict[str, list[list[str]]] = load("calendar.toml")["names"]
_UNIT_H = {
    **dict.fromkeys(("minute", "minutes", "minuto", "minutos", "min"), 1 / 60),
    **dict.fromkeys(("hour", "hours", "hora", "horas", "hr", "hrs"), 1.0),
    **dict.fromkeys(
        ("day", "days", "dia", "dias", "night", "nights", "noche", "noches", "morning", "mornings"), 24.0
    ),
    **dict.fromkeys(("week", "weeks", "semana", "semanas", "wk", "wks"), 168.0),
    **dict.fromkeys(("month", "months", "mes", "meses"), 720.0),
    **dict.fromkeys(("year", "years", "ano", "anos", "decades"), 8760.0),
}
_WEEKDAYS = {name: day for row in CALENDAR["weekdays"] for day, name in enumerate(row)}
_MONTHS = {name: month for row in CALENDAR["months"] for month, name in enumerate(row, 1)}
_NOT_A_PAST_DAY = frozenset(
    {"next", "every", "on", "until", "till", "by", "this", "coming", "each", "proximo", "cada", "is"}
)
_BEFORE_MONTH = frozenset(
    {"in", "back", "last", "since", "of", "en", "desde", "around", "during", "this", "early", "late"}
)


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression on tokens `start` to `end`; hours before now, nearest and farthest."""

    start: int
    end: int
    kind: Kind
    nearest_h: float
    farthest_h: float


# With its comma, two words.
_CUT = 3
# "Not today, but Monday": today is not when it was.
_NEGATED = cues("times", "negated")


@cache
def _table() -> list[tuple[PatternSet, Kind, float, float]]:
    return [
        (
            PatternSet(parser().pattern(source) for source in row["any"]),
            row["kind"],
            *map(float, row["hours"]),
        )
        for row in load("times.toml")["time"]
    ]


def times_in(text: Text, context: ScanContext) -> list[Time]:
    """Every expression of time in the text, longer ones in place of the shorter inside them."""
    found = [
        Time(start, end, kind, nearest, farthest)
        for patterns, kind, nearest, farthest in _table()
        for start, end in patterns.spans(text)
    ]
    found += [*_counted(text, context.limits.counts_h), *_weekdays(text, context), *_calendar(text, context)]
    denied = _NEGATED.spans(text)
    return [
        time
        for time in found
        if not any(_inside(time, other) for other in found)
        and not _is_cut(time, text)
        and not any(start <= time.start < end for start, end in denied)
    ]


def _is_cut(time: Time, text: Text) -> bool:
    """ "Eyes rolled back, then he came to" is no "back then"."""
    short = time.end - time.start <= _CUT
    return short and time.kind == "old" and COMMA in text.words(time.start + 1, time.end - 1)


def _inside(time: Time, other: Time) -> bool:
    longer = other.end - other.start > time.end - time.start
    return longer and other.start <= time.start and time.end <= other.end and other.kind != "ongoing"


def _counted(text: Text, counts_h: float) -> Iterator[Time]:
    """ "two days ago", "3 weeks back", "hace dos días"."""
    words = [token.word for token in text.tokens]
    for at, token in enumerate(text.tokens):
        unit = _UNIT_H.get(words[at + 1]) if at + 1 < len(words) else None
        if token.value is None or unit is None:
            continue
        hours = token.value * unit
        after = words[at + 2] if at + 2 < len(words) else ""
        if after == "since" and unit >= DAY_H:
            # "It's been three weeks since I had any."
            yield Time(
                at, at + 3, "old" if hours > counts_h * LONG_PAST else "point", hours * 0.75, hours * 1.25
            )
            continue
        back = at + 2 < len(words) and words[at + 2] in ("ago", "back", "before", "atras")
        if back or (at and words[at - 1] in ("hace", "hacia")) or (at > 1 and words[at - 2] == "hace"):
            end = at + 3 if back else at + 2
            yield Time(
                at, end, "old" if hours > counts_h * LONG_PAST else "point", hours * 0.75, hours * 1.25
            )


def _weekdays(text: Text, context: ScanContext) -> Iterator[Time]:
    today = context.today()
    for at, token in enumerate(text.tokens):
        day = _WEEKDAYS.get(token.word)
        before = text.tokens[at - 1].word if at else ""
        earlier = text.tokens[at - 2].word if at > 1 else ""
        if day is None or (
            before in _NOT_A_PAST_DAY and before != "on" and not (before == "this" and earlier == "just")
        ):
            continue
        if today is None:
            yield Time(at, at + 1, "point", 25, WEEK_H)
            continue
        days = (today - day) % 7
        if days == 0 and before == "last":
            days = 7
        if days == 0:
            yield Time(at, at + 1, "point", 0, 12)
        else:
            yield Time(at, at + 1, "point", days * 24 - 12, days * 24 + 12)


def _calendar(text: Text, context: ScanContext) -> Iterator[Time]:
    """Years and months: long past, unless it is this month."""
    this_month = context.this_month()
    for at, token in enumerate(text.tokens):
        before = text.tokens[at - 1].word if at else ""
        if (
            token.value is not None
            and 1930 <= token.value <= 2040
            and token.value == int(token.value)
            and len(token.word) == 4
        ):
            this_year = context.now is not None and int(token.value) == context.now.year
            if not this_year:
                yield Time(at, at + 1, "old", _LONG_AGO_H, _LONG_AGO_H)
        short_year = token.value is not None and len(token.word) == 2 and (before == "in" or before == "'")
        if short_year and (token.value or 0) >= 40 and _unit_free(text, at):
            yield Time(at, at + 1, "old", _LONG_AGO_H, _LONG_AGO_H)
        month = _MONTHS.get(token.word)
        if month is None or before not in _BEFORE_MONTH:
            continue
        recent = month == this_month or (
            context.now is not None and context.now.day <= 7 and month % 12 + 1 == this_month
        )
        if not recent:
            yield Time(at, at + 1, "old", 700, _LONG_AGO_H)


def _unit_free(text: Text, at: int) -> bool:
    """ "in 98" is a year, "in 98 minutes" is not."""
    return at + 1 >= len(text.tokens) or text.tokens[at + 1].word not in _UNIT_H
