"""What the page of one call reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.shortcuts import get_object_or_404

from alerts.models import Alert, AlertSighting
from calls.checkin import Question, load_protocol
from calls.models import Call, CallIntervention
from heartvoice.dashboard.screens import ScreenShown, screens_of
from heartvoice.dashboard.transcript import Entry, transcript


@dataclass(frozen=True, slots=True)
class Bill:
    """What one service charged for the call."""

    provider: str
    kind: str
    model: str
    items: int
    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call with its stream and what was left open: never asked, or asked and not answered."""

    call: Call
    entries: Sequence[Entry]
    not_asked: Sequence[Question]
    not_answered: Sequence[Question]
    bills: Sequence[Bill]
    interventions: Sequence[CallIntervention]
    screens: Sequence[ScreenShown]
    voice_measured: int
    voice_total: int
    is_live: bool

    @property
    def intervention(self) -> CallIntervention | None:
        """The newest step that a member of staff took."""
        return self.interventions[-1] if self.interventions else None

    @property
    def is_talking(self) -> bool:
        return self.call.state == Call.State.IN_PROGRESS

    @property
    def has_line(self) -> bool:
        """There is a telephone to redirect: not the training softphone, and the network has named the call."""
        return bool(self.call.call_sid) and self.call.purpose != Call.Purpose.SOFTPHONE


def call_page(*, user: Any, call_id: UUID) -> CallPage:
    """The call with everything in place. Ten queries. Raises Http404."""
    visible = Call.objects.visible_to(user).select_related(
        "patient__care_team", "record", "voice", "started_by"
    )
    call = get_object_or_404(visible, pk=call_id)
    turns = list(call.turns.all())
    voices = list(call.voice_biomarkers.defer("speech_content").order_by("start_ms"))
    interventions = list(call.interventions.select_related("by"))
    entries = transcript(
        turns=turns,
        tools=call.tool_calls.all(),
        alerts=_alerts(call),
        voices=voices,
        failures=call.failures.order_by("at"),
        interventions=interventions,
        started_at=call.answered_at,
        call_id=call.pk,
    )
    still_open = _open_questions(call)
    return CallPage(
        call=call,
        entries=entries,
        not_asked=[question for question in still_open if question.id not in call.questions_asked],
        not_answered=[question for question in still_open if question.id in call.questions_asked],
        bills=_bills(call),
        interventions=interventions,
        screens=screens_of(call.pk),
        voice_measured=sum(1 for voice in voices if voice.state == "measured"),
        voice_total=len(voices),
        is_live=call.state in Call.LIVE_STATES,
    )


def planned_call(*, user: Any, call_id: UUID) -> Call:
    """A visible call with its patient. Raises Http404."""
    visible = Call.objects.visible_to(user).select_related("patient__care_team", "schedule")
    return get_object_or_404(visible, pk=call_id)


def _alerts(call: Call) -> QuerySet[Alert]:
    """What the call raised, and what it added to alerts of earlier calls; `sighted_at` is when."""
    of_this = AlertSighting.objects.filter(call=call)
    own = call.patient.alerts.filter(Q(call=call) | Q(pk__in=of_this.values("alert")))
    sighted = of_this.filter(alert=OuterRef("pk")).values("at")[:1]
    return own.annotate(sighted_at=Subquery(sighted)).select_related("owner")


def _bills(call: Call) -> list[Bill]:
    """The cost by service, dearest first. One query."""
    grouped = (
        call.usage_entries.values_list("provider", "kind", "model")
        .annotate(items=Count("pk"), cost=Sum("cost_usd"))
        .order_by("-cost")
    )
    return [Bill(*row) for row in grouped]


def _open_questions(call: Call) -> list[Question]:
    """The protocol's required questions without an answer; none when the call was never connected."""
    if call.answered_at is None:
        return []
    try:
        protocol = load_protocol(call.protocol_version or "checkin-1")
    except (FileNotFoundError, ValueError):
        return []
    return [question for question in protocol.required if question.id not in call.questions_answered]
