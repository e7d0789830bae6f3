"""What the phrase scanner takes and gives: segments, what is known about the patient, flags. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from alerts.phrases.limits import Limits, packaged_limits
from alerts.phrases.notes import Past

Speaker = Literal["patient", "caregiver", "unknown", "background", "agent"]
Severity = Literal["none", "low", "medium", "high", "critical"]
AlertType = Literal["none", "emergency", "medication_issue", "symptom_worsening"]
Event = Literal["silence", "line_lost"]
Language = Literal["en", "es"]
Scale = Literal["dyspnea", "edema", "fatigue", "sleep", "mood"]
Assertion = Literal[
    "affirmed", "negated", "historical", "hypothetical", "other_person", "mention", "question"
]

SEVERITIES: tuple[Severity, ...] = ("none", "low", "medium", "high", "critical")
# On equal severity the type named first describes the result.
TYPES: tuple[AlertType, ...] = ("emergency", "medication_issue", "symptom_worsening", "none")


def severity_rank(severity: Severity) -> int:
    """0 for none to 4 for critical."""
    return SEVERITIES.index(severity)


def worse(one: Severity, other: Severity) -> Severity:
    """The higher of two severities."""
    return one if severity_rank(one) >= severity_rank(other) else other


@dataclass(frozen=True, slots=True)
class Segment:
    """One final piece of transcript of one speaker, or an event that takes the place of words.

    `speaker` is who is on the line: "unknown" before identity is known, "background" for television or radio,
    "agent" for Maya herself; the last two never trigger. `language` is a hint only, both languages are scanned.
    `confidence` is the recogniser's, 0 to 1, None when unknown.
    """

    text: str
    speaker: Speaker = "patient"
    language: Language | None = None
    event: Event | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says about the patient; None means not known, which is never read as "no".

    Weights in pounds, ages in hours, scales 0 to 4 as in docs/clinical/scales.md. `baselines` are the usual scores,
    `documented_dyspnea` is the one that a clinician wrote down at enrolment: only that lowers a score of 4 (rule E03).
    """

    blood_thinner: bool | None = None
    icd: bool | None = None
    suicide_history: bool | None = None
    sex: Literal["f", "m"] | None = None
    age: int | None = None
    memory_loss: bool | None = None
    baselines: tuple[tuple[Scale, int], ...] = ()
    documented_dyspnea: int | None = None
    last_weight_lb: float | None = None
    last_weight_age_h: float | None = None
    weighs_in_kg: bool | None = None
    days_since_discharge: int | None = None
    orientation_failures: int = 0
    has_proxy: bool | None = None
    limits: Limits = field(default_factory=packaged_limits)
    past: Past = field(default_factory=Past)

    def baseline(self, scale: Scale) -> int | None:
        """The patient's usual answer on a scale, None while unknown."""
        return dict(self.baselines).get(scale)


@dataclass(frozen=True, slots=True)
class ScanContext:
    """What a segment is heard against: Maya's last question, the record, the time, flags already raised.

    `now` is the patient's local time; only its date, weekday and hour are used. `weekday` (0 = Monday) and
    `month` (1 to 12) stand in where the full time is not known.
    """

    last_question: str | None = None
    question_id: str | None = None
    facts: Facts = field(default_factory=Facts)
    now: datetime | None = None
    weekday: int | None = None
    month: int | None = None
    raised: frozenset[str] = frozenset()
    identity_verified: bool | None = None

    @property
    def limits(self) -> Limits:
        """The numbers of the rules as they stand for the patient."""
        return self.facts.limits

    def today(self) -> int | None:
        """The patient's weekday, 0 = Monday, None when neither `now` nor `weekday` is known."""
        return self.now.weekday() if self.now is not None else self.weekday

    def this_month(self) -> int | None:
        """The patient's month, 1 to 12, None when unknown."""
        return self.now.month if self.now is not None else self.month


@dataclass(frozen=True, slots=True)
class FlagHit:
    """One flag with its evidence. `start` and `end` are character offsets into the segment's text.

    `rule_id` is the row of the clinical rules table (E01, S03, ...), `source` the pattern or stage that fired.
    """

    flag: str
    severity: Severity
    alert_type: AlertType
    evidence: str
    start: int
    end: int
    assertion: Assertion
    rule_id: str
    source: str
    max_age_h: float | None = None


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything one segment says. `severity` and `alert_type` are those of the worst flag.

    `standing` are the emergencies of this call that the segment does not speak of: said once, they stay.
    """

    flags: tuple[FlagHit, ...] = ()
    controls: tuple[str, ...] = ()
    severity: Severity = "none"
    alert_type: AlertType = "none"
    set_aside: tuple[FlagHit, ...] = ()
    standing: tuple[FlagHit, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Flags, also the standing ones, and controls by name, sorted."""
        return tuple(sorted({*(hit.flag for hit in (*self.flags, *self.standing)), *self.controls}))

    @property
    def overall(self) -> tuple[Severity, AlertType]:
        """Severity and type of the worst flag, the standing ones among them."""
        return worst_of((*self.flags, *self.standing))


def worst_of(flags: tuple[FlagHit, ...]) -> tuple[Severity, AlertType]:
    """Severity and type of the worst flag; on a tie emergency, then medication_issue."""
    if not flags:
        return "none", "none"
    severity = max((hit.severity for hit in flags), key=severity_rank)
    kinds = {hit.alert_type for hit in flags if hit.severity == severity}
    return severity, min(kinds, key=TYPES.index)
