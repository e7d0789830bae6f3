"""A segment's text becomes tokens that remember where they stood. Pure.

Accents and case go, contractions are spelled out, hesitations and repeated words are dropped, punctuation becomes
four boundary tokens. Every token keeps the character offsets of the raw text, so evidence is quoted as it was said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from alerts.phrases.spelling import SPELLING

SENTENCE_END = "¦"
QUESTION_END = "¿"
CONTRAST = ";"
COMMA = ","
BOUNDARIES = frozenset({SENTENCE_END, QUESTION_END, CONTRAST, COMMA})
STOPS = frozenset({SENTENCE_END, QUESTION_END, CONTRAST})

# A longer text is scanned up to here: a spoken segment never comes near it.
MAX_CHARACTERS = 4000

_TOKEN = re.compile(
    r"(?P<yes>\b(?:m+[- ]?h+m+|mhm+|uh[- ]?huh|um[- ]?hum|aja)\b)"
    r"|(?P<no>\b(?:n?uh[- ]uh|nuh[- ]?uh|mm[- ]mm|unh[- ]unh)\b)"
    r"|(?P<note>\[[^\]]*\]|\*[^*]*\*)"
    r"|(?P<abbr>\b(?:a\.\s?m\b\.?|p\.\s?m\b\.?|(?:dr|mr|mrs|ms|sr|sra|st|vs|approx)\.))"
    r"|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<cut>\b(?!(?:i|a|y|o|e|u|he|me|my|we|it|is|so|no|oh|um|uh|to|go|do|in|on|at|or|if|am|an|as|be|by|us|up|ah|eh"
    r"|ay|la|el|le|lo|se|te|si|su|tu|un|yo|mi|ya|de|en|al|es|da|va|ve|ok|hm|mm|tv|er)\b)[^\W\d_]{1,2}(?=\.{2,}|…|-\s|--|—))"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*'?)"
    r"|(?P<pause>\.{2,}|…)"
    r"|(?P<dash>--+|—|–|(?<=\s)-(?=\s))"
    r"|(?P<punct>[.,;:!?¿¡()\n%])"
)
_PUNCT = {",": COMMA, ":": COMMA, "(": COMMA, ")": COMMA, ".": SENTENCE_END, "!": SENTENCE_END,
          ";": SENTENCE_END, "\n": SENTENCE_END, "?": QUESTION_END}  # fmt: skip
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": " ", "”": " ", '"': " ", "«": " ", "»": " "}
)
MUMBLE = "<mumble>"


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised word, number or boundary; `start` and `end` are offsets into the raw text."""

    word: str
    start: int
    end: int
    value: float | None = None
    # "one", "uno" and "a" are often no numbers ("this one"); whoever reads a value may want to know.
    from_one: bool = False
    capitalised: bool = False


def folded(text: str) -> str:
    """`text` in lower case without accents, of the same length, so that offsets stay true."""
    return "".join(_fold(character) for character in text.translate(_QUOTES))


def _fold(character: str) -> str:
    if character == "…":  # three full stops to Unicode, a pause to us
        return character
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else character


def tokenise(raw: str) -> list[Token]:
    """Tokens of the raw text in order, spelled out and without hesitations; numbers words are still words."""
    raw = raw[:MAX_CHARACTERS]
    flat = folded(raw)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(flat):
        tokens.extend(_tokens(match, raw))
    return _without_repeats(SPELLING.rejoin(tokens))


def _tokens(match: re.Match[str], raw: str) -> list[Token]:
    start, end = match.span()
    text = match.group()
    bare = Token("", start, end)
    match match.lastgroup:
        case "yes" | "no" as answer:
            return [replace(bare, word=answer)]
        case "abbr":
            return [replace(bare, word=re.sub(r"[.\s]", "", text))]
        case "number":
            return _numbers(text, start)
        case "cut":
            return [replace(bare, word=MUMBLE)]
        case "word":
            capital = raw[start].isupper()
            return [
                replace(bare, word=word, capitalised=capital)
                for word in SPELLING.spelled_out(text, raw[start:end])
            ]
        case "dash":
            return [replace(bare, word=COMMA)]
        case "punct" if text in _PUNCT:
            return [replace(bare, word=_PUNCT[text])]
        case "punct" if text == "%":
            return [replace(bare, word="percent")]
        case _:
            return []


def _numbers(text: str, start: int) -> list[Token]:
    """ "82/50" is two readings, "1,200" one; "5:06" stays a clock time or a damaged reading for its reader."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return [_number(text.replace(",", ""), start, len(text))]
    tokens: list[Token] = []
    for part in re.finditer(r"\d+(?:[.:]\d+)?|[/,]", text):
        at = start + part.start()
        if part.group() in "/,":
            tokens.append(Token("over" if part.group() == "/" else COMMA, at, at + 1))
        else:
            tokens.append(_number(part.group(), at, len(part.group())))
    return tokens


def _number(text: str, start: int, length: int) -> Token:
    text = text[:12]
    clock = ":" in text
    return Token(text, start, start + length, None if clock else float(text))


# Read out twice, a digit is two: "eight eight".
_DIGITS = frozenset(
    (
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
    )
)


def _without_repeats(tokens: list[Token]) -> list[Token]:
    """Stammering leaves one word: "I I can't", "my my chest"."""
    kept: list[Token] = []
    for token in tokens:
        if kept and kept[-1].word == token.word and token.value is None and token.word not in _DIGITS:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, token.end))
            continue
        kept.append(token)
    return kept
