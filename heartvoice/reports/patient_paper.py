"""A patient's summary on paper, for a visit or another clinic."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heartvoice.dashboard import wording
from heartvoice.reports.paper import Paper
from heartvoice.reports.patient_rows import Summary
from heartvoice.reports.weekly_paper import number

RECORDS = 45
SCALES = (
    "shortness_of_breath",
    "swelling",
    "fatigue",
    "sleep_difficulty",
    "quality_of_life",
    "mood_assessment",
)


def patient_pdf(summary: Summary, *, by: str, at: datetime, zone: tzinfo) -> bytes:
    """The summary as PDF; times in the reader's zone."""
    patient = summary.patient
    footer = _("Generated %(at)s by %(by)s. Confidential health information: keep it with the record.") % {
        "at": f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        "by": by,
    }
    paper = Paper(
        title=_("Patient summary"), watermark=_("GENERATED"), footer=footer, language=get_language() or "en"
    )
    born = _("born %(on)s") % {"on": f"{patient.date_of_birth:%Y-%m-%d}"}
    paper.heading(f"{patient.first_name} {patient.last_name}", f"{born} · {patient.care_team.name}")
    _who(paper, summary)
    _alerts(paper, summary, zone)
    _check_ins(paper, summary, zone)
    _voice(paper, summary, zone)
    return paper.bytes()


def _who(paper: Paper, summary: Summary) -> None:
    patient = summary.patient
    answered = sum(1 for call in summary.calls if call.answered_at)
    completed = sum(1 for call in summary.calls if call.is_completed)
    risks = [
        str(word)
        for word, is_so in (
            (_("blood thinner"), patient.on_blood_thinner),
            (_("ICD"), patient.has_icd),
            (_("fall risk"), patient.has_fall_risk),
            (_("suicide history"), patient.has_suicide_history),
        )
        if is_so
    ]
    paper.facts(
        [
            (_("Record number"), patient.record_number or "–"),
            (_("Phone"), patient.phone),
            (_("NYHA class"), str(patient.nyha_class or "–")),
            (_("Last discharge"), f"{patient.discharged_on:%Y-%m-%d}" if patient.discharged_on else "–"),
            (_("Language"), patient.language),
            (_("Time zone"), patient.time_zone),
            (_("Risks"), ", ".join(risks) or "–"),
            (_("Calls in 90 days"), _("%(answered)s answered, %(done)s completed")
             % {"answered": answered, "done": completed}),
            (_("Voice cost this month"), f"${summary.month_cost_usd:.2f}"),
        ]
    )  # fmt: skip
    paper.section(_("Medicines"))
    for drug in summary.medications:
        own = f" ({drug.patient_word})" if drug.patient_word else ""
        paper.words(f"{drug.name}{own}, {drug.get_medication_class_display()} {drug.dose}".strip())
    if not summary.medications:
        paper.words("–")
    if summary.overrides:
        paper.section(_("Personal thresholds"))
        for row in summary.overrides:
            until = _("until %(on)s") % {"on": f"{row.valid_until:%Y-%m-%d}"}
            paper.words(f"{row.rule_id} {row.parameter}: {row.value} {until}")
    paper.section(_("Consents"))
    given = [
        f"{wording.CONSENTS.get(row.scope, row.scope)} ({row.wording_version}, {row.given_at:%Y-%m-%d})"
        for row in summary.consents
    ]
    paper.words("; ".join(given) or "–")


def _alerts(paper: Paper, summary: Summary, zone: tzinfo) -> None:
    paper.section(_("Alerts in 90 days"))
    rows = [
        (
            f"{alert.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
            str(wording.SEVERITIES.get(alert.severity, alert.severity)),
            alert.description,
            str(wording.DISPOSITIONS.get(alert.disposition, _("open"))),
        )
        for alert in summary.alerts
    ]
    _table(paper, (_("When"), _("Severity"), _("What"), _("Outcome")), rows, (4, 2, 9, 4))


def _check_ins(paper: Paper, summary: Summary, zone: tzinfo) -> None:
    paper.section(_("Check-ins: symptoms 0 (none) to 4 (severe), weight in lb"))
    header = (
        _("When"), _("Breath"), _("Swelling"), _("Fatigue"), _("Sleep"), _("Life"), _("Mood"), _("Weight"),
        _("Missed doses"),
    )  # fmt: skip
    rows = [
        (
            f"{record.recorded_at.astimezone(zone):%Y-%m-%d}",
            *(_known(getattr(record, name)) for name in SCALES),
            _known(record.weight_lb),
            _known(record.missed_doses_week),
        )
        for record in summary.records[:RECORDS]
    ]
    _table(paper, header, rows, (4, 2, 3, 3, 2, 2, 2, 3, 3))


def _voice(paper: Paper, summary: Summary, zone: tzinfo) -> None:
    if not summary.voices:
        return
    paper.section(_("Voice measurements (investigational)"))
    paper.quiet(
        _("Not a diagnosis. The change is counted in the patient’s own usual variation; ±2 is usual.")
    )
    rows = [
        (
            f"{voice.at.astimezone(zone):%Y-%m-%d}",
            number(None if voice.composite_z is None else round(voice.composite_z, 1)),
            f"{voice.segments_measured}/{voice.segments_total}",
            _("counted") if voice.is_usable else _("not counted: quality"),
        )
        for voice in summary.voices[:20]
    ]
    _table(paper, (_("When"), _("Change (SD)"), _("Segments"), _("Quality")), rows, (3, 2, 2, 4))


def _table(paper: Paper, header: tuple[str, ...], rows: list[Any], widths: tuple[int, ...]) -> None:
    if rows:
        paper.rows(header, rows, widths)
    else:
        paper.words(_("None in this period."))


def _known(value: Any) -> str:
    return "–" if value is None else str(value)
