"""A patient's trends as charts. Built from rows that the patient page has already read: no query here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from operator import attrgetter
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.ruleset import RuleSet
from biomarkers.change_limits import CUSUM_LIMIT
from biomarkers.models import CallVoice
from calls.models import Call
from heartvoice.dashboard.charts import (
    SCALE_0_4,
    Band,
    Chart,
    Limit,
    Sample,
    axis_for,
    bar_chart,
    line_chart,
)
from heartvoice.dashboard.wording import SCALE_NAMES
from patients.models import PatientRecord

JOIN_WITHIN = timedelta(days=10)
KCCQ_WITHIN = timedelta(days=200)  # taken every few months
CHANGE_BAND = Band(-2.0, 2.0)
UNANSWERED = frozenset({"no_answer", "busy", "failed", "interrupted", "completed"})


@dataclass(frozen=True, slots=True)
class Trend:
    """One chart with its words."""

    key: str
    label: str
    unit: str
    chart: Chart
    places: int = 0

    @property
    def tick_places(self) -> int:
        """Decimals that tell the ticks of the axis apart."""
        ticks = self.chart.axis.ticks
        return next((places for places in range(4) if all(round(t, places) == round(t, 6) for t in ticks)), 4)

    @property
    def plot_width(self) -> float:
        return round(self.chart.frame.x_end - self.chart.frame.left, 1)

    @property
    def tick_x(self) -> float:
        return self.chart.frame.left - 6

    @property
    def date_y(self) -> float:
        return self.chart.frame.height - 5


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are shown, in the zone of the page."""

    start: datetime
    end: datetime
    zone: tzinfo

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class VoiceMeasure:
    """A voice feature as stored per call, and how it is shown. `factor` turns the stored unit into the shown one.

    `keys`: names of the feature, the preferred first; a history is drawn of one of them, never mixed.
    """

    keys: tuple[str, ...]
    label: Any
    unit: str
    factor: float
    places: int


CHANGE = VoiceMeasure((), gettext_lazy("Change from own baseline"), "SD", 1, 1)
SUM = VoiceMeasure((), gettext_lazy("Lasting change (CUSUM)"), "SD", 1, 1)
VOICE_MEASURES = (
    VoiceMeasure(("pause_ratio",), gettext_lazy("Pauses in speech"), "%", 100, 0),
    VoiceMeasure(("mean_phrase_s",), gettext_lazy("Mean phrase length"), "s", 1, 1),
    VoiceMeasure(("speech_rate",), gettext_lazy("Speech rate"), "syll/s", 1, 1),
    VoiceMeasure(("f0_median", "f0_mean"), gettext_lazy("Pitch"), "Hz", 1, 0),
    VoiceMeasure(("hnr",), gettext_lazy("Harmonics-to-noise ratio"), "dB", 1, 1),
    VoiceMeasure(("cpps",), gettext_lazy("Cepstral peak (CPPS)"), "dB", 1, 1),
    VoiceMeasure(("jitter_ppq5", "jitter"), gettext_lazy("Jitter"), "%", 100, 2),
    VoiceMeasure(("shimmer",), gettext_lazy("Shimmer"), "%", 100, 1),
)


def missed_times(calls: Iterable[Call], records: Iterable[PatientRecord], period: Period) -> list[datetime]:
    """When a check-in was due and gave no answers: one for each local day without a record. Silence is data."""
    answered = {period.local(record.recorded_at).date() for record in records}
    missed: dict[Any, datetime] = {}
    for call in calls:
        if call.state in UNANSWERED and call.purpose == Call.Purpose.SCHEDULED:
            at = period.local(call.planned_for)
            if at.date() not in answered:
                missed.setdefault(at.date(), at)
    return sorted(missed.values())


def symptom_trends(
    records: Sequence[PatientRecord], missed: Sequence[datetime], period: Period, rules: RuleSet
) -> list[Trend]:
    """The six 0-4 scales; the band is what is usual for this patient, or better."""
    trends = []
    for key, label in SCALE_NAMES.items():
        samples = _samples(records, missed, period, attrgetter(key))
        usual = usual_score(samples, period.end, rules)
        trends.append(
            Trend(
                key=key.replace("_", "-"),
                label=str(label),
                unit=_("of 4"),
                chart=line_chart(
                    samples,
                    start=period.start,
                    end=period.end,
                    axis=SCALE_0_4,
                    band=None if usual is None else Band(0, min(usual + 0.5, 4)),  # less is better
                    join_within=JOIN_WITHIN,
                ),
            )
        )
    return trends


def weight_trends(
    records: Sequence[PatientRecord], missed: Sequence[datetime], period: Period, *, limit_lb: float
) -> list[Trend]:
    """Weight where it was told, and the change that the patient reported since the check-in before."""
    told = _samples(records, missed, period, lambda record: record.weight_lb)
    changes = _samples(records, missed, period, lambda record: record.weight_change_lb)
    trends = []
    if any(sample.value is not None for sample in told):
        chart = line_chart(
            told,
            start=period.start,
            end=period.end,
            axis=axis_for(sample.value for sample in told),
            join_within=JOIN_WITHIN,
        )
        trends.append(Trend("weight", _("Weight"), "lb", chart, places=1))
    chart = line_chart(
        changes,
        start=period.start,
        end=period.end,
        axis=axis_for([sample.value for sample in changes], include=(-2, limit_lb)),
        limits=[Limit(limit_lb, _("alert above %(lb)s lb in a day") % {"lb": f"{limit_lb:g}"})],
        join_within=JOIN_WITHIN,
    )
    return [*trends, Trend("weight-change", _("Change since last check-in"), "lb", chart, places=1)]


def kccq_trend(records: Sequence[PatientRecord], period: Period) -> list[Trend]:
    """The KCCQ-12 summary, 0-100, higher is better: none where no score was entered."""
    scored = [record for record in records if record.kccq12 is not None]
    if not scored:
        return []
    samples = [Sample(period.local(record.recorded_at), _number(record.kccq12)) for record in scored]
    chart = line_chart(
        samples,
        start=period.start,
        end=period.end,
        axis=axis_for((), include=(0, 100)),
        join_within=KCCQ_WITHIN,
    )
    return [Trend("kccq", _("KCCQ-12 (100 is best)"), _("of 100"), chart, places=1)]


def adherence_trend(records: Sequence[PatientRecord], missed: Sequence[datetime], period: Period) -> Trend:
    """Missed doses in the week before each check-in."""
    samples = _samples(records, missed, period, lambda record: record.missed_doses_week)
    axis = axis_for([sample.value for sample in samples], include=(0, 4))
    return Trend(
        "adherence",
        _("Missed doses in a week"),
        "",
        bar_chart(samples, start=period.start, end=period.end, axis=axis),
    )


def voice_trends(voices: Sequence[CallVoice], baseline: dict[str, Any], period: Period) -> list[Trend]:
    """The composite change and the voice features per call against the patient's own baseline (± 2 spreads)."""
    change = [_voice_sample(voice, voice.composite_z, period) for voice in voices]
    sums = [_voice_sample(voice, voice.cusum, period) for voice in voices]
    limit = Limit(CUSUM_LIMIT, _("noteworthy"))
    drawn = [
        _voice_trend(CHANGE, "change", change, CHANGE_BAND, period),
        _voice_trend(SUM, "sum", sums, None, period, limit),
    ]
    for measure in VOICE_MEASURES:
        key = next((key for key in measure.keys if any(key in voice.features for voice in voices)), "")
        samples = [_voice_sample(voice, voice.features.get(key), period, measure.factor) for voice in voices]
        band = _baseline_band(baseline.get(key), measure.factor)
        drawn.append(_voice_trend(measure, key.replace("_", "-"), samples, band, period))
    return [trend for trend in drawn if any(sample.value is not None for sample in trend.chart.rows)]


def _voice_sample(voice: CallVoice, value: Any, period: Period, factor: float = 1.0) -> Sample:
    note = ", ".join(str(each) for each in voice.confounders)
    return Sample(period.local(voice.at), _number(value, factor), is_fit=voice.is_usable, note=note)


def _voice_trend(
    measure: VoiceMeasure,
    slug: str,
    samples: list[Sample],
    band: Band | None,
    period: Period,
    limit: Limit | None = None,
) -> Trend:
    levels = ((band.low, band.high) if band else ()) + (
        (0.0, 1.4 * limit.value) if limit else ()
    )  # room for its words
    chart = line_chart(
        samples,
        start=period.start,
        end=period.end,
        axis=axis_for([sample.value for sample in samples], include=levels),
        band=band,
        limits=[limit] if limit else (),
        join_within=JOIN_WITHIN,
    )
    return Trend(f"voice-{slug}", str(measure.label), measure.unit, chart, measure.places)


def usual_score(samples: Iterable[Sample], now: datetime, rules: RuleSet) -> float | None:
    """The median of the last answers within some days, as the rules know it; None until there are enough."""
    window = timedelta(days=rules["baseline_window_days"])
    recent = [each.value for each in samples if each.value is not None and now - each.at <= window]
    last = recent[-int(rules["baseline_answers"]) :]
    return float(median(last)) if len(last) >= rules["baseline_minimum"] else None


def _samples(
    records: Sequence[PatientRecord],
    missed: Sequence[datetime],
    period: Period,
    value: Callable[[PatientRecord], Any],
) -> list[Sample]:
    known = [Sample(period.local(record.recorded_at), _number(value(record))) for record in records]
    return sorted(
        [*known, *(Sample(at, None, note=_("no check-in")) for at in missed)], key=lambda each: each.at
    )


def _number(value: Any, factor: float = 1.0) -> float | None:
    return None if value is None or isinstance(value, bool) else float(value) * factor


def _baseline_band(stored: Any, factor: float) -> Band | None:
    """Median ± 2 spreads of the frozen baseline: about the middle 95 % of usual calls.

    The stored spread is already shrunk towards the population's; without one, 1.4826 × MAD.
    """
    if not isinstance(stored, dict) or stored.get("median") is None:
        return None
    spread = stored.get("spread") or 1.4826 * (stored.get("mad") or 0.0)
    middle, room = float(stored["median"]) * factor, 2 * float(spread) * factor
    return Band(middle - room, middle + room)
