"""What the board of calls reads: who is on the line with the last words, what is to come by the hour, what was missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from alerts.models import CallFlag
from calls.models import Call, CallIntervention, CallSchedule, StaffCall, Turn
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.triage import SEVERITY_ORDER

LISTED = 60
LAST_TURNS = 4
MISSED_STATES = ("no_answer", "busy", "failed", "canceled", "interrupted")
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call on the line: the last words of it, what they raised, and who of the staff stepped in."""

    call: Call
    turns: Sequence[Turn]
    flags: Sequence[CallFlag]
    intervention: CallIntervention | None

    @property
    def is_talking(self) -> bool:
        return self.call.state == Call.State.IN_PROGRESS

    @property
    def has_line(self) -> bool:
        """There is a telephone to redirect: not the training softphone, and the network has named the call."""
        return bool(self.call.call_sid) and self.call.purpose != Call.Purpose.SOFTPHONE


@dataclass(frozen=True, slots=True)
class Hour:
    """The calls planned within one hour of the local day."""

    starts_at: datetime
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Board:
    """Calls to come today, and of the last day; `uncalled` are patients without a next call."""

    hours: Sequence[Hour]
    upcoming: int
    overdue: Sequence[Call]
    missed: Sequence[Call]
    recent: Sequence[Call]
    uncalled: Sequence[CallSchedule]
    staff_calls: Sequence[StaffCall]
    listed: int = LISTED  # the longest that a list gets

    def patient_ids(self) -> set[UUID]:
        """Everybody whose name is on the board."""
        planned = [call for hour in self.hours for call in hour.calls]
        rows = [*planned, *self.overdue, *self.missed, *self.recent, *self.uncalled, *self.staff_calls]
        return {row.patient_id for row in rows}


def live_calls(*, user: Any) -> list[LiveCall]:
    """The calls on the line, worst first. Four queries, whatever their number."""
    calls = list(
        Call.objects.visible_to(user).live().select_related("patient", "started_by").order_by("dialled_at")
    )
    ids = [call.pk for call in calls]
    turns = _last_turns(ids)
    flags: dict[UUID, list[CallFlag]] = {}
    for flag in CallFlag.objects.filter(call_id__in=ids).defer("utterance").order_by("heard_at"):
        flags.setdefault(flag.call_id, []).append(flag)
    asked = CallIntervention.objects.filter(call_id__in=ids).select_related("by").order_by("created_at")
    stepped_in = {row.call_id: row for row in asked}
    found = [
        LiveCall(call, turns.get(call.pk, []), _worst_first(flags.get(call.pk, [])), stepped_in.get(call.pk))
        for call in calls
    ]
    return sorted(found, key=lambda each: _rank(each.flags))


def board(*, user: Any, staff: Staff) -> Board:
    """The calls of today and the last 24 hours. Six queries."""
    now = staff.now()
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    calls = Call.objects.visible_to(user).select_related("patient")
    planned = list(calls.filter(state="planned", planned_for__lt=tomorrow).order_by("planned_for")[:LISTED])
    later = [call for call in planned if call.planned_for >= now]
    with_alerts = calls.annotate(alert_count=Count("alerts", distinct=True))
    return Board(
        hours=by_hour(later, staff),
        upcoming=LISTED if len(planned) == LISTED else len(later),
        overdue=[call for call in planned if call.planned_for < now],
        missed=list(
            calls.filter(planned_for__gte=now - DAY)
            .filter(Q(state__in=MISSED_STATES) | ~Q(not_called_reason="") & ~Q(state="planned"))
            .order_by("-planned_for")[:LISTED]
        ),
        recent=list(
            with_alerts.filter(state="completed", ended_at__gte=now - DAY).order_by("-ended_at")[:LISTED]
        ),
        uncalled=list(
            CallSchedule.objects.filter(patient__care_team__in=list(staff.roles), patient__status="active")
            .exclude(why_not_next="")
            .select_related("patient")
            .order_by("pk")[:LISTED]
        ),
        staff_calls=list(
            StaffCall.objects.filter(patient__care_team__in=list(staff.roles), created_at__gte=now - DAY)
            .select_related("patient", "by")
            .order_by("-created_at")[:LISTED]
        ),
    )


def by_hour(calls: Iterable[Call], staff: Staff) -> list[Hour]:
    """Calls in the order of their time as hours of the person's own day."""

    def hour(call: Call) -> datetime:
        return call.planned_for.astimezone(staff.zone).replace(minute=0, second=0, microsecond=0)

    return [Hour(starts, list(group)) for starts, group in groupby(calls, key=hour)]


def _last_turns(call_ids: Sequence[UUID]) -> dict[UUID, list[Turn]]:
    """The newest turns of each call, oldest first. One query."""
    newest_first = Window(RowNumber(), partition_by=F("call_id"), order_by=F("sequence").desc())
    found: dict[UUID, list[Turn]] = {}
    turns = Turn.objects.filter(call_id__in=call_ids).annotate(place=newest_first)
    for turn in turns.filter(place__lte=LAST_TURNS).order_by("sequence"):
        found.setdefault(turn.call_id, []).append(turn)
    return found


def _worst_first(flags: Sequence[CallFlag]) -> list[CallFlag]:
    return sorted(flags, key=lambda flag: SEVERITY_ORDER.get(flag.severity, len(SEVERITY_ORDER)))


def _rank(flags: Sequence[CallFlag]) -> int:
    return SEVERITY_ORDER.get(flags[0].severity, len(SEVERITY_ORDER)) if flags else len(SEVERITY_ORDER)
