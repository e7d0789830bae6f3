""" "Not since this morning": a negation up to a point in time says that it was so until then. Pure."""

from __future__ import annotations

from alerts.phrases.lexicon import cues
from alerts.phrases.text import Text
from alerts.phrases.times import Time

_SINCE = frozenset({"since", "desde"})
_REACH = 9
# "Not since we talked", "not since the bypass": nothing is implied.
_LANDMARK = cues("since", "landmark")


def implied_age_h(text: Text, times: list[Time], start: int, counts_h: float) -> float | None:
    """Hours since the thing denied at token `start` or after was last so; None when nothing of the kind is said.

    Longer ago than `counts_h` it says nothing.
    """
    for at in range(start, len(text.tokens)):
        if text.tokens[at].word not in _SINCE or text.sentences[at] != text.sentences[start]:
            continue
        if _LANDMARK.is_in(text, at, min(at + _REACH, len(text.tokens))):
            return None
        ages = [
            time.nearest_h
            for time in times
            if at < time.start <= at + _REACH and time.kind == "point" and time.nearest_h <= counts_h
        ]
        if ages:
            return min(ages)
    return None
