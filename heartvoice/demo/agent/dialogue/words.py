"""A patient's words in one spelling: lower case, contractions written out, figures as words."""

import re

from heartvoice.demo.agent.dialogue.lines import number_words

_CONTRACTIONS = (
    (re.compile(r"\bcan['’]?t\b"), "cannot"),
    (re.compile(r"\bcan not\b"), "cannot"),
    (re.compile(r"\bwon['’]t\b"), "will not"),
    (re.compile(r"\bain['’]t\b"), "is not"),
    (re.compile(r"n['’]t\b"), " not"),
    (re.compile(r"\blet['’]s\b"), "let us"),
    (re.compile(r"\b(it|that|she|he|there|what|who|here)['’]s\b"), r"\1 is"),
    (re.compile(r"['’]m\b"), " am"),
    (re.compile(r"['’]re\b"), " are"),
    (re.compile(r"['’]ve\b"), " have"),
    (re.compile(r"['’]ll\b"), " will"),
    (re.compile(r"['’]d\b"), " would"),
)
_THOUSANDS = re.compile(r"(\d),(\d{3})\b")
_DECIMAL = re.compile(r"(\d+)\.(\d+)")
_FIGURES = re.compile(r"\d+")
_TELEPHONE = ("911", "988")
_NOT_A_WORD = re.compile(r"[^a-z' ]+")


def spelled_out(text: str) -> str:
    """ "I'm at 182, can't say more!" -> "i am at one hundred eighty two cannot say more"."""
    out = text.lower()
    for pattern, full in _CONTRACTIONS:
        out = pattern.sub(full, out)
    out = _THOUSANDS.sub(r"\1\2", out)
    out = _DECIMAL.sub(lambda m: f"{m[1]} point {' '.join(m[2])}", out)
    out = _FIGURES.sub(lambda m: f" {_figure(m[0])} ", out)
    return " ".join(_NOT_A_WORD.sub(" ", out).split())


def _figure(digits: str) -> str:
    """Up to three figures as a number, more of them and telephone numbers (911) one by one."""
    is_amount = len(digits) <= 3 and digits not in _TELEPHONE
    return number_words(int(digits)) if is_amount else " ".join(number_words(int(d)) for d in digits)
