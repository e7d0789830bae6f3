"""What a reply to Maya's question raises. Pure."""

from __future__ import annotations

from dataclasses import replace

from alerts.phrases.answers import CORRECTION, Bound, bound_replies, by_order, is_elsewhere, worsened
from alerts.phrases.counts import counted
from alerts.phrases.datafiles import load
from alerts.phrases.findings import Raised
from alerts.phrases.flags import EMERGENCIES
from alerts.phrases.lexicon import cues, lexicon
from alerts.phrases.limits import Limits
from alerts.phrases.model import ScanContext
from alerts.phrases.questions import FLAG_OF_TOPIC, Question
from alerts.phrases.since import implied_age_h
from alerts.phrases.text import Text, read
from alerts.phrases.times import Time
from alerts.phrases.tokens import BOUNDARIES, CONTRAST

_CLARIFY = {
    "chest_pain": "chest_pain", "palpitations": "chest_pain", "dyspnea": "dyspnea", "orthopnea": "dyspnea",
    "fall": "fall", "head": "fall", "syncope": "fall", "on_floor": "fall", "get_up": "fall",
    "confusion": "confusion", "orientation": "confusion", "stroke": "stroke_signs", "lift_arms": "stroke_signs",
    "suicidal_ideation": "suicidal_ideation", "mood": "mood", "weight": "weight",
    "medication_taken": "medication", "medication_missed": "medication", "medication_supply": "medication",
    "medication_stopped": "medication", "overdose": "medication",
}  # fmt: skip
# A plain yes or no says nothing about these.
_SILENT = frozenset(
    {
        "quality_of_life",
        "blood_pressure",
        "oxygen",
        "heart_rate",
        "weight",
        "new_medicine",
        "orientation",
        "sleep",
        "cough",
    }
)
# Emergencies within a day even when they are over.
_EVEN_IF_GONE = frozenset({"chest_pain", "stroke", "confusion"})
_WORSENING = {
    "dyspnea": "worsening_dyspnea",
    "edema": "worsening_edema",
    "fatigue": "worsening_fatigue",
    "sleep": "orthopnea_pnd",
    "orthopnea": "orthopnea_pnd",
    "dizziness": "dizziness",
    "mood": "low_mood",
    "palpitations": "palpitations",
    "cough": "cough_new",
}
# The end of the source's name; the other words are not asked whether it may be doubted.
PRESUPPOSED = ".presupposed"
# With its end mark, so short a denial has nothing beside it.
_PLAIN_DENIAL = 7
_ONCE_TRIED = cues("replies", "once_tried")
_OVER_NOW = cues("replies", "over_now")
_LAST_TIME = cues("replies", "last_time")
_NOT_HERE = cues("replies", "not_here")
# So long an answer need not say that it is one.
_ANSWER = 12
_RETURN = cues("replies", "return")
_COURSE = cues("replies", "course")
_NEVER_WAS = cues("replies", "never_was")
_ABOUT_IT = cues("replies", "about_it")
_AT_REST = cues("replies", "at_rest")
_WELL = cues("replies", "well")
# "Never... well, there was the carpet yesterday."
_TAKES_BACK = cues("replies", "takes_back")
_NEVER_MISSED = cues("replies", "never_missed")
_NO_MORE = cues("replies", "no_more")
_NOT_EVEN = cues("replies", "not_even")
_TOPIC_WORDS = {name: cues("topic_words", name) for name in load("cues.toml")["topic_words"]}


def replied(
    text: Text, question: Question, context: ScanContext, times: list[Time]
) -> tuple[list[Raised], list[str]]:
    """Flags and clarify controls that the reply raises."""
    flags: list[Raised] = []
    controls: list[str] = []
    for bound in bound_replies(text, question, _TOPIC_WORDS):
        bound = _read_twice(bound, text, question, times, context.limits.counts_for(_flag(bound)))
        raised = _raised(bound, text, question, times, context.limits)
        flags.extend(raised)
        unsure = bound.reply == "unsure" or (raised and _takes_back(text))
        if unsure and bound.topic in _CLARIFY:
            controls.append(f"clarify:{_CLARIFY[bound.topic]}")
    flags.extend(_presupposed(text, question, times, {raised.flag for raised in flags}, context.limits))
    flags.extend(_past_attempt(text, question, times))
    flags.extend(_worse(text, question))
    flags.extend(counted(text, question, context.limits.counts))
    return flags, controls


def unheard(question: Question) -> list[str]:
    """What to ask again when the recogniser made little of the answer."""
    return [f"clarify:{_CLARIFY[topic]}" for topic in question.topics if topic in _CLARIFY]


def _past_attempt(text: Text, question: Question, times: list[Time]) -> list[Raised]:
    """ "I put a rope over the beam in '86. I'd not dream of it now": an attempt of long ago (S13), no present wish."""
    if not is_past_attempt(text, question, times):
        return []
    return [Raised("suicide_history", 0, len(text.tokens), "answer.past_attempt")]


def is_past_attempt(text: Text, question: Question, times: list[Time]) -> bool:
    """Whether an answer to the question for present thoughts tells of an old attempt and that it is over."""
    if "suicidal_ideation" not in question.topics or not _ONCE_TRIED.is_in(text):
        return False
    return any(time.kind == "old" for time in times) and _OVER_NOW.is_in(text)


def denied_by(text: Text, question: Question, times: list[Time]) -> frozenset[str]:
    """Flags of what a short, plain denial answers: "not a bit of it"; and of a place that is said not to be it."""
    if is_past_attempt(text, question, times):
        return frozenset({"suicidal_ideation"})
    if question.kind != "yes_no" or question.healthy_yes or question.negative:
        return frozenset()
    plain = len(text.tokens) <= _PLAIN_DENIAL and not {*text.line.words[:-1]} & BOUNDARIES
    bound = bound_replies(text, question, _TOPIC_WORDS) if plain else []
    said_no = frozenset(FLAG_OF_TOPIC[each.topic] for each in bound if each.reply == "no")
    ordered = by_order(text, question)
    said_no |= {FLAG_OF_TOPIC[each.topic] for each in ordered if each.reply == "no"}
    return said_no | named_elsewhere(text, question)


def named_elsewhere(text: Text, question: Question) -> frozenset[str]:
    """ "Not the chest, no, it's my corns": the flags asked about that are somewhere else."""
    if not _NOT_HERE.is_in(text):
        return frozenset()
    return frozenset(FLAG_OF_TOPIC[topic] for topic in question.topics if is_elsewhere(topic, text))


def _read_twice(bound: Bound, text: Text, question: Question, times: list[Time], counts_h: float) -> Bound:
    """A "no" that says when it was ("not since Monday", "not today, but Monday"); a "not really" that asks to be asked."""
    if bound.reply in ("no", "hardly") and (
        implied_age_h(text, times, 0, counts_h) is not None or _but_then(text, times, counts_h)
    ):
        return replace(bound, reply="some")
    if bound.reply in ("no", "hardly") and question.healthy_yes and _NEVER_MISSED.is_in(text):
        return replace(bound, reply="yes")
    if bound.reply == "some" and not question.healthy_yes and _NOT_EVEN.is_in(text):
        return replace(bound, reply="no")  # "no, not even when I climb"
    if bound.reply == "some" and question.healthy_yes and _NO_MORE.is_in(text):
        return replace(bound, reply="no")
    if bound.reply == "hardly" and not question.healthy_yes:
        denied = {"not", "no"} & set(text.words(bound.start, bound.end))
        return replace(bound, reply="unsure" if denied else "some")
    return bound


def _but_then(text: Text, times: list[Time], counts_h: float) -> bool:
    """ "..., but Monday was bad": after the contrast comes a time at which it was."""
    for at, token in enumerate(text.tokens):
        if token.word != CONTRAST and not _TAKES_BACK.is_in(text, at, min(at + 3, len(text.tokens))):
            continue
        rest = set(text.words(at, len(text.tokens)))
        dated = any(time.start > at and time.kind == "point" and time.nearest_h <= counts_h for time in times)
        if dated and not rest & {"not", "no", "never", "none"} and not _WELL.is_in(text, at):
            return True
    return False


def _takes_back(text: Text) -> bool:
    words = text.words(0, len(text.tokens))
    return CORRECTION.is_in(text) and "yes" in words and "no" in words[words.index("yes") :]


def _flag(bound: Bound) -> str:
    """The flag that the answer is about; "" for none."""
    return FLAG_OF_TOPIC.get(bound.topic, "")


def _raised(bound: Bound, text: Text, question: Question, times: list[Time], limits: Limits) -> list[Raised]:
    flag = _flag(bound)
    if not flag or bound.topic in _SILENT or bound.reply == "unsure":
        return []
    if not _unhealthy(bound, question, flag):
        return []
    age = _age(times)
    if age is not None and age > limits.counts_for(flag) and flag in EMERGENCIES:
        return []
    if bound.reply == "no" and times and all(time.kind == "old" for time in times):
        return []
    start, end = 0, len(text.tokens)
    source = f"answer.{bound.topic}"
    if bound.topic == "dyspnea":
        return _dyspnea(bound, text, question, age)
    if bound.topic in ("on_floor", "get_up"):
        return [Raised("fall", start, end, source, "critical", "E06", age)]
    if bound.topic == "head":
        return [Raised("head_injury", start, end, source, "critical", "E06", age)]
    return [Raised(flag, start, end, source, age_h=age)]


def _unhealthy(bound: Bound, question: Question, flag: str) -> bool:
    """Whether the reply says that the thing is there."""
    if question.kind in ("open", "scale"):
        return False
    if question.negative:
        return bound.reply in ("some", "hardly")
    if question.kind == "better":
        stays = flag in EMERGENCIES and question.presupposes and bound.topic in _EVEN_IF_GONE
        return flag in EMERGENCIES and (
            bound.reply in ("no", "hardly") or (stays and bound.reply in ("yes", "some", "nearly"))
        )
    if question.healthy_yes:
        return bound.reply in ("no", "hardly")
    return bound.reply in ("yes", "some", "hardly") if flag in EMERGENCIES else bound.reply in ("yes", "some")


def _age(times: list[Time]) -> float | None:
    if not times or any(time.kind in ("ongoing", "new", "duration") for time in times):
        return None
    return min(time.nearest_h for time in times)


def _dyspnea(bound: Bound, text: Text, question: Question, age: float | None) -> list[Raised]:
    """A yes to a breathing question is as bad as what was asked, and as what the answer adds ("only on the stairs")."""
    added = read(f"short of breath {text.raw}")
    flags = {match.rule.flag for match in lexicon().matches(added) if match.start == 0}
    source = "answer.dyspnea"
    for flag in ("orthopnea_pnd", "severe_dyspnea"):
        if flag in flags:
            return [Raised(flag, 0, len(text.tokens), source, age_h=age)]
    effort = any(match.rule.name.startswith("breathing.on-") for match in lexicon().matches(added))
    if _AT_REST.is_in(question.text) and not effort:
        return [Raised("severe_dyspnea", 0, len(text.tokens), source, age_h=age)]
    return [Raised("worsening_dyspnea", 0, len(text.tokens), source, age_h=age)]


def _presupposed(
    text: Text, question: Question, times: list[Time], known: set[str], limits: Limits
) -> list[Raised]:
    """ "How is the chest pain now?" takes it for granted: whatever is said but that it never was or is long gone."""
    if not question.presupposes or question.kind == "none" or _RETURN.is_in(question.text):
        return []
    asks_when = _LAST_TIME.is_in(question.text)
    if question.kind == "yes_no" and not (asks_when or _COURSE.is_in(question.text)):
        return []
    if _NEVER_WAS.is_in(text) or any(time.kind == "old" for time in times):
        return []
    latest = max((time.nearest_h for time in times), default=0.0)
    if len(text.tokens) > _ANSWER and not _ABOUT_IT.is_in(text):
        return []
    age = _age(times)
    if age is None and asks_when:
        return []
    whole = (0, len(text.tokens))
    return [
        Raised(FLAG_OF_TOPIC[topic], *whole, f"answer.{topic}{PRESUPPOSED}", age_h=age)
        for topic in question.topics
        if topic in _EVEN_IF_GONE and FLAG_OF_TOPIC[topic] not in known and not is_elsewhere(topic, text)
        if latest <= limits.counts_for(FLAG_OF_TOPIC[topic])
    ]


def _worse(text: Text, question: Question) -> list[Raised]:
    """ "It's worse" after a question about a symptom."""
    if not question.topics or question.kind == "none":
        return []
    reply = worsened(text)
    if reply == "silent":
        return []
    whole = (0, len(text.tokens))
    found: list[Raised] = []
    for topic in question.topics:
        flag = FLAG_OF_TOPIC.get(topic, "")
        if (
            question.kind in ("better", "worse")
            and flag in EMERGENCIES
            and topic in ("chest_pain", "bleeding", "angioedema", "stroke", "confusion")
        ):
            found.append(Raised(flag, *whole, f"answer.{topic}.worse"))
        elif (
            topic in _WORSENING
            and (
                question.kind in ("better", "worse", "open")
                or (question.kind == "scale" and topic == "dyspnea" and reply == "much_worse")
            )
            and _says_worse(text, reply)
        ):
            found.append(
                Raised(
                    _WORSENING[topic],
                    *whole,
                    f"answer.{topic}.worse",
                    "high" if reply == "much_worse" and topic == "dyspnea" else None,
                )
            )
    return found


def _says_worse(text: Text, reply: str) -> bool:
    words = set(text.words(0, len(text.tokens)))
    return reply == "much_worse" or bool(
        words
        & {
            "worse",
            "worsening",
            "bad",
            "terrible",
            "awful",
            "horrible",
            "lousy",
            "rough",
            "peor",
            "mal",
            "feo",
            "poorly",
        }
    )
