"""Over how long something happened: "in five days", "over the past week", "half a stone this week". Pure."""

from __future__ import annotations

from alerts.phrases.datafiles import load
from alerts.phrases.lexicon import pattern_set
from alerts.phrases.text import Text

_TABLE = load("windows.toml")
_FIXED = [(pattern_set(row["any"]), float(row["hours"])) for row in _TABLE["window"]]
_UNIT_H = {name: float(row["hours"]) for row in _TABLE["unit"] for name in row["names"]}
_VAGUE = {name: float(row["count"]) for row in _TABLE["vague"] for name in row["names"]}
_BEFORE_UNIT = frozenset(_TABLE["between"]["before_unit"])


def window_in(text: Text) -> float | None:
    """Hours of the longest stretch that the text names; None where it names none."""
    found = [hours for patterns, hours in _FIXED if patterns.is_in(text)]
    found += _counted(text)
    return max(found, default=None)


def _counted(text: Text) -> list[float]:
    """ "5 days", "a couple of weeks", "three or four days": a number before a unit of time."""
    words = [token.word for token in text.tokens]
    found: list[float] = []
    for at, word in enumerate(words):
        unit = _UNIT_H.get(word)
        if unit is None:
            continue
        first = at - 1
        while first >= 0 and words[first] in _BEFORE_UNIT:
            first -= 1
        value = text.tokens[first].value if first >= 0 else None
        count = value if value is not None else _VAGUE.get(words[first]) if first >= 0 else None
        if count is not None and count <= 60:
            found.append(count * unit)
    return found
