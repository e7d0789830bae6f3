"""What Maya says besides the questions of the check-in protocol: the texts of lines.toml by name."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "lines.toml"

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lookup by "section.key"; a list of variants is taken in turn by `turn`."""

    texts: dict[str, tuple[str, ...]]

    def get(self, key: str, turn: int = 0, /, **values: str) -> str:
        """The text with its {braces} filled in. Raises KeyError for an unknown key or a missing value."""
        variants = self.texts[key]
        return variants[turn % len(variants)].format_map(values)


@lru_cache(maxsize=1)
def load() -> Lines:
    """The lines as committed."""
    sections = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return Lines(
        {
            f"{section}.{key}": (value,) if isinstance(value, str) else tuple(value)
            for section, table in sections.items()
            for key, value in table.items()
        }
    )


def number_words(value: int) -> str:
    """A whole number from 0 to 999 in words: 182 -> "one hundred eighty two"."""
    if not 0 <= value <= 999:
        raise ValueError(f"no words for {value}")
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]
    hundreds, rest = divmod(value, 100)
    head = f"{_ONES[hundreds]} hundred"
    return f"{head} {number_words(rest)}" if rest else head


def pounds(value: float) -> str:
    """A weight in words, to the nearest half: 4.5 -> "four and a half pounds"."""
    halves = round(abs(value) * 2)
    whole, half = divmod(halves, 2)
    if half:
        return f"{number_words(whole)} and a half pounds" if whole else "half a pound"
    return "one pound" if whole == 1 else f"{number_words(whole)} pounds"


def doses(value: int) -> str:
    """A number of doses in words: 1 -> "one dose"."""
    return "one dose" if value == 1 else f"{number_words(value)} doses"
