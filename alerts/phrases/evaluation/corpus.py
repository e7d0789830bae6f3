"""Utterances written for fitting the evidence layer, one a line. Pure but for the files.

A file is named for the flag its lines speak for; lines of any other file ("none_...") speak for no emergency.

    my chest feels tight                           the file's flag
    Any chest pain? || a little                    heard after a question of Maya's
    @fall|head_injury I fell and hit my head       other flags than the file's
    @sick_day I keep vomiting                      no emergency, but what is less is known too
    @none my back hurts                            nothing at all
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.phrases.evaluation.fitting import Sample
from alerts.phrases.evaluation.rows import Row, context_of, segment_of
from alerts.phrases.features import features_of
from alerts.phrases.flags import EMERGENCIES, KINDS, LOST
from alerts.phrases.model import ScanContext
from alerts.phrases.people import people_in
from alerts.phrases.questions import Question, question_of
from alerts.phrases.text import Text, read
from alerts.phrases.times import Time, times_in

# Told by events and numbers, not by words.
WEIGHED = tuple(sorted(EMERGENCIES - {LOST, "hypoxia"}))


# A line of a flag's own file that speaks of another person is a caregiver's about the patient.
_OF_ANOTHER = frozenset(
    {"he", "she", "him", "her", "his", "mom", "mama", "mother", "dad", "papa", "grandma", "grandpa", "granny"}
    | {"wife", "husband", "papá", "mamá", "suegra", "abuela"}
)
_OF_SELF = frozenset(("i", "my", "me", "mi", "mis", "myself"))


# Ordinary talk, in which there is nothing to hear.
_SAYS_NOTHING = frozenset({"none_talk"})


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line; `flags` are its emergencies, `lesser` what else it says, None where that is not known."""

    words: str
    question: str | None
    flags: frozenset[str]
    lesser: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """One utterance as the scanner hears it, with its emergencies."""

    text: Text
    question: Question
    times: list[Time]
    by_caregiver: bool
    flags: frozenset[str]
    # What it says beside them; None where only emergencies are labelled.
    lesser: frozenset[str] | None = None


def lines_of(folder: Path) -> Iterator[Line]:
    """All lines of a folder's text files, in the order of their names. Raises OSError."""
    for path in sorted(folder.glob("*.txt")):
        for raw in path.read_text(encoding="utf-8").splitlines():
            line = raw.strip()
            if line and not line.startswith("#"):
                yield _line(line, path.stem)


def _line(line: str, name: str) -> Line:
    flags, told = {name}, name in KINDS or name in _SAYS_NOTHING
    if line.startswith("@"):
        named, _, line = line.partition(" ")
        flags, told = set(named[1:].split("|")), True
    question, _, answer = line.partition("||")
    if not answer:
        question, answer = "", line
    emergencies = frozenset(flags & EMERGENCIES)
    lesser = frozenset(flags - EMERGENCIES - {"none", *_SAYS_NOTHING})
    return Line(
        answer.strip(), question.strip() or None, emergencies, lesser if told and not emergencies else None
    )


def labelled_line(line: Line) -> Labelled:
    """A corpus line as the scanner would hear it."""
    words = set(line.words.lower().replace("'", " ").split())
    of_another = bool(line.flags) and bool(words & _OF_ANOTHER) and not words & _OF_SELF
    said = _labelled(line.words, ScanContext(last_question=line.question), line.flags, of_another)
    return replace(said, lesser=line.lesser)


def labelled_row(row: Row) -> Labelled:
    """A labelled row as the scanner would hear it."""
    context, segment = context_of(row), segment_of(row)
    people = people_in(read(row.utterance), segment, context)
    said = _labelled(row.utterance, context, row.expected & EMERGENCIES, people.speaker != "patient")
    return replace(said, lesser=row.expected - EMERGENCIES)


def _labelled(words: str, context: ScanContext, flags: frozenset[str], by_caregiver: bool) -> Labelled:
    text = read(words)
    question = question_of(context.last_question, context.question_id)
    return Labelled(text, question, times_in(text, context), by_caregiver, flags)


def sample_of(said: Labelled, *, lesser: bool = False) -> Sample:
    """An utterance as the fit of the word counts takes it: with its emergencies, or with what is less."""
    features = features_of(said.text, said.question, said.times, by_caregiver=said.by_caregiver)
    return Sample(frozenset(features), (said.lesser or frozenset()) if lesser else said.flags)
