"""A segment, normalised: tokens, one line to match patterns on, sentences and clauses. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from alerts.phrases.clauses import clause_numbers, with_contrasts
from alerts.phrases.language import spanish_flags
from alerts.phrases.matching import Line, line_of
from alerts.phrases.numerals import with_numbers
from alerts.phrases.repairs import repaired
from alerts.phrases.tokens import QUESTION_END, SENTENCE_END, Token, tokenise

# So many full stops with hardly more words between them are pauses.
_STACCATO = 3


@dataclass(frozen=True, slots=True)
class Text:
    """What was said. `line` is what patterns match on; `clauses` and `sentences` number every token's own."""

    raw: str
    tokens: tuple[Token, ...]
    line: Line
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    spanish: tuple[bool, ...]

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """The words from token `start` up to, not including, `end`."""
        return tuple(token.word for token in self.tokens[max(start, 0) : max(end, 0)])

    def evidence(self, start: int, end: int) -> tuple[str, int, int]:
        """The raw text of a token range and its character offsets."""
        if not self.tokens or start >= end:
            return self.raw, 0, len(self.raw)
        first, last = self.tokens[start].start, max(token.end for token in self.tokens[start:end])
        return self.raw[first:last], first, last

    def sentence_range(self, sentence: int) -> tuple[int, int]:
        """First token of a sentence, and the one after its last."""
        inside = [at for at, number in enumerate(self.sentences) if number == sentence]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def is_question(self, sentence: int) -> bool:
        """True if the sentence ends with a question mark."""
        _, end = self.sentence_range(sentence)
        return end > 0 and self.tokens[end - 1].word == QUESTION_END


def read(raw: str) -> Text:
    """The normalised text. Total: any string gives a Text, at worst one without tokens."""
    words = _joined(tokenise(raw))
    spanish = spanish_flags(words)
    mostly = sum(spanish) * 2 > len(spanish)
    tokens = with_contrasts(repaired(with_numbers(words, mostly)))
    if tokens and tokens[-1].word not in (SENTENCE_END, QUESTION_END):
        end = tokens[-1].end
        tokens.append(replace(tokens[-1], word=SENTENCE_END, start=end, end=end, value=None, from_one=False))
    return Text(
        raw=raw,
        tokens=tuple(tokens),
        line=line_of([token.word for token in tokens]),
        sentences=_sentence_numbers(tokens),
        clauses=clause_numbers(tokens),
        spanish=tuple(spanish_flags(tokens)),
    )


def _joined(tokens: list[Token]) -> list[Token]:
    """ "Quit. Calling. Me." is one sentence."""
    ends = sum(token.word == SENTENCE_END for token in tokens)
    staccato = ends >= _STACCATO and (len(tokens) - ends) <= 1.5 * ends
    return [token for token in tokens if token.word != SENTENCE_END] if staccato else tokens


def _sentence_numbers(tokens: list[Token]) -> tuple[int, ...]:
    numbers: list[int] = []
    current = 0
    for token in tokens:
        numbers.append(current)
        if token.word in (SENTENCE_END, QUESTION_END):
            current += 1
    return tuple(numbers)
