"""What the rules look at: one check-in of one patient, with its history. Values only, no database. Pure.

None always means "not known": it is never read as zero, no, or normal. All times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from alerts.severity import AlertType, Severity

Scale = Literal[
    "shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "quality_of_life", "mood_assessment"
]
SYMPTOM_SCALES: tuple[Scale, ...] = ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from: what was asked or heard, what was answered, and when.

    `call_s` is seconds from the start of the call's audio. `utterance` is the patient's own sentence, `value` the
    answer or reading in figures; neither enters a repr or a log.
    """

    kind: Literal["utterance", "answer", "reading", "event", "record"]
    what: str
    at: datetime | None = None
    call_s: float | None = None
    utterance: str = field(default="", repr=False)
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """One check-in's structured answers. Scales are 0-4 with the anchors of docs/clinical/scales.md.

    `weight_change_lb`: what the patient says changed since the last check-in, up is positive.
    `takes`: medication class to "taken as prescribed". `orientation_failed`: wrong orientation answers.
    `kccq12`: summary score 0-100, higher is better. `phq2`: 0-6.
    """

    shortness_of_breath: int | None = None
    swelling: int | None = None
    fatigue: int | None = None
    sleep_difficulty: int | None = None
    quality_of_life: int | None = None
    mood_assessment: int | None = None
    weight_change_lb: float | None = None
    missed_doses_week: int | None = None
    takes: Mapping[str, bool] = field(default_factory=dict)
    orientation_failed: int | None = None
    kccq12: float | None = None
    phq2: int | None = None

    def scale(self, name: Scale) -> int | None:
        value: int | None = getattr(self, name)
        return value


@dataclass(frozen=True, slots=True)
class PastCheckIn:
    """An earlier check-in of the same, identified patient."""

    at: datetime
    answers: Answers


@dataclass(frozen=True, slots=True)
class FlagFact:
    """A transcript flag of this call.

    `hours_ago` is how long ago it last happened: 0 is now, None is unknown and counts as recent.
    `severity`, `alert_type` and `rule_id` are the phrase scanner's own judgement of the words: the engine never
    goes below it.
    `by_score`: it was a number on a scale, not words. `count` is how many (doses, shocks), `days_running` for how
    many days in a row, `drug_class` of which drug, `change_lb` and `over_h` how much weight over how long.
    """

    name: str
    hours_ago: float | None = None
    evidence: Evidence | None = None
    severity: Severity | None = None
    alert_type: AlertType | None = None
    rule_id: str = ""
    by_score: bool = False
    count: float | None = None
    days_running: float | None = None
    drug_class: str | None = None
    change_lb: float | None = None
    over_h: float | None = None
    markers: frozenset[str] = frozenset()

    def within(self, hours: float) -> bool:
        """True if it happened at most `hours` ago (inclusive), or at an unknown time."""
        return self.hours_ago is None or self.hours_ago <= hours


@dataclass(frozen=True, slots=True)
class WeightReading:
    """One weighing in pounds. `confirmed`: read back to the patient and agreed."""

    at: datetime
    lb: float
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Vitals:
    """Readings told in this call. `at_rest` None is taken as at rest, which is how they are asked for."""

    heart_rate_bpm: float | None = None
    systolic_mmhg: float | None = None
    spo2_percent: float | None = None
    at_rest: bool | None = None


@dataclass(frozen=True, slots=True)
class Medicines:
    """The patient's active list: classes, and lower-case generic names. Empty means the list is not known."""

    classes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What the chart says. `documented_dyspnea`: a clinician's documented usual score, 0-4."""

    blood_thinner: bool | None = None
    icd: bool | None = None
    suicide_history: bool | None = None
    discharged_at: datetime | None = None
    documented_dyspnea: int | None = None
    enrolment: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallEvents:
    """What happened on the line. `silence_s`: the longest silence of the patient since the last emergency flag."""

    emergency_flagged: bool = False
    line_lost: bool = False
    silence_s: float | None = None


@dataclass(frozen=True, slots=True)
class MissedContact:
    """Scheduled check-ins that failed after all attempts, in a row, up to the latest one."""

    in_a_row: int
    latest_due_at: datetime


@dataclass(frozen=True, slots=True)
class VoiceCall:
    """A valid voice measurement of one call: outside the patient's own baseline or not."""

    at: datetime
    outside: bool
    score: float | None = None


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """An alert of this patient. `severity` is what its rules found, before any raise by V03.

    `raised_at` is when it was last found as severe as it is.
    """

    rule_id: str
    severity: Severity
    alert_type: AlertType
    topic: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer that could not be trusted after one re-ask: `confidence` is the recogniser's, 0-1."""

    topic: str
    kind: Literal["implausible", "low_confidence", "contradiction", "unanswered"]
    resolved: bool = False
    confidence: float | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class CheckInFacts:
    """Everything known about one patient at `now`. Sequences run from oldest to newest, without the future.

    `given_s` is the second of the call at which an answer or reading was given, where the call knows it.
    `history` are check-ins before this one. `open_alerts` are unresolved, `recent_alerts` raised lately, open or not.
    """

    now: datetime
    last_check_in_at: datetime | None = None
    answers: Answers = field(default_factory=Answers)
    given_s: Mapping[str, float] = field(default_factory=dict)
    history: tuple[PastCheckIn, ...] = ()
    flags: tuple[FlagFact, ...] = ()
    weights: tuple[WeightReading, ...] = ()
    vitals: Vitals = field(default_factory=Vitals)
    medicines: Medicines = field(default_factory=Medicines)
    record: RecordFacts = field(default_factory=RecordFacts)
    call: CallEvents = field(default_factory=CallEvents)
    missed: MissedContact | None = None
    voice: tuple[VoiceCall, ...] = ()
    open_alerts: tuple[KnownAlert, ...] = ()
    recent_alerts: tuple[KnownAlert, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def flagged(self, *names: str) -> tuple[FlagFact, ...]:
        """The flags with one of these names."""
        return tuple(flag for flag in self.flags if flag.name in names)
