"""Dials what is due: checks again at dial time, at the carrier's pace, never twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from alerts.phrases import self_test
from alerts.selectors import ruleset_in_force
from calls.budget import scheduled_mode
from calls.models import Call
from calls.scheduling.eligibility import FINAL, Refusal, refusal
from calls.scheduling.facts import OF_CALLS, OF_PATIENTS, OF_SCHEDULES, dial_facts, is_team_on_call
from calls.scheduling.lost_lines import is_owed
from calls.services.rows import call_set
from calls.twilio.client import DialFailed, place_call
from calls.weather import weather_fetch
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam, Patient

log = logging.getLogger(__name__)

PLACER_LOCK = 0x48565043  # one placer at a time holds the pace
CALLS_A_TICK = 5  # the beat ticks every five seconds
LOOKED_AT = 500
LATE_AFTER = timedelta(minutes=15)
STALE_AFTER = timedelta(hours=24)
CLAIM_HOLDS = timedelta(seconds=30)  # an older claim was made by a process that has stood still since
TO_DIAL = ("purpose", "dialled_at", "patient__phone", "patient__emergency_contact_phone")
UNREADABLE = (KeyError, ValueError, TypeError)  # a time zone, date or weekday that is none
BUDGETED = frozenset({Call.Purpose.SCHEDULED, Call.Purpose.FOLLOW_UP})

URGENT_FIRST = Case(
    When(purpose__in=Call.EMERGENCY_PURPOSES, then=Value(0)),
    When(purpose=Call.Purpose.MANUAL, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def place_due(
    now: datetime | None = None,
    *,
    pause: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] = timezone.now,
) -> int:
    """Dial up to five due calls, with a `pause` after each. Returns how many were dialled.

    Of two placers one works: the pace and the number of calls at once hold whatever runs twice. `now` fixes the
    moment; without it each call has its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PLACER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _place_due((lambda: now) if now is not None else clock, pause)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PLACER_LOCK])


def _place_due(clock: Callable[[], datetime], pause: Callable[[], None]) -> int:
    due: QuerySet[Call] = Call.objects.filter(state=Call.State.PLANNED, planned_for__lte=clock())
    if not due.exists():
        return 0
    placed = 0
    is_well, mode = self_test().passed, scheduled_mode(clock())
    due = _put_off(due, clock(), is_scanner_well=is_well)
    for call_id in list(due.order_by(URGENT_FIRST, "planned_for").values_list("pk", flat=True)[:LOOKED_AT]):
        if placed == CALLS_A_TICK or Call.objects.live().count() >= settings.MAX_LIVE_CALLS:
            break
        _ask_for_weather(call_id)
        if _is_ours(call_id, clock(), is_scanner_well=is_well, mode=mode):
            dial(call_id=call_id, clock=clock)
            placed += 1
            pause()
    return placed


def _put_off(due: QuerySet[Call], now: datetime, *, is_scanner_well: bool) -> QuerySet[Call]:
    """What is due without the calls that a whole team, or everybody, must wait with; their rows say why.

    One statement each: a thousand calls that wait for one team's roster hold up nobody else's.
    """
    waiting: list[tuple[Refusal, Q]] = []
    teams = CareTeam.objects.filter(patients__calls__in=due).distinct().values_list("pk", flat=True)
    if uncovered := [team for team in teams if not is_team_on_call(team, now)]:
        waiting.append((Refusal.NOBODY_ON_CALL, Q(patient__care_team__in=uncovered)))
    if not is_scanner_well:
        waiting.append((Refusal.SCANNER_DOWN, Q()))
    for why, which in waiting:
        held = due.filter(which).exclude(purpose__in=Call.EMERGENCY_PURPOSES)
        fresh = list(
            held.exclude(not_called_reason=why).values_list("pk", "patient_id", "patient__care_team_id")
        )
        Call.objects.filter(pk__in=[pk for pk, *_ in fresh], state=Call.State.PLANNED).update(
            not_called_reason=why
        )
        for pk, patient_id, team_id in fresh:
            publish_on_commit("calls", team_id=team_id, call=pk, patient=patient_id)
        due = due.exclude(which & ~Q(purpose__in=Call.EMERGENCY_PURPOSES))
    return due


def _ask_for_weather(call_id: UUID) -> None:
    """Small talk for the prompt. A stranger's server may be slow: asked before the conditions are checked."""
    if settings.WEATHER_URL:
        weather_fetch(*Patient.objects.values_list("city", "state").get(calls=call_id))


def _is_ours(call_id: UUID, now: datetime, *, is_scanner_well: bool, mode: str) -> bool:
    """As `claim`; for a row that cannot be read nobody else waits."""
    try:
        return claim(call_id=call_id, now=now, is_scanner_well=is_scanner_well, mode=mode)
    except UNREADABLE as error:
        _call_off_unreadable(call_id, error, now)
        return False


@transaction.atomic
def claim(*, call_id: UUID, now: datetime, is_scanner_well: bool, mode: str = Call.Mode.ASSISTANT) -> bool:
    """True when the call is now ours to dial: row and patient locked, still planned, every condition checked again.

    `mode` is what carries a call that nobody is waiting for (calls.budget.scheduled_mode).
    """
    call = _locked(call_id)
    if call is None:
        return False
    why = _refusal(call, now, is_scanner_well=is_scanner_well)
    if why is None:
        call.state, call.dialled_at, call.not_called_reason = Call.State.DIALLING, now, ""
        if call.purpose in BUDGETED:
            call.mode = mode
        _save(call)
    elif not _called_off(call, why, now) and call.not_called_reason != why:
        call.not_called_reason = why
        _save(call)
    return why is None


def _refusal(call: Call, now: datetime, *, is_scanner_well: bool) -> Refusal | None:
    """The reason against dialling now. A call for an emergency that waited is not made once the patient was heard, or
    when so much time has passed that a nurse has to decide.
    """
    why = refusal(dial_facts(call, now, is_scanner_well=is_scanner_well), now)
    if call.purpose not in Call.EMERGENCY_PURPOSES:
        return why
    if now - call.planned_for > ruleset_in_force().general["emergency_redial_within_min"].lasts:
        return Refusal.TOO_LATE
    if why is None and call.retry_of is not None and not is_owed(call.retry_of, now):
        return Refusal.HEARD_SINCE
    return why


def calls_call_off(now: datetime | None = None) -> int:
    """Call off what cannot be made any more: the slot's day is over, the patient has left, the wish is a day old.

    Returns how many. What is called off gives way to the patient's next slot.
    """
    now = now or timezone.now()
    late = Call.objects.filter(state=Call.State.PLANNED, planned_for__lt=now - LATE_AFTER)
    return sum(_call_off(call_id, now) for call_id in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _call_off(call_id: UUID, now: datetime) -> bool:
    call = _locked(call_id)
    if call is None:
        return False
    try:
        why = _refusal(call, now, is_scanner_well=True)
    except UNREADABLE as error:
        return _call_off_unreadable(call_id, error, now)
    return why is not None and _called_off(call, why, now)


def _called_off(call: Call, why: Refusal, now: datetime) -> bool:
    """The call is over before it began, if the reason does not pass with time."""
    if why not in FINAL and now - call.planned_for <= STALE_AFTER:
        return False
    call.state, call.ended_at, call.not_called_reason = Call.State.CANCELED, now, why
    call.end_reason = "not_eligible"
    _save(call)
    return True


def _call_off_unreadable(call_id: UUID, error: Exception, now: datetime) -> bool:
    log.error("a planned call cannot be read: %s", type(error).__name__, extra={"call_id": str(call_id)})
    return bool(
        Call.objects.filter(pk=call_id, state=Call.State.PLANNED).update(
            state=Call.State.CANCELED, ended_at=now, end_reason="not_eligible"
        )
    )


def _locked(call_id: UUID) -> Call | None:
    """The planned call with its patient, both locked: two calls of one patient are decided one after the other."""
    call: Call | None = (
        Call.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("schedule")
        .only(*OF_CALLS, *(f"schedule__{name}" for name in OF_SCHEDULES))
        .filter(pk=call_id, state=Call.State.PLANNED)
        .first()
    )
    if call is not None:
        patients = Patient.objects.select_for_update(no_key=True, of=("self",)).only(*OF_PATIENTS)
        call.patient = patients.get(pk=call.patient_id)
    return call


def _save(call: Call) -> None:
    call_set(call, "state", "mode", "dialled_at", "ended_at", "not_called_reason", "end_reason")
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)


def dial(*, call_id: UUID, clock: Callable[[], datetime] = timezone.now) -> None:
    """Ask the carrier to place a claimed call; the outcome is on the row either way."""
    call = Call.objects.select_related("patient").only(*TO_DIAL).get(pk=call_id)
    if call.dialled_at is None or clock() - call.dialled_at > CLAIM_HOLDS:
        _not_placed(call, "not_dialled", clock())
        return
    try:
        sid = place_call(call)
    except DialFailed as failure:
        log.warning("dialling failed", extra={"call_id": str(call.pk), "code": failure.code})
        _not_placed(call, failure.end_reason, clock())
        return
    Call.objects.filter(pk=call.pk, call_sid__isnull=True).update(call_sid=sid)


def _not_placed(call: Call, end_reason: str, now: datetime) -> None:
    Call.objects.filter(pk=call.pk, state=Call.State.DIALLING).update(
        state=Call.State.FAILED, ended_at=now, end_reason=end_reason
    )
