"""Labelled utterances in CSV, and their context column read as a live call would supply it. Pure but for the file.

Columns: id, utterance, context, expected_flag, expected_severity, expected_alert_type, note; all but `utterance` may
be missing. The context is free text: persona, record facts, Maya's last question in quotation marks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alerts.phrases.flags import KINDS
from alerts.phrases.limits import LB_PER_KG
from alerts.phrases.model import Event, Facts, Scale, ScanContext, Segment, Speaker
from alerts.phrases.notes import past_in
from alerts.phrases.questions import question_of
from alerts.phrases.scales import SCALE_OF_TOPIC

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_RELATIVE = (
    r"(?:daughter|son|wife|husband|spouse|partner|aide|home aide|caregiver|carer|nurse|sister|brother|niece|nephew"
    r"|grandson|granddaughter|mother|father|daughter-in-law|son-in-law|neighbou?r|friend|proxy|child|hija|hijo|esposa"
    r"|esposo|nieta|nieto)"
)


def _compiled(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.IGNORECASE)


_QUESTION = _compiled(r"Maya[^\"“”:]{0,40}:?\s*[\"“]([^\"“”]+)[\"”]")
_PERSON = re.compile(r"\b(\d{2,3})\s?(?:-year-old\s|y\.?o\.?\s|yo\s)?\s?([MF])\b")
_THINNER = _compiled(
    r"warfarin|coumadin|apixaban|eliquis|rivaroxaban|xarelto|dabigatran|pradaxa|edoxaban|clopidogrel|plavix",
    r"|blood[- ]thinner|\bthinner\b|anticoagul",
)
_NO_THINNER = _compiled(r"\b(?:no|not on an?y?|without an?y?|off)\s+(?:blood[- ])?(?:thinner|anticoag)")
_BASELINE = _compiled(
    r"(?:(breathing|dyspn\w+|breath\w*|swelling|edema|oedema|fatigue|tired\w*|sleep|mood)\s+(?:score\s+)?)?",
    r"(?:usual(?:ly)?|baseline)\s*(?:of|is|=|:|score)?\s*([0-4])",
    r"(?:\s+(?:on|for)\s+(?:the\s+)?(all|every\w*|breathing|swelling|fatigue|sleep|mood))?",
)
_WEEKDAY = _compiled(
    rf"(?:call|today|it)\s+(?:is|was|takes place|placed)?\s*(?:on\s+)?(?:a\s+)?({_WEEKDAYS})"
)
_MONTH = _compiled(rf"(?:call|today|it)\s+is\s+(?:in\s+)?({_MONTHS})")
_SPEAKING = _compiled(
    rf"\b{_RELATIVE}\b[^;,.]{{0,20}}\b",
    r"(?:speak\w*|on the (?:line|phone)|talking|calling|is the speaker|answers the phone|picks up|answered)\b",
)
_ANSWERS = _compiled(rf"\b{_RELATIVE} answers\b")
_PATIENT_SPEAKING = _compiled(r"\bpatient (?:is )?speaking\b|\bsaid by the patient\b")
_BACKGROUND = _compiled(
    r"diari[sz]ed as (?:tv|television|radio|background)|not a person on the line|(?:comes|heard) from the (?:tv|radio)",
    r"|background (?:audio|tv|television|voice|radio)|television audio|from the television",
)
_UNVERIFIED = _compiled(
    r"identity (?:is )?not (?:yet )?(?:verified|confirmed)|not (?:yet )?verified|unverified|before (?:identity|verif)"
)
_RAISED = re.compile(r"\b([a-z]+(?:_[a-z]+)*)\b(?= flag)|\bflag(?:ged)? (?:for )?([a-z]+(?:_[a-z]+)+)")
_LAST_WEIGHT = _compiled(
    r"(?:yesterday(?:'s)?(?: weight)?|(?:last|previous|baseline) (?:recorded )?weight|weight yesterday|last reading)",
    r"\s*(?:was|is|of|:|=)?\s*(\d{2,3}(?:\.\d+)?)\s*(kg|kilos?|lb|lbs|pounds?)?",
)
_CONFIDENCE = _compiled(r"confidence\s*(?:of|is|=|:)?\s*(0?\.\d+)")
_FAILED = _compiled(
    r"gave (?:the )?(?:wrong )?(?:year|month|day|date|place|city)",
    r"|orientation question (?:was )?(?:failed|missed|wrong)",
    r"|(?:failed|missed|wrong on) (?:the |an |1 |one )?(?:orientation|year|month|day|date)",
)
_TOPIC = _compiled(r"\b(breathing|chest|fall|swelling|fatigue|sleep)\s+topic\b")
_QUESTION_ID = {
    "breathing": "shortness_of_breath",
    "chest": "chest_pain",
    "fall": "fall",
    "swelling": "swelling",
    "fatigue": "fatigue",
    "sleep": "sleep_difficulty",
}
_DISCHARGED = _compiled(r"discharged (?:home )?(\d+|a|one|two|three|four|five|six) (day|week)s? ago")
_SMALL = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SCALES: dict[str, Scale] = {
    "breath": "dyspnea",
    "dyspn": "dyspnea",
    "swelli": "edema",
    "edema": "edema",
    "oedema": "edema",
    "fatigu": "fatigue",
    "tired": "fatigue",
    "sleep": "sleep",
    "mood": "mood",
}
_ALL_SCALES: tuple[Scale, ...] = ("dyspnea", "edema", "fatigue", "sleep", "mood")


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled utterance. `expected` is empty for "none"; severity and type are None where the file has none."""

    id: str
    utterance: str
    context: str
    expected: frozenset[str]
    severity: str | None
    alert_type: str | None
    note: str

    @property
    def labelled(self) -> bool:
        return self.severity is not None


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, in its order. Raises OSError, csv.Error, or ValueError without an utterance column."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if "utterance" not in (reader.fieldnames or ()):
            raise ValueError("the file has no column named utterance")
        for number, record in enumerate(reader, 1):
            cells = {
                key: (value or "").strip()
                for key, value in record.items()
                if key is not None and not isinstance(value, list)
            }
            flags = cells.get("expected_flag", "")
            yield Row(
                id=cells.get("id") or str(number),
                utterance=cells.get("utterance", ""),
                context=cells.get("context", ""),
                expected=frozenset(
                    flag.strip() for flag in flags.split("|") if flag.strip() not in ("", "none")
                ),
                severity=cells.get("expected_severity") or None,
                alert_type=cells.get("expected_alert_type") or None,
                note=cells.get("note", ""),
            )


def segment_of(row: Row) -> Segment:
    """The row's utterance as the segment a call would hand to the scanner."""
    confidence = _CONFIDENCE.search(row.context)
    return Segment(
        text=row.utterance,
        speaker=_speaker(row.context),
        event=_event(row.utterance),
        confidence=float(confidence.group(1)) if confidence else None,
    )


def context_of(row: Row) -> ScanContext:
    """The row's context column as the facts, the last question and the flags of the call."""
    text = row.context
    quoted = _QUESTION.search(text)
    question = quoted.group(1) if quoted else None
    facts = _QUESTION.sub(" ", text)
    weekday, month = _WEEKDAY.search(facts), _MONTH.search(facts)
    topic = _TOPIC.search(facts)
    raised = frozenset(name for pair in _RAISED.findall(facts) for name in pair if name in KINDS)
    return ScanContext(
        last_question=question,
        facts=_facts(facts, question),
        weekday=_WEEKDAYS.split("|").index(weekday.group(1).lower()) if weekday else None,
        month=_MONTHS.split("|").index(month.group(1).lower()) + 1 if month else None,
        raised=raised,
        question_id=_QUESTION_ID.get(topic.group(1).lower()) if topic else None,
        identity_verified=False if _UNVERIFIED.search(facts) else None,
    )


def _speaker(context: str) -> Speaker:
    if _BACKGROUND.search(context):
        return "background"
    facts = _QUESTION.sub(" ", context)
    if _PATIENT_SPEAKING.search(facts):
        return "patient"
    if _SPEAKING.search(facts):
        return "caregiver"
    return "unknown" if _ANSWERS.search(facts) or _UNVERIFIED.search(facts) else "patient"


def _event(utterance: str) -> Event | None:
    if not re.fullmatch(r"\s*[\[(<*].*[\])>*]\s*", utterance):
        return None
    if re.search(
        r"line|drop|disconnect|hang|hung|lost|dial tone|click|goes dead|cut off|ended",
        utterance,
        re.IGNORECASE,
    ):
        return "line_lost"
    if re.search(
        r"no (?:reply|answer|response|sound|speech)|silen|quiet|nothing|pause|seconds",
        utterance,
        re.IGNORECASE,
    ):
        return "silence"
    return None


def _facts(text: str, question: str | None) -> Facts:
    person = _PERSON.search(text)
    sex: Literal["f", "m"] | None = None
    if person:
        sex = "f" if person.group(2) == "F" else "m"
    weight = _LAST_WEIGHT.search(text)
    discharged = _DISCHARGED.search(text)
    return Facts(
        blood_thinner=_thinner(text),
        icd=True if re.search(r"\bICD\b|defibrillator", text) else None,
        suicide_history=True
        if re.search(r"past (?:suicide )?attempt|suicide history", text, re.IGNORECASE)
        else None,
        sex=sex,
        age=int(person.group(1)) if person else None,
        memory_loss=True if re.search(r"memory loss|dementia|alzheimer", text, re.IGNORECASE) else None,
        baselines=(usual := _baselines(text, question)),
        documented_dyspnea=dict(usual).get("dyspnea"),
        last_weight_lb=_pounds(weight) if weight else None,
        last_weight_age_h=24.0 if weight and "yesterday" in weight.group(0).lower() else None,
        weighs_in_kg=True if re.search(r"\bkilo|\bkg\b", text, re.IGNORECASE) else None,
        days_since_discharge=_days(discharged) if discharged else None,
        orientation_failures=len(_FAILED.findall(text)),
        has_proxy=True if re.search(r"\bproxy\b", text, re.IGNORECASE) else None,
        past=past_in(text),
    )


def _thinner(text: str) -> bool | None:
    if _NO_THINNER.search(text):
        return False
    return True if _THINNER.search(text) else None


def _pounds(weight: re.Match[str]) -> float:
    value = float(weight.group(1))
    return value * LB_PER_KG if (weight.group(2) or "").lower().startswith("k") else value


def _days(discharged: re.Match[str]) -> int:
    count = discharged.group(1).lower()
    number = _SMALL[count] if count in _SMALL else int(count)
    return number * (7 if discharged.group(2).lower() == "week" else 1)


def _baselines(text: str, question: str | None) -> tuple[tuple[Scale, int], ...]:
    """ "baseline 2" is of the scale just asked about; "swelling baseline 1" and "on all scales" say so."""
    found: dict[Scale, int] = {}
    topics = question_of(question, None).topics
    for named, value, after in _BASELINE.findall(text):
        word = (named or after or "").lower()
        scales = [scale for stem, scale in _SCALES.items() if word.startswith(stem)]
        if not scales:
            asked = [SCALE_OF_TOPIC[topic] for topic in topics if topic in SCALE_OF_TOPIC]
            scales = list(_ALL_SCALES) if word.startswith(("all", "every")) or not asked else asked
        found.update({scale: int(value) for scale in scales})
    return tuple(sorted(found.items()))
