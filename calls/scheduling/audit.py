"""The invariant: every active patient has a next call, or a reason that staff see. Nobody is forgotten in silence."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from alerts.services import task_open, tasks_settle
from alerts.services.tasks import tasks_missing
from calls.models import Call, CallSchedule
from calls.scheduling.eligibility import WhyNone
from calls.scheduling.planning import plan_all
from patients.models import Patient
from patients.services import patient_resume

log = logging.getLogger(__name__)

STUCK_AFTER = timedelta(hours=26)


def checkins_audit(now: datetime | None = None) -> Counter[str]:
    """Plan what can be planned, and give everybody else a reason and a nurse's task. Returns patients per reason."""
    now = now or timezone.now()
    pauses_end(now)  # whoever is active from today on is answered for today, whichever task came first
    plan_all(now, waits=True)  # who is being planned for at this moment is not forgotten
    found: dict[WhyNone, list[Patient]] = defaultdict(list)
    for patient in forgotten(now).select_related("care_team", "call_schedule"):
        found[_reason(patient)].append(patient)
    for why, patients in found.items():
        keys = {f"{patient.pk}:{why.name}:{now:%G-%V}": patient for patient in patients}
        for key in tasks_missing(kind="no_next_call", keys=keys):
            task_open(patient=keys[key], kind="no_next_call", key=key, now=now)
        CallSchedule.objects.filter(patient__in=patients).exclude(why_not_next=why).update(
            why_not_next=why, next_due_at=None
        )
    settled = (
        Patient.objects.active()
        .filter(care_tasks__kind="no_next_call", care_tasks__state="open")
        .exclude(pk__in=forgotten(now).values("pk"))
    )
    for patient in settled.distinct():
        tasks_settle(kind="no_next_call", patient=patient)
    reasons = Counter({why.name.lower(): len(patients) for why, patients in found.items()})
    if reasons:
        log.warning("active patients without a next call: %s", dict(reasons))
    return reasons


def forgotten(now: datetime) -> QuerySet[Patient]:
    """Active patients with no check-in on the line or planned; one that is long overdue is not a plan any more."""
    under_way = Call.objects.filter(
        patient_id=OuterRef("pk"),
        purpose=Call.Purpose.SCHEDULED,
        state__in=[Call.State.PLANNED, *Call.LIVE_STATES],
        planned_for__gt=now - STUCK_AFTER,
    )
    return Patient.objects.active().exclude(Exists(under_way))


def patients_without_next_call(now: datetime | None = None) -> Counter[str]:
    """Patients per reason as the rows stand: what /metrics shows. "unexplained" must stay at 0."""
    rows = forgotten(now or timezone.now()).values_list("call_schedule__why_not_next", flat=True)
    names = {why.value: why.name.lower() for why in WhyNone}
    return Counter(names.get(why or "", "unexplained") for why in rows)


def _reason(patient: Patient) -> WhyNone:
    schedule: CallSchedule | None = getattr(patient, "call_schedule", None)
    if schedule is None:
        return WhyNone.NO_SCHEDULE
    if not schedule.is_active:
        return WhyNone.SWITCHED_OFF
    known = {why.value: why for why in WhyNone}
    return known.get(schedule.why_not_next, WhyNone.OVERDUE)


def pauses_end(now: datetime | None = None) -> int:
    """Patients whose pause was to last until a day that has come are called again. Returns how many."""
    now = now or timezone.now()
    paused = Patient.objects.filter(status=Patient.Status.PAUSED, paused_until__lte=now.date() + timedelta(1))
    resumed = 0
    for patient in paused:
        if patient.paused_until is not None and patient.paused_until <= _today(patient, now):
            patient_resume(patient=patient)
            resumed += 1
    return resumed


def _today(patient: Patient, now: datetime) -> date:
    try:
        return now.astimezone(ZoneInfo(patient.time_zone)).date()
    except (KeyError, ValueError):
        return now.date()
