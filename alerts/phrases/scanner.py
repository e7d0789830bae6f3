"""The scan of one segment: the stages in their order. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from alerts.phrases.answers import RETRACTION, bound_replies, by_order
from alerts.phrases.assertion import Cues, Judged, cues_in, judged
from alerts.phrases.bygone import lives_in_the_past
from alerts.phrases.courtesies import is_courtesy
from alerts.phrases.evidence import Evidence, weighed
from alerts.phrases.exceptions import excepted
from alerts.phrases.findings import Raised, dated, hit_of, merged
from alerts.phrases.flags import EMERGENCIES, KINDS, LOST, LOST_RULE, is_control
from alerts.phrases.gasps import in_gasps
from alerts.phrases.grading import graded_together
from alerts.phrases.lesser import from_lesser
from alerts.phrases.lexicon import Match, cues, lexicon
from alerts.phrases.model import FlagHit, Scale, ScanContext, ScanResult, Segment, worst_of
from alerts.phrases.orientation import failed
from alerts.phrases.people import People, of_acquaintance, of_animal, people_in, subject_is_patient, whose
from alerts.phrases.questions import FLAG_OF_TOPIC, Question, question_of
from alerts.phrases.replies import PRESUPPOSED, denied_by, is_past_attempt, named_elsewhere, replied, unheard
from alerts.phrases.scales import SCALE_OF_FLAG, score_in
from alerts.phrases.speakers import only_hands_over
from alerts.phrases.text import Text, read
from alerts.phrases.times import Time, times_in
from alerts.phrases.tokens import BOUNDARIES
from alerts.phrases.told_scores import is_told, judged_scores
from alerts.phrases.vitals import vitals_in
from alerts.phrases.weighing import asked_instead, doubted, from_evidence, with_the_deed
from alerts.phrases.weight import weight_in
from alerts.phrases.wishes import wished

# Somebody else's, these call for 911 advice when they are of now.
_ACUTE = EMERGENCIES - {"safeguarding", "icd_shock", "head_injury", "hypoxia", "confusion"}
_DIED = frozenset({"died", "passed", "funeral", "murio", "fallecio", "late", "survived", "years"})
_BASELINE = cues("scanner", "baseline")
_WORSE = cues("scanner", "worse")
_KNOWLEDGE = cues("scanner", "knowledge")
_NOW = cues("scanner", "now")
# Asked about in one breath; who names one of them answers for that one.
_EITHER = frozenset({"fall", "syncope"})
_NOISE = cues("unclear", "noise")
# Asked about only where they are the patient's own.
_OWN_DOUBTS = frozenset({"clarify:stroke_signs"})
# Who breaks off because somebody comes may have answered just that.
_BROKEN_OFF = frozenset({"safeguarding"})
_SURE_OF_NOTHING = EMERGENCIES - _BROKEN_OFF
# An answer of so few words says nothing without its question.
_BARE = 4
_CAN_BE_USUAL = frozenset(
    {
        "worsening_dyspnea",
        "worsening_edema",
        "worsening_fatigue",
        "orthopnea_pnd",
        "cough_new",
        "palpitations",
        "low_mood",
        "dizziness",
        "near_fall",
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A segment as all stages see it."""

    text: Text
    question: Question
    people: People
    times: list[Time]
    cues: Cues


@dataclass(frozen=True, slots=True)
class Beside:
    """Idioms, and flags whose words were plainly of a thing or of an acquaintance: "the TV cut out on one side"."""

    idioms: tuple[Match, ...]
    not_own: frozenset[str]


def scan(segment: Segment, context: ScanContext) -> ScanResult:
    """All flags and controls of one final segment. Never raises, whatever the text; background and agent say nothing."""
    if segment.speaker in ("background", "agent"):
        return ScanResult()
    if segment.event is not None:
        return _lost(segment, context)
    text = read(segment.text)
    question = question_of(context.last_question, context.question_id)
    unsure = segment.confidence is not None and segment.confidence < context.limits.hearing.answer
    if not text.tokens:
        lost = _NOISE.is_in(read(segment.text.strip("[]()")))
        asks_again = tuple(unheard(question)) if lost else ()
        return ScanResult(controls=asks_again, standing=_standing(text, context, set()))
    times = times_in(text, context)
    people = people_in(text, segment, context)
    heard = Heard(text, question, people, times, cues_in(text, times, context.limits))
    found, controls, aside, beside = _from_words(heard)
    controls = wished(controls, text, question)
    evidence = _weighed(heard, found)
    found, doubtful = doubted(evidence, found)
    if _KNOWLEDGE.is_in(question.text) and not _NOW.is_in(text):
        # "Do you know your warning signs?" has them recited.
        aside += [replace(raised, assertion="mention") for raised in found]
        return _result(heard, context, [], [], aside)
    if not unsure or "weight" in question.topics:
        found += _from_numbers(heard, segment, context, found, controls)
    answered, asks, unlikely = _answered(heard, context, evidence, unsure=unsure)
    is_empty = is_courtesy(segment.text) or only_hands_over(segment.text)
    if is_empty:
        answered, asks = _of_nothing_told(answered, asks, question)
    found += _not_denied(answered, aside, found)
    found, doubtful = with_the_deed(found, doubtful, question)
    aside += doubtful
    doubtful += unlikely
    found += _from_orientation(heard, context, asks)
    found += _from_the_past(heard, context)
    found += _from_gasps(heard, controls)
    bound = _BROKEN_OFF if is_empty else _bound_to(heard, bool(asks))
    spoken_for, kept_back = from_evidence(
        evidence,
        text,
        people,
        heard.cues,
        found,
        aside,
        only=bound,
        controls=controls,
        scored=_scored_below(heard, context),
        idioms=beside.idioms,
        denied=_SURE_OF_NOTHING if is_empty else beside.not_own | denied_by(text, question, times),
    )
    found += spoken_for
    controls += asked_instead(doubtful, found)
    aside += kept_back
    if bound is None and not unsure:
        lesser, wishes = from_lesser(evidence.features, found, aside, controls, len(text.tokens))
        found += lesser
        controls += wishes
    return _result(heard, context, _against_baseline(found, heard, context), [*controls, *asks], aside)


def _weighed(heard: Heard, found: list[Raised]) -> Evidence:
    """All the words. Who answers the question for thoughts of death with an old attempt is read as answering it."""
    text, question = heard.text, heard.question
    evidence = weighed(text, question, heard.times, by_caregiver=heard.people.speaker != "patient")
    told = any(raised.flag == "suicide_history" for raised in found)
    if "suicidal_ideation" in question.topics and (told or is_past_attempt(text, question, heard.times)):
        return evidence.as_answer()
    return evidence


def _answered(
    heard: Heard, context: ScanContext, evidence: Evidence, *, unsure: bool
) -> tuple[list[Raised], list[str], list[Raised]]:
    """What the reply to the question raises, what it asks for, and what of it the words speak against."""
    text, question = heard.text, heard.question
    if unsure:
        return [], unheard(question), []
    answered, asks = replied(text, question, context, heard.times)
    if len(text.tokens) <= _BARE or by_order(text, question):
        return answered, asks, []
    # "Chest is quiet as a church mouse" names what was asked about, and denies it.
    sure = [raised for raised in answered if raised.source.endswith(PRESUPPOSED)]
    likely, unlikely = doubted(evidence, [raised for raised in answered if raised not in sure])
    return [*likely, *sure], asks, unlikely


def _of_nothing_told(
    answered: list[Raised], asks: list[str], question: Question
) -> tuple[list[Raised], list[str]]:
    """What a courtesy or a hand-over leaves of an answer. Who will not say whether they think of death is asked again."""
    kept = [raised for raised in answered if raised.flag in _BROKEN_OFF]
    again = unheard(question) if "suicidal_ideation" in question.topics else []
    return kept, list(dict.fromkeys([*asks, *again]))


def _result(
    heard: Heard, context: ScanContext, found: list[Raised], controls: list[str], aside: list[Raised]
) -> ScanResult:
    """Everything graded together, the worst first to be told."""
    text = heard.text
    graded = graded_together(merged(dated(found, context.limits)), text, context)
    flags = tuple(
        hit_of(raised, text) for raised in sorted(merged(graded), key=lambda each: (each.start, each.flag))
    )
    flags += _sticky(text, context, {hit.flag for hit in flags})
    names = {hit.flag for hit in flags}
    severity, alert_type = worst_of(flags)
    return ScanResult(
        flags=flags,
        controls=_controls(set(controls), names, context),
        severity=severity,
        alert_type=alert_type,
        set_aside=tuple(
            hit_of(raised, text) for raised in dated(aside, context.limits) if raised.flag in KINDS
        ),
        standing=_standing(text, context, names),
    )


def _standing(text: Text, context: ScanContext, said: set[str]) -> tuple[FlagHit, ...]:
    """The emergencies of this call that these words do not speak of: whatever is said, they stay."""
    kept = sorted(context.raised & EMERGENCIES - said)
    whole = len(text.tokens)
    return tuple(
        hit_of(raised, text)
        for raised in graded_together([Raised(flag, 0, whole, "standing") for flag in kept], text, context)
    )


def _bound_to(heard: Heard, asks: bool) -> frozenset[str] | None:
    """The flags that an answer may raise by its words alone: any (None), or what was asked about, or none.

    A bare answer means something only as a reply, and a score speaks for itself.
    """
    question = heard.question
    if not question.asked or (question.kind == "open" and not question.presupposes):
        return None
    words = sum(token.word not in BOUNDARIES for token in heard.text.tokens)
    scored = question.kind == "scale" and score_in(heard.text, question, None) is not None
    if not (asks or scored or words <= _BARE):
        return None
    plain = question.kind == "yes_no" and not (question.healthy_yes or question.negative or asks)
    if not plain or bound_replies(heard.text, question, {}):
        return frozenset()
    return frozenset(FLAG_OF_TOPIC.get(topic, "") for topic in question.topics)


def _scored_below(heard: Heard, context: ScanContext) -> bool:
    """True if breathlessness was given a score below the worst: the number says more than the words beside it."""
    score = score_in(heard.text, heard.question, None)
    return (
        score is not None
        and score.scale == "dyspnea"
        and heard.question.kind == "scale"
        and score.value < context.limits.scales.dyspnea_worst
        and is_told(heard.text, score)
    )


def _lost(segment: Segment, context: ScanContext) -> ScanResult:
    """Silence or a lost line after an emergency flag is an emergency of its own (E17)."""
    if not context.raised & EMERGENCIES:
        return ScanResult()
    hit = FlagHit(
        LOST,
        "critical",
        "emergency",
        segment.text,
        0,
        len(segment.text),
        "affirmed",
        LOST_RULE,
        "event",
    )
    return ScanResult((hit,), (), "critical", "emergency")


def _from_words(heard: Heard) -> tuple[list[Raised], list[str], list[Raised], Beside]:
    """Flags of the lexicon, controls, the hits set aside with the reason, and what else was heard."""
    found: list[Raised] = []
    controls: list[str] = []
    aside: list[Raised] = []
    topics = frozenset(heard.question.topics)
    matches, idioms = lexicon().hits(heard.text, topics=topics)
    not_here = named_elsewhere(heard.text, heard.question)
    of_things: set[str] = set()
    of_others: set[str] = set()
    for match in matches:
        verdict = judged(match, heard.text, heard.cues)
        owner = "patient" if "other_person" in match.rule.keep else whose(match, heard.text, heard.people)
        raised = Raised(
            match.rule.flag, match.start, match.end, match.rule.name, match.rule.severity, None, verdict.age_h
        )
        if owner == "thing":
            of_things.add(match.rule.flag)
            continue
        if match.rule.topics and match.rule.flag in not_here:
            continue
        if is_control(match.rule.flag):
            is_own = owner == "patient" or match.rule.flag not in _OWN_DOUBTS
            if is_own and verdict.assertion in ("affirmed", "question"):
                controls.append(match.rule.flag)
            continue
        if owner != "patient":
            aside.append(replace(raised, assertion="other_person"))
            if owner == "other" and _is_acute(verdict, heard) and not of_animal(match, heard.text):
                controls.append("third_party_emergency")
                if heard.people.speaker == "patient" and of_acquaintance(match, heard.text):
                    of_others.add(match.rule.flag)
        elif verdict.assertion != "affirmed" or _is_over(verdict):
            aside.append(
                replace(
                    raised, assertion=verdict.assertion if verdict.assertion != "affirmed" else "historical"
                )
            )
            if verdict.assertion == "negated":
                found.extend(
                    excepted(match, heard.text, heard.times, heard.cues.limits.counts_for(match.rule.flag))
                )
        else:
            found.append(raised)
    if any(raised.flag == "suicide_history" for raised in found):
        # "Not now" after a past attempt denies present thoughts.
        found = [raised for raised in found if raised.source != "mood.answer-si"]
    return found, controls, aside, Beside(tuple(idioms), frozenset(of_things | of_others))


def _is_over(verdict: Judged) -> bool:
    """A symptom that is gone no longer counts; an emergency or an event does."""
    kind = KINDS[verdict.match.rule.flag]
    counts = kind.alert_type == "emergency" or kind.event or "historical" in verdict.match.rule.keep
    return verdict.resolved and not counts


def _is_acute(verdict: Judged, heard: Heard) -> bool:
    flag = verdict.match.rule.flag
    if flag not in _ACUTE or verdict.assertion != "affirmed":
        return False
    if verdict.age_h is not None and verdict.age_h > heard.cues.limits.recent(flag):
        return False
    words = set(heard.text.words(0, len(heard.text.tokens)))
    return not words & _DIED


def _from_numbers(
    heard: Heard, segment: Segment, context: ScanContext, found: list[Raised], controls: list[str]
) -> list[Raised]:
    """Scores, weights and readings."""
    text = heard.text
    out: list[Raised] = []
    for flag, severity, rule_id, score in judged_scores(
        text, heard.question, _hinted_scale(found, text), context.facts, context.limits.scales
    ):
        out.append(Raised(flag, score.start, score.end, f"score.{score.scale}", severity, rule_id))
    change = weight_in(text, heard.question, context, heard.times, segment.confidence)
    if change is not None and change.kind == "unclear":
        controls.append("clarify:weight")
    elif change is not None and _is_own_weight(change.start, change.end, heard):
        flag = "weight_gain" if change.kind == "gain" else "weight_loss"
        out.append(Raised(flag, change.start, change.end, "weight", change.severity, change.rule_id))
    for vital in vitals_in(text, heard.question, context.limits.vitals):
        out.append(Raised(vital.flag, vital.start, vital.end, vital.source, vital.severity, vital.rule_id))
    return out


def _hinted_scale(found: list[Raised], text: Text) -> Scale | None:
    for raised in found:
        if raised.flag in SCALE_OF_FLAG:
            return SCALE_OF_FLAG[raised.flag]
    return None


def _is_own_weight(start: int, end: int, heard: Heard) -> bool:
    return subject_is_patient(heard.text, start, heard.people)


def _not_denied(answered: list[Raised], aside: list[Raised], found: list[Raised]) -> list[Raised]:
    """Replies that the same words do not contradict: "yes, no chest pain at all" raises nothing by itself."""
    put_aside = {
        raised.flag for raised in aside if raised.assertion in ("negated", "historical", "other_person")
    }
    stated = {raised.flag for raised in found}
    if stated & _EITHER:
        # "Yes, I fell off a chair" after "a fall, or fainted?" is a fall only.
        put_aside |= _EITHER
    return [raised for raised in answered if raised.flag in stated or raised.flag not in put_aside]


def _from_orientation(heard: Heard, context: ScanContext, asks: list[str]) -> list[Raised]:
    if failed(heard.text, heard.question, context) is not True:
        return []
    if context.facts.orientation_failures + 1 >= context.limits.counts.failed_answers:
        return [Raised("confusion", 0, len(heard.text.tokens), "orientation")]
    asks.append("clarify:confusion")
    return []


def _from_the_past(heard: Heard, context: ScanContext) -> list[Raised]:
    """A patient who waits for the dead, or for the shift to begin."""
    if heard.people.speaker == "caregiver":
        return []
    told = lives_in_the_past(heard.text, context.facts.past, context.facts.age)
    return [Raised("confusion", *told, "bygone")] if told else []


def _from_gasps(heard: Heard, controls: list[str]) -> list[Raised]:
    """A patient who gets out single words only."""
    told = "no" if heard.people.speaker == "caregiver" else in_gasps(heard.text, heard.question)
    if told == "maybe":
        controls.append("clarify:dyspnea")
    return [Raised("severe_dyspnea", 0, len(heard.text.tokens), "gasps")] if told == "plainly" else []


def _against_baseline(found: list[Raised], heard: Heard, context: ScanContext) -> list[Raised]:
    """Symptoms that are as always for this patient do not count: by score, or in so many words."""
    text = heard.text
    usual = _BASELINE.is_in(text) and not _WORSE.is_in(text)
    score = score_in(text, heard.question, _hinted_scale(found, text))
    out: list[Raised] = []
    for raised in found:
        scale = SCALE_OF_FLAG.get(raised.flag)
        at_baseline = (
            score is not None
            and scale == score.scale
            and not raised.source.startswith("score.")
            and (baseline := context.facts.baseline(score.scale)) is not None
            and score.value <= baseline
            and not _WORSE.is_in(text)
        )
        if raised.flag in _CAN_BE_USUAL and (usual or at_baseline):
            continue
        out.append(raised)
    return out


def _sticky(text: Text, context: ScanContext, said: set[str]) -> tuple[FlagHit, ...]:
    """Taken back in words, a flag of this call stands: only a nurse clears it."""
    if not context.raised or not RETRACTION.is_in(text):
        return ()
    whole = len(text.tokens)
    kept = sorted(flag for flag in context.raised & EMERGENCIES if flag not in said)
    return tuple(hit_of(Raised(flag, 0, whole, "sticky"), text) for flag in kept)


def _controls(found: set[str], flags: set[str], context: ScanContext) -> tuple[str, ...]:
    """Controls in a stable order; what has been flagged need not be clarified."""
    named = {
        "clarify:dyspnea": {"severe_dyspnea"},
        "clarify:weight": {"weight_gain", "weight_loss"},
        "clarify:mood": {"suicidal_ideation", "low_mood"},
    }
    kept = {
        name
        for name in found
        if not (
            name.startswith("clarify:")
            and (name.removeprefix("clarify:") in flags or named.get(name, set()) & flags)
        )
    }
    if context.identity_verified:
        kept.discard("wrong_person")
    return tuple(sorted(kept))
