"""What weighed evidence may raise: the same tests of assertion and person as for a pattern, and no lesser flag nearby. Pure."""

from __future__ import annotations

from dataclasses import replace

from alerts.phrases.assertion import Cues, in_inverted, judged
from alerts.phrases.datafiles import wordset
from alerts.phrases.evidence import Evidence, Weighed
from alerts.phrases.findings import Raised
from alerts.phrases.flags import EMERGENCIES
from alerts.phrases.lexicon import EVERYTHING, Match, Rule
from alerts.phrases.lexicon import cues as cue_set
from alerts.phrases.people import People, whose
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import BOUNDARIES

# Probability from which the words alone raise a flag.
LEAST = 0.2
# From here on they outweigh another emergency that was heard; from CERTAIN on also a lesser flag, a denial at the start
# and the tests of time, person and "if": both judges have weighed these words too, and know better than one test alone.
SURE = 0.3
CERTAIN = 0.5
# With its end mark, an answer of three words.
_FEW = 4
# So few words speak for an emergency only if they are certain of it: "I went to the barber".
_SHORT = 8
# Somebody else at the telephone asks so briefly who is calling; it takes more words to be lost.
_BRIEF = 10
# "No, my faith wouldn't allow it": an answer that opens so takes certainty.
_DENIALS = frozenset({"no", "nope", "not", "nobody", "none", "zero", "0", "nada", "ni"})
_OPENING = 2
# Who says that somebody lies on the floor, or that all would be better off without him, is not doubted for a joke beside it.
_BEYOND_DOUBT = frozenset({"falls.on-the-floor", "mood.passive"})
_TRAUMA = frozenset({"fall", "head_injury", "syncope"})
_WISHES = frozenset({"hypothetical", "question", "mention", "negated", "historical"})
_KEEP: dict[str, frozenset[str]] = {"suicidal_ideation": _WISHES, "safeguarding": frozenset({"hypothetical"})}
_PERSON = {
    "suicidal_ideation": "self",
    "safeguarding": "victim",
    "confusion": "third",
    "unresponsive": "third",
}
# Below this the rest of the words speaks so clearly against a pattern that it only asks ("the creek drowned my field").
DOUBTFUL = 0.1
# A word about wanting to be gone is asked after only if it is plainly something else.
_DOUBTFUL_OF = {"suicidal_ideation": 0.05}
_ASKED = {
    "chest_pain": "chest_pain",
    "palpitations_severe": "chest_pain",
    "severe_dyspnea": "dyspnea",
    "pink_frothy_sputum": "dyspnea",
    "angioedema": "dyspnea",
    "confusion": "confusion",
    "unresponsive": "confusion",
    "stroke_signs": "stroke_signs",
    "fall": "fall",
    "head_injury": "fall",
    "syncope": "fall",
    "suicidal_ideation": "suicidal_ideation",
    "overdose": "medication",
}
# Where a pattern has heard the lesser thing, the words must be sure of the greater one.
_LESSER: dict[str, frozenset[str]] = {
    "severe_dyspnea": frozenset({"orthopnea_pnd", "worsening_dyspnea", "cough_new"}),
    "syncope": frozenset({"dizziness", "near_fall"}),
    "fall": frozenset({"near_fall"}),
    "palpitations_severe": frozenset({"palpitations", "hypotension"}),
    "major_bleeding": frozenset({"minor_bleeding", "sick_day", "side_effect"}),
    "suicidal_ideation": frozenset({"low_mood", "suicide_history"}),
    "overdose": frozenset({"extra_dose", "missed_medication", "stopped_medication", "medication_question"}),
    "confusion": frozenset({"medication_question"}),
    "angioedema": frozenset({"worsening_edema", "side_effect"}),
}


_LIGHT = wordset("evidence", "light") | wordset("evidence", "explained")
_PLAIN = wordset("weighing", "plain")
_PLAIN_IF_MILD = wordset("weighing", "plain_if_mild")
_PLAIN_WITH_EFFORT = wordset("weighing", "plain_with_effort")
_MILD = cue_set("weighing", "mild")
_WITH_EFFORT = cue_set("weighing", "with_effort")
_FAREWELL = cue_set("weighing", "farewell")
_PARTING = frozenset({"suicidal_ideation", "overdose", "safeguarding"})
_DEAD = cue_set("weighing", "dead")
_BLOODY = cue_set("weighing", "bloody")
_AT_EASE = cue_set("weighing", "at_ease")
_NOT_AT_EASE = cue_set("weighing", "not_at_ease")


def from_evidence(
    evidence: Evidence,
    text: Text,
    people: People,
    cues: Cues,
    found: list[Raised],
    aside: list[Raised],
    *,
    only: frozenset[str] | None,
    controls: list[str],
    scored: bool,
    idioms: tuple[Match, ...],
    denied: frozenset[str],
) -> tuple[list[Raised], list[Raised]]:
    """What the words together raise beyond `found`, and what of it is set aside with the reason.

    Of an answer that is bound to its question, the flags in `only` and what a longer one is certain of.
    """
    known = {raised.flag for raised in found}
    judged_already = {raised.flag for raised in aside if raised.assertion not in ("negated", "affirmed")}
    elsewhere = _of_the_dead(text, aside)
    denies = bool(_DENIALS & set(text.words(0, _OPENING)))
    at_ease = _AT_EASE.is_in(text) and not _NOT_AT_EASE.is_in(text)
    raised: list[Raised] = []
    kept_back: list[Raised] = []
    for each in evidence.at_least(LEAST):
        if each.flag in known | denied or (each.flag == "severe_dyspnea" and (scored or at_ease)):
            continue
        if each.flag == "safeguarding" and "opt_out" in controls:
            # "Leave me alone" is said to Maya.
            continue
        if each.flag in elsewhere or _is_idiom(each, text, idioms):
            continue
        if _is_explained(each, text, found):
            continue
        if each.flag == "confusion" and "wrong_person" in controls and len(text.tokens) <= _BRIEF:
            continue
        if each.probability < CERTAIN and (each.flag in judged_already or len(text.tokens) <= _SHORT):
            continue
        if (
            only is not None
            and each.flag not in only
            and (len(text.tokens) <= _FEW or each.probability < CERTAIN)
        ):
            continue
        least = _needed(each.flag, known, {hit.flag for hit in raised})
        if each.probability < (CERTAIN if denies else least):
            continue
        outcome = _tested(each, text, people, cues)
        (raised if outcome.assertion == "affirmed" else kept_back).append(outcome)
    return raised, kept_back


def _of_the_dead(text: Text, aside: list[Raised]) -> frozenset[str]:
    """Flags of somebody who is dead: however strong the words, not the patient's."""
    if not _DEAD.is_in(text):
        return frozenset()
    return frozenset(raised.flag for raised in aside if raised.assertion == "other_person")


def _is_idiom(each: Weighed, text: Text, idioms: tuple[Match, ...]) -> bool:
    """True if all that speaks for the flag stands in an idiom: "give me some breathing room"."""
    spans = [(match.start, match.end) for match in idioms if match.rule.beats & {EVERYTHING, each.flag}]
    if each.flag in _PARTING:
        spans += _FAREWELL.spans(text)
    return bool(spans) and _are_in(_telling(each, text), spans)


def _telling(each: Weighed, text: Text) -> list[int]:
    """The tokens of the evidence that mean something by themselves."""
    return [
        at
        for at in range(each.start, each.end)
        if text.tokens[at].word not in BOUNDARIES and text.tokens[at].word not in _LIGHT
    ]


def _are_in(tokens: list[int], spans: list[tuple[int, int]]) -> bool:
    return all(any(start <= at < end for start, end in spans) for at in tokens)


def _is_explained(each: Weighed, text: Text, found: list[Raised]) -> bool:
    """True if a plain lesser matter covers every word that speaks for the greater one: "I took my insulin twice"."""
    if each.flag == "major_bleeding" and _BLOODY.is_in(text):
        return False
    lesser = [
        (raised.start, raised.end)
        for raised in found
        if raised.flag in _LESSER.get(each.flag, frozenset()) and _is_plain(raised, text)
    ]
    return bool(lesser) and _are_in(_telling(each, text), lesser)


def _is_plain(raised: Raised, text: Text) -> bool:
    """ "A bit short of breath on the stairs", "I'm puffing like mad when I make the bed"."""
    return (
        raised.source in _PLAIN
        or (raised.source in _PLAIN_IF_MILD and _MILD.is_in(text))
        or (raised.source in _PLAIN_WITH_EFFORT and _WITH_EFFORT.is_in(text, raised.start, raised.end))
    )


def _needed(flag: str, known: set[str], raised: set[str]) -> float:
    """How sure the words must be of a flag, given what has been heard already."""
    if _LESSER.get(flag, frozenset()) & known:
        return CERTAIN
    return SURE if (known | raised) & EMERGENCIES else LEAST


def doubted(evidence: Evidence, found: list[Raised]) -> tuple[list[Raised], list[Raised]]:
    """`found` without the emergencies that the words together speak against, and these.

    Of a fall, a blow to the head and a faint, one that stands lends the others its weight.
    """
    likely = {
        raised.flag
        for raised in found
        if evidence.probability(raised.flag) >= _DOUBTFUL_OF.get(raised.flag, DOUBTFUL)
    }
    doubtful = [
        raised
        for raised in found
        if raised.flag in _ASKED
        and raised.flag not in likely
        and raised.source not in _BEYOND_DOUBT
        and not (raised.flag in _TRAUMA and likely & _TRAUMA)
    ]
    kept = [raised for raised in found if raised not in doubtful]
    return kept, [replace(raised, assertion="mention") for raised in doubtful]


def with_the_deed(
    found: list[Raised], doubtful: list[Raised], question: Question
) -> tuple[list[Raised], list[Raised]]:
    """Who is asked about killing himself and says yes is not doubted when he speaks of many pills."""
    wished = any(raised.flag == "suicidal_ideation" for raised in found)
    if not wished or "suicidal_ideation" not in question.topics:
        return found, doubtful
    deeds = [raised for raised in doubtful if raised.flag == "overdose"]
    rest = [raised for raised in doubtful if raised.flag != "overdose"]
    return [*found, *(replace(deed, assertion="affirmed") for deed in deeds)], rest


def asked_instead(doubtful: list[Raised], found: list[Raised]) -> list[str]:
    """The questions that doubtful emergencies call for; none where the same words have raised another one."""
    return [
        f"clarify:{_ASKED[doubt.flag]}"
        for doubt in doubtful
        if not any(
            raised.flag in EMERGENCIES and raised.start < doubt.end and doubt.start < raised.end
            for raised in found
        )
    ]


def _tested(each: Weighed, text: Text, people: People, cues: Cues) -> Raised:
    match = Match(_rule(each.flag), each.start, each.end)
    verdict = judged(match, text, cues)
    hit = Raised(each.flag, each.start, each.end, "evidence", None, None, verdict.age_h)
    if verdict.assertion == "hypothetical" and in_inverted(match, text):
        return replace(hit, assertion="hypothetical")
    if each.probability >= CERTAIN:
        return hit
    if whose(match, text, people) != "patient":
        return Raised(each.flag, each.start, each.end, "evidence", assertion="other_person")
    if verdict.assertion == "affirmed" or (verdict.assertion == "negated" and each.probability >= SURE):
        return hit
    return Raised(each.flag, each.start, each.end, "evidence", assertion=verdict.assertion)


def _rule(flag: str) -> Rule:
    """The rule that a weighed flag stands for: which judgements and whose it is."""
    return Rule(
        name="evidence",
        flag=flag,
        patterns=(),
        unless=(),
        beats=frozenset(),
        keep=_KEEP.get(flag, frozenset()),
        severity=None,
        topics=frozenset(),
        person=_PERSON.get(flag, "subject"),
        reach="overlap",
    )
