"""The name and the date of birth in what a patient says, as said: matching them is the product's work."""

import re
from dataclasses import dataclass

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH = re.compile(rf"\b(?:{_MONTHS})\b", re.IGNORECASE)
_FIGURE_DATE = re.compile(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}\b")
_DAY_BEFORE = re.compile(
    r"(?:\bthe\s+)?\b(?:\d{1,2}(?:st|nd|rd|th)?|[a-z]+(?:st|nd|rd|th|ty[- ][a-z]+))\s+(?:of\s+)?$",
    re.IGNORECASE,
)
_DATE_WORD = re.compile(
    rf"^(?:{_MONTHS}|\d{{1,4}}(?:st|nd|rd|th)?|of|the|and|in|oh|o|hundred|thousand|zero|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|thir\w+|four\w+|fif\w+|six\w+|seven\w+|eigh\w+|nin\w+|twen\w+|for\w+|first|second|third|\w+th)$",
    re.IGNORECASE,
)
_BIRTH_LEAD = re.compile(
    r"\b(?:and\s+)?(?:(?:i\s+was|i'm|was)\s+born(?:\s+(?:on|in))?|born(?:\s+(?:on|in))?|(?:my\s+)?(?:date\s+of\s+birth|birth\s?date|"
    r"birthday|d\.?o\.?b\.?)(?:\s+is)?)\b",
    re.IGNORECASE,
)
_NAME_LEAD = re.compile(
    r"^(?:\W|\b(?:yes|yeah|yep|sure|well|hello|hi|hey|okay|ok|oh|um|uh|of course|certainly|"
    r"it's|that's|i'm|my|full|name|is|this|it|i|am|"
    r"speaking|here|and|so|the|call me|good|morning|afternoon|evening)\b)+",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"\b(?:don't|not|no|why|what|who|want|tell|daughter|son|wife|husband|please|help|sorry|can't|cannot|again|question|need|know|"
    r"number|wrong|robot|nurse|doctor|call|wait|hold|moment|minute|today|fine|thank|thanks|you)\b",
    re.IGNORECASE,
)
_PARTICLES = {"de", "del", "la", "van", "von", "der", "da", "di", "of"}
_MAX_NAME_WORDS = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """What was heard of it; empty strings for what was not."""

    full_name: str = ""
    date_of_birth: str = ""

    def merged(self, later: "Identity") -> "Identity":
        """This, completed and corrected by what was heard later."""
        return Identity(later.full_name or self.full_name, later.date_of_birth or self.date_of_birth)


def identity_in(text: str) -> Identity:
    """The parts of an identity in one utterance."""
    birth, rest = _birth(" ".join(text.split()))
    return Identity(_name(rest), birth)


def _birth(text: str) -> tuple[str, str]:
    """The date as said, and the text in front of it."""
    if found := _FIGURE_DATE.search(text):
        return found[0], _before(text, found.start())
    month = next((m for m in _MONTH.finditer(text) if m[0].lower() != "may" or _is_month_may(text, m)), None)
    if month is None:
        return "", _before(text, len(text))
    start = month.start()
    if day := _DAY_BEFORE.search(text[:start]):
        start = day.start()
    words: list[str] = []
    for word in re.split(r"[\s,.-]+", text[start:]):
        if not _DATE_WORD.match(word):
            break
        words.append(word)
    while words and words[-1].lower() in ("and", "of", "the", "in"):
        words.pop()
    return (" ".join(words) if len(words) > 1 else ""), _before(text, start)


def _is_month_may(text: str, month: re.Match[str]) -> bool:
    after = re.split(r"[\s,.]+", text[month.end() :].strip())
    return bool(after and _DATE_WORD.match(after[0] or "x"))


def _before(text: str, end: int) -> str:
    return _BIRTH_LEAD.split(text[:end], maxsplit=1)[0]


def _name(text: str) -> str:
    """What is left of the text once the phrases around a name are gone; empty when it does not look like one."""
    candidate = _NAME_LEAD.sub("", text.strip()).strip(" ,.;:!?")
    candidate = re.split(r"[,.;!?]|\b(?:speaking|here|and (?:i|my))\b", candidate)[0].strip()
    words = candidate.split()
    is_spelled_as_name = all(word[0].isupper() or word in _PARTICLES for word in words)
    if not words or len(words) > _MAX_NAME_WORDS or not is_spelled_as_name or _NOT_A_NAME.search(candidate):
        return ""
    return "" if any(letter.isdigit() for letter in candidate) else candidate
