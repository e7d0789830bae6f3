"""Dials what is due: checks again at dial time, one call a second, never twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from alerts.phrases import self_test
from calls.budget import is_within_budget
from calls.models import Call
from calls.scheduling.eligibility import Refusal, refusal
from calls.scheduling.facts import dial_facts
from calls.twilio.client import DialFailed, place_call
from calls.weather import weather_fetch
from heartvoice.shared.live import publish_on_commit

log = logging.getLogger(__name__)

PLACER_LOCK = 0x48565043  # one placer at a time holds the pace of one call a second
CALLS_A_TICK = 5  # the beat ticks every five seconds
STALE_AFTER = timedelta(hours=12)
FINAL = frozenset({Refusal.NOT_ACTIVE, Refusal.NO_CONSENT, Refusal.INTERPRETER})


def place_due(now: datetime | None = None, *, pause: Callable[[], None] = lambda: None) -> int:
    """Dial up to five due calls, `pause`d between. Returns how many were dialled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PLACER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _place_due(now, pause)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PLACER_LOCK])


def _place_due(now: datetime | None, pause: Callable[[], None]) -> int:
    placed = 0
    scanner_well, within_budget = self_test(), is_within_budget()
    due = Call.objects.filter(state=Call.State.PLANNED, planned_for__lte=now or timezone.now()).order_by(
        "planned_for"
    )
    for call_id in due.values_list("pk", flat=True)[: CALLS_A_TICK * 10]:
        if placed == CALLS_A_TICK or Call.objects.live().count() >= settings.MAX_LIVE_CALLS:
            break
        if placed:
            pause()
        moment = now or timezone.now()
        if claim(call_id=call_id, now=moment, is_scanner_well=scanner_well, is_within_budget=within_budget):
            dial(call_id=call_id)
            placed += 1
    return placed


@transaction.atomic
def claim(*, call_id: object, now: datetime, is_scanner_well: bool, is_within_budget: bool) -> bool:
    """True when the call is now ours to dial: row locked, still planned, every condition checked again."""
    call = (
        Call.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("patient", "schedule")
        .filter(pk=call_id, state=Call.State.PLANNED)
        .first()
    )
    if call is None:
        return False
    why = refusal(
        dial_facts(call, now, is_within_budget=is_within_budget, is_scanner_well=is_scanner_well), now
    )
    if why is None:
        call.state, call.dialled_at, call.not_called_reason = Call.State.DIALLING, now, ""
    elif why in FINAL or now - call.planned_for > STALE_AFTER:
        call.state, call.ended_at, call.not_called_reason = Call.State.CANCELED, now, why
        call.end_reason = "not_eligible"
    elif call.not_called_reason == why:
        return False
    else:
        call.not_called_reason = why
    call.save(update_fields=["state", "dialled_at", "ended_at", "not_called_reason", "end_reason"])
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return why is None


def dial(*, call_id: object) -> None:
    """Ask the carrier to place a claimed call; the outcome is on the row either way."""
    call = Call.objects.select_related("patient").get(pk=call_id)
    weather_fetch(call.patient.city, call.patient.state)
    try:
        sid = place_call(call)
    except DialFailed as failure:
        log.warning("dialling failed", extra={"call_id": str(call.pk), "code": failure.code})
        Call.objects.filter(pk=call.pk, state=Call.State.DIALLING).update(
            state=Call.State.FAILED, ended_at=timezone.now(), end_reason=failure.end_reason
        )
        return
    Call.objects.filter(pk=call.pk, call_sid__isnull=True).update(call_sid=sid)
