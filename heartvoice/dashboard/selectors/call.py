"""What the call page and the board of calls read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404

from calls.checkin import Question, load_protocol
from calls.models import Call
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.transcript import Entry, transcript

LISTED = 60
MISSED_STATES = ("no_answer", "busy", "failed", "canceled", "interrupted")


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call with its stream and what was left open."""

    call: Call
    entries: Sequence[Entry]
    not_answered: Sequence[Question]
    voice_measured: int
    voice_total: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Calls now, to come today and of the last day."""

    live: Sequence[Call]
    upcoming: Sequence[Call]
    missed: Sequence[Call]
    recent: Sequence[Call]
    day: datetime


def call_page(*, user: Any, call_id: UUID) -> CallPage:
    """The call with everything in place. Seven queries. Raises Http404."""
    visible = Call.objects.visible_to(user).select_related(
        "patient__care_team", "record", "voice", "started_by"
    )
    call = get_object_or_404(visible, pk=call_id)
    turns = list(call.turns.all())
    voices = list(call.voice_biomarkers.defer("speech_content").order_by("start_ms"))
    entries = transcript(
        turns=turns,
        tools=call.tool_calls.all(),
        alerts=call.alerts.select_related("owner"),
        voices=voices,
        failures=call.failures.order_by("at"),
        started_at=call.answered_at,
    )
    return CallPage(
        call=call,
        entries=entries,
        not_answered=_not_answered(call),
        voice_measured=sum(1 for voice in voices if voice.state == "measured"),
        voice_total=len(voices),
        is_live=call.state in Call.LIVE_STATES,
    )


def board(*, user: Any, staff: Staff) -> Board:
    """The calls of today and the last 24 hours. Four queries."""
    now = staff.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.visible_to(user).select_related("patient")
    with_alerts = calls.annotate(alert_count=Count("alerts", distinct=True))
    return Board(
        live=list(calls.live().order_by("dialled_at")),
        upcoming=list(
            calls.filter(state="planned", planned_for__lt=midnight + timedelta(days=1)).order_by(
                "planned_for"
            )[:LISTED]
        ),
        missed=list(
            calls.filter(planned_for__gte=now - timedelta(hours=24))
            .filter(Q(state__in=MISSED_STATES) | ~Q(not_called_reason=""))
            .order_by("-planned_for")[:LISTED]
        ),
        recent=list(
            with_alerts.filter(state="completed", ended_at__gte=now - timedelta(hours=24)).order_by(
                "-ended_at"
            )[:LISTED]
        ),
        day=midnight,
    )


def _not_answered(call: Call) -> list[Question]:
    """The protocol's required questions without an answer; none when the call was never connected."""
    if call.answered_at is None:
        return []
    try:
        protocol = load_protocol(call.protocol_version or "checkin-1")
    except (FileNotFoundError, ValueError):
        return []
    return [question for question in protocol.required if question.id not in call.questions_answered]
