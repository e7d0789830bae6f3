"""Whose symptom it is: the patient's, somebody else's, or one on television. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.lexicon import Match, cues
from alerts.phrases.model import ScanContext, Segment, Speaker
from alerts.phrases.text import Text
from alerts.phrases.tokens import COMMA, CONTRAST, STOPS

Whose = Literal["patient", "other", "media", "thing"]

_TABLE = load("people.toml")
_FIRST = frozenset(_TABLE["pronouns"]["first"])
_FIRST_SPANISH = frozenset(_TABLE["pronouns"]["first_spanish"])
_THIRD = frozenset(_TABLE["pronouns"]["third"])
_THIRD_VERBS = frozenset(_TABLE["pronouns"]["third_spanish_verbs"])
_ELDER = frozenset(_TABLE["relations"]["elder"])
_PARTNER = frozenset(_TABLE["relations"]["partner"])
_OTHER = frozenset(_TABLE["relations"]["other"])
_ANIMAL = frozenset(_TABLE["relations"]["animal"])
_THINGS = frozenset(_TABLE["relations"]["things"])
_MACHINES = frozenset(_TABLE["relations"]["machines"])
_TITLES = frozenset(_TABLE["relations"]["titles"])
_NAMES = frozenset(_TABLE["relations"]["names"])
_PEOPLE = _ELDER | _PARTNER | _OTHER | _ANIMAL
_FINITE = frozenset(_TABLE["verbs"]["finite"])
_REPORTING = frozenset(_TABLE["verbs"]["reporting"])
_PROGRAMME = cues("people", "media")
_MEDIA = frozenset(_TABLE["media"]["words"])
# One of these in the sentence, and the symptom beside the television is the patient's own.
_IMPERSONAL = frozenset({"it", "that", "this", "there"})
_OWNERS = frozenset({"my", "mi", "mis", "me", "myself"})
_GOD = wordset("people", "god")
_DETERMINERS = wordset("people", "determiners")
_ITS_ARTICLES = _DETERMINERS | {"my", "our", "mi", "this", "that", "these", "those"}
_BEFORE_SUBJECT = wordset("people", "before_subject")
# "Le puse otra almohada": what the speaker did, to no third person.
_OWN_VERBS = wordset("people", "own_verbs")
# "That's what mine's doing right now": what was said of another is the speaker's own.
_MINE_TOO = cues("people", "mine_too")
_CAREGIVER = cues("people", "caregiver")
_CAREGIVER_TALKS = cues("people", "caregiver_talks")


@dataclass(frozen=True, slots=True)
class People:
    """Who speaks, as far as words and context tell."""

    speaker: Speaker
    says_caregiver: bool


def people_in(text: Text, segment: Segment, context: ScanContext) -> People:
    """The speaker: as given, or a caregiver if the words say so ("this is her daughter")."""
    says = _CAREGIVER.is_in(text)
    speaker = segment.speaker
    if says and speaker in ("patient", "unknown"):
        speaker = "caregiver"
    elif speaker == "patient" and (context.identity_verified is False or context.facts.has_proxy):
        speaker = "unknown" if context.identity_verified is False else "patient"
    return People(speaker, says)


def whose(match: Match, text: Text, people: People) -> Whose:
    """Whose the matched words are about."""
    if match.rule.person == "any":
        return "patient"
    found = _person(match, text)
    if people.speaker == "patient" and _MINE_TOO.is_in(text):
        return "patient"
    if (match.rule.person == "walker" and found == "thing") or _of_a_machine(match, text):
        return "thing"
    if found != "first" and _on_media(match, text, told=found is not None):
        return "media"
    if found is None or found == "thing":
        return "patient" if people.speaker != "caregiver" or match.rule.person != "first" else "other"
    if match.rule.person == "victim":
        return "patient" if found == "first" or people.speaker != "patient" else "other"
    if found == "first":
        return "other" if people.speaker == "caregiver" and not _owns_body(match, text) else "patient"
    if people.speaker == "patient":
        return "other"
    return "other" if found == "unlike_patient" else "patient"


_Person = Literal["first", "third", "unlike_patient", "thing"] | None


def _person(match: Match, text: Text) -> _Person:
    """Grammatical person of the match: from its own words, else from the nearest subject before it."""
    inside = [_marker(text, at) for at in range(match.start, match.end)]
    marks = [mark for mark in inside if mark]
    if match.rule.person == "victim":
        return "third" if _others_only(match, text) else "first"
    if match.rule.person == "third":
        return _third_person(match, text)
    if match.rule.person == "self":
        return _self_or_named(match, text)
    if marks and marks[0] == "first":
        return "first"
    before = _subject_before(text, match.start, walker=match.rule.person == "walker")
    if not marks:
        return before
    if before == "first" and not _own_subject(text, match):
        return "first"
    return before if before == "unlike_patient" else "third"


def _self_or_named(match: Match, text: Text) -> _Person:
    """The speaker's own unless somebody else is the subject outright: "she wants to die", not "my husband's pills"."""
    for at in range(match.start, match.end):
        mark = "first" if text.tokens[at].word in ("my", "mi") else _marker(text, at)
        if mark:
            return mark
    before = _subject_before(text, match.start, walker=False)
    if before is None and _third_wish(match, text):
        return "unlike_patient"
    owned = any(text.tokens[at].word == "'s" for at in range(max(0, match.start - 4), match.start))
    return None if owned else before


def _third_wish(match: Match, text: Text) -> bool:
    """ "Mi comadre dice que se quiere morir": a third person's verb, after somebody was named."""
    verb = any(
        text.spanish[at] and text.tokens[at].word in _THIRD_VERBS and not _has_me(text, at)
        for at in range(match.start, match.end)
    )
    return verb and any(_noun(text, at) is not None for at in range(match.start))


def _others_only(match: Match, text: Text) -> bool:
    """True if the one harmed is somebody else: "he hits her"."""
    words = {text.tokens[at].word for at in range(match.start + 1, match.end)}
    return bool(words & {"him", "her", "them"}) and not words & {"me", "my", "mi", "mis"}


def _own_subject(text: Text, match: Match) -> bool:
    """True if the match itself begins with its subject ("he is not making sense")."""
    return any(
        text.tokens[at].word in _THIRD or text.tokens[at].word in _PEOPLE
        for at in range(match.start, match.end)
    )


def _third_person(match: Match, text: Text) -> _Person:
    for at in range(match.end - 1, -1, -1):
        mark = _marker(text, at)
        if mark == "third":
            return "third"
        noun = _noun(text, at)
        if noun is not None:
            return noun
    return "first"


def _marker(text: Text, at: int) -> Literal["first", "third"] | None:
    word, spanish = text.tokens[at].word, text.spanish[at]
    if word in _FIRST_SPANISH and (spanish or not _is_god(text, at)):
        return "first" if spanish else "third"
    if (
        word == "me"
        and not spanish
        and at
        and text.tokens[at - 1].word in ("to", "with", "for", "at", "on", "told", "tells")
    ):
        return None
    if word in ("my", "mi", "our") and _relative_after(text, at):
        return "third"
    if word in _FIRST or (word == "me" and spanish):
        return "first"
    if word in _THIRD and not _is_god(text, at):
        if word in ("lo", "le", "su", "sus", "les") and (not spanish or _word(text, at + 1) in _OWN_VERBS):
            return None
        return "third"
    if spanish and word in _THIRD_VERBS and not _has_me(text, at):
        return "third" if word in ("cayo", "desmayo", "resbalo", "tropezo") else None
    return None


def _is_god(text: Text, at: int) -> bool:
    """ "I told the Lord he can take me": nobody else's wish."""
    return any(token.word in _GOD for token in text.tokens[max(0, at - 6) : at])


def _relative_after(text: Text, at: int) -> bool:
    """ "my wife's chest": the owner is the wife."""
    following = _word(text, at + 1)
    return following in _PEOPLE and _word(text, at + 2) in (
        "'s",
        "is",
        "has",
        "had",
        "was",
        "can",
        "just",
        "se",
        "no",
        "tiene",
        "esta",
    )


def _has_me(text: Text, at: int) -> bool:
    return any(token.word in ("me", "mi", "mis") for token in text.tokens[max(0, at - 3) : at])


def _noun(text: Text, at: int) -> Literal["third", "unlike_patient"] | None:
    word = text.tokens[at].word
    before = text.tokens[at - 1].word if at else ""
    if any(text.tokens[near].word in ("like", "though", "como") for near in range(max(0, at - 4), at)):
        return None
    if word in _ELDER or word in _PARTNER or word in _TITLES:
        return "third"
    if (word in _OTHER or word in _ANIMAL) and (
        before in _DETERMINERS or word in ("somebody", "someone", "alguien", "people", "everybody")
    ):
        return "unlike_patient"
    if word in _OTHER | _ANIMAL and at > 1 and text.tokens[at - 2].word in _DETERMINERS:
        return "unlike_patient"
    if word in _NAMES and before not in _DETERMINERS:
        return "third"
    return None


def _subject_before(text: Text, start: int, *, walker: bool) -> _Person:
    """The nearest subject before token `start`, in the same sentence, else the subject of the one before."""
    if walker and _thing_before(text, start):
        return "thing"
    at = start - 1
    sentence = text.sentences[start] if start < len(text.sentences) else 0
    crossed = False
    while at >= 0:
        word = text.tokens[at].word
        if word == CONTRAST and _has_own_subject(text, at, start):
            return None
        if text.sentences[at] != sentence:
            crossed = True
            sentence = text.sentences[at]
            if sentence < text.sentences[start] - 1:
                return None
        mark = _subject_mark(text, at, start)
        if mark is not None:
            return mark if not crossed or mark != "first" else None
        at -= 1
        if word in STOPS and crossed and at < 0:
            return None
    return None


def _has_own_subject(text: Text, boundary: int, start: int) -> bool:
    """After a "but", "it hurts" has nothing to do with whoever came before it."""
    return any(token.word in _IMPERSONAL for token in text.tokens[boundary:start])


def _subject_mark(text: Text, at: int, start: int) -> _Person:
    word = text.tokens[at].word
    following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
    mark = _marker(text, at)
    if mark == "first":
        if word in ("my", "mi", "mis", "our") and (following in _PEOPLE or _relation_at(text, at + 2)):
            return None
        if word in ("me", "us", "myself") and not text.spanish[at]:
            return None
        return "first"
    if mark == "third":
        if word in ("him", "them", "himself", "herself") or (
            word in ("her", "his", "their") and following in _PEOPLE
        ):
            return None
        if word == "her" and following in ("that", "about", "my", "i", "to", "the", COMMA):
            return None
        if word == "lo":
            return None
        return "third"
    noun = _noun(text, at)
    if noun is None:
        return None
    if _is_subject(text, at, start):
        if following in _REPORTING or (
            following in ("just", "always", "keeps") and _word(text, at + 2) in _REPORTING
        ):
            return (
                noun
                if _no_subject_between(text, at, start)
                and following not in ("says", "said", "thinks", "dice", "dijo", "cree", "found", "told")
                else None
            )
        return noun
    return None


def _relation_at(text: Text, at: int) -> bool:
    return _word(text, at) in _PEOPLE and _word(text, at + 1) in _FINITE


def _is_subject(text: Text, at: int, start: int) -> bool:
    following = _word(text, at + 1)
    if following in _FINITE or at + 1 == start:
        return True
    before = at - 1
    while before >= 0 and text.tokens[before].word in _DETERMINERS | {
        "old",
        "poor",
        "late",
        "little",
        "big",
        "best",
        "younger",
        "older",
        "next",
        "door",
    }:
        before -= 1
    return (
        before < 0
        or text.tokens[before].word in _BEFORE_SUBJECT
        or text.tokens[before].word in STOPS | {COMMA}
    )


def _no_subject_between(text: Text, at: int, start: int) -> bool:
    return not any(_marker(text, inner) for inner in range(at + 1, start))


def _thing_before(text: Text, start: int) -> bool:
    """True if the word before the verb is a thing with an article ("the picture fell")."""
    at = start - 1
    while at >= 0 and text.tokens[at].word in (
        "has",
        "have",
        "had",
        "just",
        "almost",
        "also",
        "then",
        "'s",
        "was",
        "is",
        "been",
        "again",
        "all",
        "really",
    ):
        at -= 1
    if at < 1:
        return False
    word, before = text.tokens[at].word, text.tokens[at - 1].word
    known = word in _PEOPLE or _marker(text, at) is not None or word in _NAMES
    return (
        not known
        and (word in _THINGS or before in _DETERMINERS)
        and text.tokens[at].value is None
        and word not in STOPS | {COMMA, "other", "one", "same", "1"}
    )


def _of_a_machine(match: Match, text: Text) -> bool:
    """True for "the vacuum cleaner can't breathe": the sentence begins with such a thing and nobody comes before the match."""
    first, _ = text.sentence_range(text.sentences[match.start])
    if first >= match.end or text.tokens[first].word not in _ITS_ARTICLES:
        return False
    named = next(
        (at for at in range(first + 1, min(first + 4, match.end)) if _word(text, at) in _MACHINES), None
    )
    return named is not None and not any(_marker(text, at) for at in range(first + 1, match.end))


def _on_media(match: Match, text: Text, *, told: bool) -> bool:
    """True on television: somebody is named (`told`) beside a word for it, or it is said to be a programme."""
    first, last = text.sentence_range(text.sentences[match.start])
    words = {text.tokens[at].word for at in range(first, last)}
    if words & _OWNERS:
        return False
    return bool(words & _MEDIA) if told else _PROGRAMME.is_in(text, first, last)


def of_animal(match: Match, text: Text) -> bool:
    """Whether an animal is named before the match ends, and no other person: nobody to send an ambulance to."""
    named = {text.tokens[at].word for at in range(match.end)}
    return bool(named & _ANIMAL) and not named & (_ELDER | _PARTNER | _OTHER)


def of_acquaintance(match: Match, text: Text) -> bool:
    """Whether somebody who cannot be the patient is named before the match ends: "a mi vecina le dio"."""
    return any(_noun(text, at) == "unlike_patient" for at in range(match.end))


def _owns_body(match: Match, text: Text) -> bool:
    """A caregiver's "I can't wake him" is about the patient; "my chest hurts" is not."""
    return any(
        text.tokens[at].word in ("him", "her", "he", "she", "mom", "dad", "them")
        for at in range(match.start, match.end)
    )


def _word(text: Text, at: int) -> str:
    return text.tokens[at].word if 0 <= at < len(text.tokens) else ""


def subject_is_patient(text: Text, start: int, people: People) -> bool:
    """Whether what is said at token `start` is said of the patient: for numbers, which no rule matched."""
    found = _subject_before(text, start, walker=False)
    if found is None or found == "thing":
        return True
    if found == "first":
        return people.speaker != "caregiver"
    return people.speaker != "patient" and found != "unlike_patient"
