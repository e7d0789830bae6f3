"""What the patient page reads: the patient with small facts in one query, then one query for each list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone

from alerts.models import Alert, CareTask
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from biomarkers.change_limits import BASELINE_CALLS
from biomarkers.models import Baseline, CallVoice
from calls.models import Call, FollowUp, StaffCall
from heartvoice.dashboard.selectors import trends
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.triage import NEVER, SEVERITY_ORDER, due_of
from patients.models import (
    Consent,
    Medication,
    Patient,
    PatientNote,
    PatientRecord,
    Proxy,
    ThresholdOverride,
)

RANGES = (28, 90, 365)
LONGEST_DAYS = 1100
WEIGHT_RULE, WEIGHT_PARAMETER = "S01", "gain_lb"
LISTED = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the patient's timeline."""

    at: datetime
    kind: str
    what: Any


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the charts show: the last `days`, or from one date to another."""

    start: datetime
    end: datetime
    days: int | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of the rules that is the patient's own, and what it would be otherwise (None: no such number now)."""

    rule_id: str
    title: str
    parameter: str
    value: float
    usual: float | None
    unit: str
    until: date


@dataclass(frozen=True, slots=True)
class Ring:
    """A member of staff rang the patient through the platform."""

    at: datetime
    by: str
    state: str
    talked_s: int


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """How far the voice baseline is, how good the measurements of the span were, and what may have confused them."""

    has_baseline: bool
    frozen_at: str | None
    collected: int
    needed: int
    usable: int
    measured: int
    confounders: Sequence[tuple[datetime, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Everything on the page."""

    patient: Patient
    alerts: Sequence[Alert]
    medications: Sequence[Medication]
    follow_ups: Sequence[FollowUp]
    next_call: Call | None
    timeline: Sequence[Happening]
    symptoms: Sequence[trends.Trend]
    weights: Sequence[trends.Trend]
    adherence: trends.Trend
    voice: Sequence[trends.Trend]
    standing: VoiceFacts
    span: Span
    thresholds: Sequence[Threshold]
    last_record: PatientRecord | None
    proxies: Sequence[Proxy]
    rules: RuleSet  # those in force


def patient_of(user: Any, patient_id: UUID) -> Patient:
    """The patient with consents, thresholds, voice baseline and tasks as small facts. Raises Http404."""
    consents = Consent.objects.filter(patient=OuterRef("pk"), revoked_at__isnull=True).order_by("scope")
    overrides = ThresholdOverride.objects.filter(patient=OuterRef("pk"), revoked_at__isnull=True)
    holds = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.now().date())
    proxies = Proxy.objects.filter(holds, patient=OuterRef("pk"), revoked_at__isnull=True)
    baselines = Baseline.objects.filter(patient=OuterRef("pk"), superseded_at__isnull=True)
    usable = CallVoice.objects.filter(patient=OuterRef("pk"), is_usable=True).order_by().values("patient")
    tasks = CareTask.objects.filter(patient=OuterRef("pk"), state="open").order_by("due_at")
    rings = StaffCall.objects.filter(patient=OuterRef("pk")).order_by("-created_at")
    visible = (
        Patient.objects.visible_to(user)
        .select_related("care_team", "owner", "call_schedule")
        .annotate(
            consent_facts=ArraySubquery(
                consents.values(
                    fact=JSONObject(scope="scope", version="wording_version", given_at="given_at")
                )
            ),
            proxy_facts=ArraySubquery(
                proxies.order_by("created_at").values(
                    fact=JSONObject(name="name", relation="relation", level="level", until="valid_until")
                )
            ),
            override_facts=ArraySubquery(
                overrides.values(
                    fact=JSONObject(rule="rule_id", parameter="parameter", value="value", until="valid_until")
                )
            ),
            baseline_facts=ArraySubquery(
                baselines.order_by("-frozen_at").values(
                    fact=JSONObject(features="features", frozen_at="frozen_at")
                )[:1]
            ),
            ring_facts=ArraySubquery(
                rings.values(
                    fact=JSONObject(
                        at="created_at",
                        state="state",
                        talked_s="talked_s",
                        first="by__first_name",
                        last="by__last_name",
                        name="by__username",
                    )
                )[: 2 * LISTED]
            ),
            task_facts=ArraySubquery(tasks.values(fact=JSONObject(kind="kind", due_at="due_at"))[:10]),
            usable_calls=Coalesce(Subquery(usable.annotate(n=Count("pk")).values("n")), 0),
        )
    )
    return get_object_or_404(visible, pk=patient_id)


def span_of(*, now: datetime, days: str = "", start: str = "", end: str = "") -> Span:
    """The span that the address asks for; 90 days when it asks for nothing that can be shown."""
    asked_from, asked_to = _date(start), _date(end)
    if asked_from is not None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + (asked_from - now.date())
        last = min(midnight + ((asked_to or now.date()) - now.date()) + timedelta(days=1), now)
        if timedelta(hours=12) <= last - first <= timedelta(days=LONGEST_DAYS):
            return Span(first, last, None)
    length = int(days) if days in map(str, RANGES) else 90
    return Span(now - timedelta(days=length), now, length)


def patient_page(patient: Patient, *, staff: Staff, span: Span) -> PatientPage:
    """The page of a patient from `patient_of`. Seven queries, whatever the length of the history."""
    period = trends.Period(span.start, span.end, staff.zone)
    rules = ruleset_in_force()
    told = list(
        PatientRecord.objects.filter(patient=patient, recorded_at__range=(span.start, span.end))
        .defer("notes")
        .order_by("recorded_at")
    )
    records = [record for record in told if not record.is_score_only]
    in_period = Q(planned_for__range=(span.start, span.end)) | Q(state__in=("planned", *Call.LIVE_STATES))
    calls = list(
        Call.objects.filter(in_period, patient=patient).select_related("voice").order_by("planned_for")
    )
    alerts = list(
        Alert.objects.filter(patient=patient)
        .filter(~Q(state="resolved") | Q(created_at__range=(span.start, span.end)))
        .select_related("owner")
        .order_by("-created_at")[:200]
    )
    notes = list(PatientNote.objects.filter(patient=patient).select_related("author")[:LISTED])
    follow_ups = list(
        FollowUp.objects.filter(patient=patient)
        .filter(Q(state="open") | Q(created_at__range=(span.start, span.end)))
        .order_by(Case(When(state="open", then=Value(0)), default=Value(1)), "due_at")[:LISTED]
    )
    medications = list(Medication.objects.filter(patient=patient).order_by("-is_active", "medication_class"))
    missed = trends.missed_times(calls, records, period)
    voices = [call.voice for call in calls if hasattr(call, "voice")]
    own = patient.baseline_facts[0] if patient.baseline_facts else {}  # type: ignore[attr-defined]
    thresholds = thresholds_of(patient, rules)
    return PatientPage(
        patient=patient,
        alerts=sorted((alert for alert in alerts if alert.state != "resolved"), key=_urgency),
        medications=medications,
        follow_ups=[each for each in follow_ups if each.state == "open"],
        next_call=next((call for call in calls if call.state == "planned"), None),
        timeline=_timeline(calls, alerts, notes, follow_ups, medications, rings_of(patient), span),
        symptoms=[*trends.symptom_trends(records, missed, period, rules), *trends.kccq_trend(told, period)],
        weights=trends.weight_trends(records, missed, period, limit_lb=_weight_limit(thresholds, rules)),
        adherence=trends.adherence_trend(records, missed, period),
        voice=trends.voice_trends(voices, own.get("features") or {}, period),
        standing=_voice_facts(patient, own, voices, period),
        span=span,
        thresholds=thresholds,
        last_record=records[-1] if records else None,
        proxies=proxies_of(patient),
        rules=rules,
    )


def proxies_of(patient: Patient) -> list[Proxy]:
    """Who may speak for the patient now, and how far, from a patient of `patient_of`. Not rows to be saved."""
    name: Any = Proxy._meta.get_field("name")
    return [
        Proxy(
            name=name.from_db_value(fact["name"], None, None),
            relation=fact["relation"],
            level=fact["level"],
            valid_until=_date(fact["until"] or ""),
        )
        for fact in patient.proxy_facts  # type: ignore[attr-defined]
    ]


def thresholds_of(patient: Patient, rules: RuleSet) -> list[Threshold]:
    """The patient's own numbers beside those of the rules in force."""
    found = []
    for fact in patient.override_facts:  # type: ignore[attr-defined]
        rule = rules.rules.get(fact["rule"])
        parameter = rule.params.get(fact["parameter"]) if rule else None
        found.append(
            Threshold(
                rule_id=fact["rule"],
                title=rule.title if rule else "",
                parameter=fact["parameter"],
                value=float(fact["value"]),
                usual=parameter.value if parameter else None,
                unit=parameter.unit if parameter else "",
                until=date.fromisoformat(fact["until"]),
            )
        )
    return found


def rings_of(patient: Patient) -> list[Ring]:
    """The newest calls of staff to a patient from `patient_of`."""
    return [
        Ring(
            at=datetime.fromisoformat(fact["at"]),
            by=f"{fact['first']} {fact['last']}".strip() or fact["name"],
            state=fact["state"],
            talked_s=fact["talked_s"],
        )
        for fact in patient.ring_facts  # type: ignore[attr-defined]
    ]


def _urgency(alert: Alert) -> tuple[int, datetime]:
    return SEVERITY_ORDER.get(alert.severity, len(SEVERITY_ORDER)), due_of(alert) or NEVER


def _timeline(
    calls: Sequence[Call],
    alerts: Sequence[Alert],
    notes: Sequence[PatientNote],
    follow_ups: Sequence[FollowUp],
    medications: Sequence[Medication],
    rings: Sequence[Ring],
    span: Span,
) -> list[Happening]:
    """Calls of Maya and of the team, alerts, notes, follow-ups and changes of medicines, newest first."""
    everything = [Happening(call.planned_for, "call", call) for call in calls if call.state != "planned"]
    everything += [Happening(ring.at, "staff_call", ring) for ring in rings]
    everything += [Happening(alert.created_at, "alert", alert) for alert in alerts]
    everything += [Happening(note.created_at, "note", note) for note in notes]
    everything += [Happening(each.created_at, "follow_up", each) for each in follow_ups]
    for medication in medications:
        if medication.started_on is not None:
            everything.append(Happening(_noon(medication.started_on, span), "started", medication))
        if medication.stopped_on is not None:
            everything.append(Happening(_noon(medication.stopped_on, span), "stopped", medication))
    in_span = [each for each in everything if span.start <= each.at <= span.end]
    return sorted(in_span, key=lambda each: each.at, reverse=True)[: 2 * LISTED]


def _noon(on: date, span: Span) -> datetime:
    """A day as a moment in the page's zone: medicines change on a date, not at a time."""
    return datetime.combine(on, time(12), span.end.tzinfo)


def _voice_facts(
    patient: Patient, own: dict[str, Any], voices: Sequence[CallVoice], period: trends.Period
) -> VoiceFacts:
    return VoiceFacts(
        has_baseline=bool(own.get("features")),
        frozen_at=own.get("frozen_at"),
        collected=min(patient.usable_calls, BASELINE_CALLS),  # type: ignore[attr-defined]
        needed=BASELINE_CALLS,
        usable=sum(1 for voice in voices if voice.is_usable),
        measured=len(voices),
        confounders=[
            (period.local(voice.at), [str(each) for each in voice.confounders])
            for voice in reversed(voices)
            if voice.confounders
        ],
    )


def _weight_limit(thresholds: Sequence[Threshold], rules: RuleSet) -> float:
    """The gain in a day that raises an alert for this patient, in lb: their own number, or that of the rules in force."""
    own = [each for each in thresholds if (each.rule_id, each.parameter) == (WEIGHT_RULE, WEIGHT_PARAMETER)]
    return own[0].value if own else rules.rule(WEIGHT_RULE)[WEIGHT_PARAMETER]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
