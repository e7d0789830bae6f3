"""Numbers in spelled-out words: "one eighty four" is 184, "six and a half" is 6.5."""

from collections.abc import Sequence

from heartvoice.demo.agent.dialogue.lines import number_words

_ONES = {number_words(value): value for value in range(20)}
_TENS = {number_words(value): value for value in range(20, 100, 10)}
_WORDS = {**_ONES, **_TENS}

# What recognition makes of a number that is said alone.
ALONE = {
    "do": 2, "to": 2, "too": 2, "tu": 2, "you": 2, "for": 4, "fore": 4, "won": 1, "want": 1, "tree": 3, "free": 3,
    "hero": 0, "zeros": 0, "zeroes": 0, "cero": 0, "oh": 0, "nil": 0,
}  # fmt: skip


def numbers(words: Sequence[str]) -> list[float]:
    """Every number in the words, in order."""
    found: list[float] = []
    at = 0
    while at < len(words):
        value, used = _number(words[at:])
        if used:
            found.append(value)
        at += used or 1
    return found


def _number(words: Sequence[str]) -> tuple[float, int]:
    """The number that the words begin with and how many words it is; (0, 0) when they begin with none."""
    if words[:3] == ["half", "a", "pound"] or words[:2] == ["half", "pound"]:
        return 0.5, 1
    value, used = _whole(words)
    if not used:
        return 0.0, 0
    rest = list(words[used:])
    if rest[:3] == ["and", "a", "half"]:
        return value + 0.5, used + 3
    if len(rest) > 1 and rest[0] == "point" and rest[1] in _ONES:
        return value + _ONES[rest[1]] / 10, used + 2
    return float(value), used


def _whole(words: Sequence[str]) -> tuple[int, int]:
    """A whole number below a thousand at the beginning of the words, and its length in words."""
    used, value = 0, 0
    if words[:2] == ["a", "hundred"]:
        value, used = 100, 2
    elif words and words[0] in _WORDS:
        value, used = _below_hundred(words)
        if words[used : used + 1] == ["hundred"]:
            value, used = value * 100, used + 1
        elif value < 10 and words[used : used + 1] and (words[used] in _TENS or words[used] in _TEENS):
            more, length = _below_hundred(words[used:])  # "one eighty four"
            return value * 100 + more, used + length
    if value >= 100 and value % 100 == 0:
        skip = int(words[used : used + 1] == ["and"])
        if words[used + skip : used + skip + 1] and words[used + skip] in _WORDS:
            more, length = _below_hundred(words[used + skip :])
            return value + more, used + skip + length
    return value, used


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:
    first = _WORDS[words[0]]
    if words[0] in _TENS and len(words) > 1 and 0 < _ONES.get(words[1], 0) < 10:
        return first + _ONES[words[1]], 2
    return first, 1


_TEENS = {word for word, value in _ONES.items() if value >= 10}
