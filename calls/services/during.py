"""What is written while a call runs. Each is idempotent: the writer repeats what it is not sure of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from calls.checkin import load_protocol
from calls.events import Usage
from calls.models import Call, CallFailure, ToolCall, Turn, UsageEntry
from calls.pricing import minutes_cost, prices, response_cost, transcription_cost
from calls.services.rows import call_set
from heartvoice.shared.live import publish_on_commit

MAX_TURN_CHARS = 8_000


@transaction.atomic
def turn_add(
    *,
    call_id: UUID,
    speaker: str,
    item: str,
    text: str,
    start_ms: int,
    end_ms: int,
    is_interrupted: bool = False,
    question_id: str = "",
    flags: Sequence[str] = (),
) -> Turn:
    """One turn as it was heard; turns are in the order in which they began. The same item corrects its text."""
    turn, _ = Turn.objects.update_or_create(
        call_id=call_id,
        item_id=item[:64],
        defaults={
            "speaker": speaker,
            "text": text[:MAX_TURN_CHARS],
            "start_ms": start_ms,
            "end_ms": max(end_ms, start_ms),
            "is_interrupted": is_interrupted,
            "question_id": question_id,
            "flags": sorted(flags),
        },
        create_defaults={
            "sequence": start_ms,
            "speaker": speaker,
            "text": text[:MAX_TURN_CHARS],
            "start_ms": start_ms,
            "end_ms": max(end_ms, start_ms),
            "is_interrupted": is_interrupted,
            "question_id": question_id,
            "flags": sorted(flags),
        },
    )
    team_id = Call.objects.values_list("patient__care_team_id", flat=True).get(pk=call_id)
    publish_on_commit("turns", team_id=team_id, call=call_id)
    return turn


def tool_call_record(
    *,
    call_id: UUID,
    model_call_id: str,
    name: str,
    arguments: Any,
    result: Mapping[str, Any],
    at_ms: int = 0,
    duration_ms: int = 0,
) -> ToolCall:
    """What the model asked for and what came of it. The first answer to a call id stands."""
    row, _ = ToolCall.objects.get_or_create(
        call_id=call_id,
        model_call_id=model_call_id[:80],
        defaults={
            "name": name[:60],
            "arguments": arguments,
            "result": dict(result),
            "is_ok": bool(result.get("ok")),
            "error_code": str(result.get("error", ""))[:40],
            "at_ms": max(at_ms, 0),
            "duration_ms": max(duration_ms, 0),
        },
    )
    return row


@transaction.atomic
def usage_add(
    *, call_id: UUID, kind: str, provider: str, model: str, reference: str, usage: Usage
) -> Decimal:
    """The bill of one response, transcription or stretch of minutes, in US dollars; the call's sums grow.

    The same reference again: nothing.
    """
    match kind:
        case UsageEntry.Kind.TRANSCRIPTION:
            cost = transcription_cost(usage, model)
        case UsageEntry.Kind.MINUTES:
            cost = minutes_cost(usage.seconds, provider)
        case _:
            cost = response_cost(usage, model)
    _, is_new = UsageEntry.objects.get_or_create(
        call_id=call_id,
        kind=kind,
        reference=reference[:80],
        defaults={
            "provider": provider,
            "model": model,
            "input_text_tokens": usage.text_in,
            "input_audio_tokens": usage.audio_in,
            "cached_text_tokens": usage.text_in_cached,
            "cached_audio_tokens": usage.audio_in_cached,
            "output_text_tokens": usage.text_out,
            "output_audio_tokens": usage.audio_out,
            "seconds": usage.seconds,
            "price_version": prices().version,
            "cost_usd": cost,
        },
    )
    if is_new:
        Call.objects.filter(pk=call_id).update(
            input_tokens=F("input_tokens") + usage.text_in + usage.audio_in,
            output_tokens=F("output_tokens") + usage.text_out + usage.audio_out,
            cost_usd=F("cost_usd") + cost,
        )
    return cost


def progress_save(
    *,
    call_id: UUID,
    asked: Sequence[str],
    answered: Sequence[str],
    phase_s: Mapping[str, int] | None = None,
) -> None:
    """What has been asked and answered, and the seconds in each phase. Never forgets an answer."""
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call_id)
        call.questions_asked = list(dict.fromkeys([*call.questions_asked, *asked]))
        call.questions_answered = list(dict.fromkeys([*call.questions_answered, *answered]))
        required = load_protocol(call.protocol_version or "checkin-1").required
        done = sum(question.id in call.questions_answered for question in required)
        call.completion_percent = round(100 * done / len(required))
        call.is_completed = done == len(required)
        call.phase_s = {**call.phase_s, **(phase_s or {})}
        call_set(
            call, "questions_asked", "questions_answered", "completion_percent", "is_completed", "phase_s"
        )


def figures_save(*, call_id: UUID, latency_ms: Mapping[str, float], counters: Mapping[str, int]) -> None:
    """How the line and the model performed."""
    Call.objects.filter(pk=call_id).update(latency_ms=dict(latency_ms), counters=dict(counters))


def failure_note(
    *,
    call_id: UUID,
    error_type: str,
    error_code: str = "",
    strategy: str = "",
    result: str = "",
    at: datetime | None = None,
) -> None:
    """Something failed, what was done about it, and whether that worked. The same moment again: nothing."""
    CallFailure.objects.get_or_create(
        call_id=call_id,
        at=at or timezone.now(),
        error_type=error_type[:40],
        error_code=error_code[:80],
        defaults={"strategy": strategy[:40], "result": result[:40]},
    )
