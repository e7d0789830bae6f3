"""What the worklist reads: every open alert in outline, and in full only the cards of one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, F, FloatField, Q, When, Window
from django.db.models.functions import Cast, Extract, RowNumber

from alerts.models import Alert
from alerts.selectors import ruleset_in_force
from heartvoice.dashboard.alert_actions import next_step, offered
from heartvoice.dashboard.evidence import Evidence, evidence_of
from heartvoice.dashboard.forms import FORMS
from heartvoice.dashboard.sparkline import Spark, spark
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.triage import (
    IN_HAND,
    Card,
    Choice,
    Counts,
    OpenAlert,
    cards,
    counts,
    due_of,
    is_recent,
)
from heartvoice.dashboard.wording import ACTION_KEYS
from patients.models import Medication, Patient, PatientRecord

PAGE_SIZE = 25
CHECKINS_SHOWN = 4
# What a row shows: every sealed column more is 25 values opened for nothing.
ROW_OF_PATIENT = (
    "care_team_id", "first_name", "last_name", "date_of_birth", "sex", "phone", "time_zone", "nyha_class", "on_blood_thinner",
    "has_icd",
)  # fmt: skip
NOT_IN_ROW = ("inputs", "recommended_action", "resolution_note", "owner__password", "owner__phone")
SPARK_SCALES = ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty")


def unix_seconds(moment: Any) -> Cast:
    """A time as one number. In UTC outright: otherwise the page's zone would shift it."""
    return Cast(Extract(moment, "epoch", tzinfo=UTC), FloatField())


# `triage.due_of` as SQL: thousands of deadlines are cheaper as one number each than as four times.
DUE_AT = Case(
    When(state="snoozed", then=F("snoozed_until")),
    When(state__in=sorted(IN_HAND), contacted_at__isnull=True, then=F("contact_due_at")),
    When(~Q(state__in=sorted(IN_HAND)), then=F("acknowledge_due_at")),
)
OUTLINE = (
    "id", "patient_id", "severity", "alert_type", "state", "owner_id", unix_seconds(DUE_AT),
    unix_seconds("created_at"), "patient__discharged_on",
)  # fmt: skip


class CheckIn(NamedTuple):
    """What a card shows of one check-in. None: not known."""

    weight_change_lb: Decimal | None
    shortness_of_breath: int | None
    swelling: int | None
    fatigue: int | None
    sleep_difficulty: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One patient's card with what a nurse reads on it."""

    card: Card
    alert: Alert
    patient: Patient
    others: Sequence[Alert]
    due_at: datetime | None
    evidence: Evidence | None
    spark: Spark
    weight_change_lb: float | None
    drugs: Sequence[str]
    discharged_days: int | None
    is_mine: bool
    next_action: str
    forms: str  # the keys of what needs words, and their actions: "s:snooze r:resolve"

    @property
    def may_bulk(self) -> bool:
        """Medium and low ones that nobody has: claiming or snoozing several of these at once is safe."""
        is_mild = self.alert.severity in ("medium", "low") and self.alert.alert_type != "emergency"
        return is_mild and self.alert.owner_id is None and self.next_action == "acknowledge"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the worklist, and the counts over all of it."""

    rows: Sequence[Row]
    counts: Counts
    total: int
    number: int
    pages: int
    now: datetime


def worklist(*, user: Any, staff: Staff, choice: Choice, page: int = 1) -> Page:
    """The worklist under a filter. Six queries, whatever the number of patients and alerts."""
    now = staff.now()
    visible = Alert.objects.visible_to(user).open()
    if choice.team in {str(team) for team in staff.roles}:
        visible = visible.filter(patient__care_team_id=choice.team)
    outlines = visible.values_list(*OUTLINE)
    recent_days = ruleset_in_force()["recent_discharge_days"]
    every = cards(map(OpenAlert._make, outlines), today=now.date(), recent_days=recent_days)
    now_s = now.timestamp()
    marked = [(card, card.marks(user_id=staff.user_id, now_s=now_s)) for card in every]
    shown = [card for card, marks in marked if choice.shows(card, marks)]
    pages = max(1, -(-len(shown) // PAGE_SIZE))
    number = min(max(page, 1), pages)
    on_page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(
        rows=rows_of(on_page, user=user, staff=staff, now=now, recent_days=recent_days),
        counts=counts(marked, choice),
        total=len(shown),
        number=number,
        pages=pages,
        now=now,
    )


def _days_since(discharged_on: date | None, today: date, recent_days: float) -> int | None:
    """Days since a recent discharge, None for any other."""
    if discharged_on is None or not is_recent(discharged_on, today=today, recent_days=recent_days):
        return None
    return (today - discharged_on).days


def rows_of(some: Sequence[Card], *, user: Any, staff: Staff, now: datetime, recent_days: float) -> list[Row]:
    """The cards in full: alerts with patient and owner, last check-ins, medicines."""
    alert_ids = [alert.id for card in some for alert in card.alerts]
    patient_ids = [card.patient_id for card in some]
    alerts = Alert.objects.select_related("owner").defer(*NOT_IN_ROW).in_bulk(alert_ids)
    patients = Patient.objects.visible_to(user).only(*ROW_OF_PATIENT).in_bulk(patient_ids)
    records = last_records(patient_ids)
    drugs = drug_names(patient_ids)
    rows = []
    for card in some:
        group = [alerts[alert.id] for alert in card.alerts if alert.id in alerts]
        if not group or card.patient_id not in patients:  # removed between the reads
            continue
        for alert in group:
            alert.patient = patients[card.patient_id]
        actions = offered(group[0], staff)
        checkins = records.get(card.patient_id, [])
        rows.append(
            Row(
                card=card,
                alert=group[0],
                patient=patients[card.patient_id],
                others=group[1:],
                due_at=due_of(group[0]),
                evidence=evidence_of(group[0].evidence, call_id=group[0].call_id),
                spark=spark([(scale, [getattr(each, scale) for each in checkins]) for scale in SPARK_SCALES]),
                weight_change_lb=_as_float(checkins[-1].weight_change_lb) if checkins else None,
                drugs=drugs.get(card.patient_id, []),
                discharged_days=_days_since(card.lead.discharged_on, now.date(), recent_days),
                is_mine=card.is_owned_by(staff.user_id),
                next_action=next_step(actions) or "",
                forms=" ".join(f"{ACTION_KEYS[action]}:{action}" for action in actions if action in FORMS),
            )
        )
    return rows


def last_records(patient_ids: Iterable[UUID], count: int = CHECKINS_SHOWN) -> Mapping[UUID, list[CheckIn]]:
    """The newest check-ins of each patient, oldest first. One query."""
    newest_first = Window(RowNumber(), partition_by=F("patient_id"), order_by=F("recorded_at").desc())
    records = (
        PatientRecord.objects.check_ins()
        .filter(patient_id__in=list(patient_ids))
        .annotate(place=newest_first)
        .filter(place__lte=count)
        .order_by("recorded_at")
        .values_list("patient_id", "weight_change_lb", *SPARK_SCALES)
    )
    found: dict[UUID, list[CheckIn]] = {}
    for patient_id, *values in records:
        found.setdefault(patient_id, []).append(CheckIn._make(values))
    return found


def drug_names(patient_ids: Iterable[UUID]) -> Mapping[UUID, list[str]]:
    """The active medicines of each patient by name. One query."""
    found: dict[UUID, list[str]] = {}
    active = Medication.objects.filter(patient_id__in=list(patient_ids), is_active=True)
    ordered = active.order_by("medication_class", "created_at")
    for patient_id, name in ordered.values_list("patient_id", "name"):
        found.setdefault(patient_id, []).append(name)
    return found


def _as_float(value: Any) -> float | None:
    return None if value is None else float(value)
