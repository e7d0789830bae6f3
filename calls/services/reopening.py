"""A call that was handed to a person who could not take it: the patient comes back to Maya, who keeps the line."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alerts.models import AlertSighting, CallFlag
from alerts.phrases.flags import LOST, LOST_RULE
from alerts.services.merging import MODEL_TOPIC
from alerts.services.voice_faults import TRANSFER_RULE
from alerts.severity import AlertType, Severity
from calls.alarm import kind_of
from calls.events import EndReason
from calls.models import Call, CallFailure, StreamToken
from calls.services.rows import call_set
from calls.services.starting import TOKEN_LIFE, stream_token, token_hash

NOBODY = "nobody_took_the_call"
OF_THE_LINE = (
    LOST_RULE,
    TRANSFER_RULE,
)  # a lost line, a person who did not come: nothing that the patient has
MOST = 2  # times that a patient is brought back; then the telephone network's own words must do
MAY_COME_BACK = (
    EndReason.HUMAN_REQUEST,
    EndReason.MODEL_LOST,
    EndReason.TAKEN_OVER,
    EndReason.DETECTOR_DOWN,
)


def is_in_crisis(call: Call) -> bool:
    """True when this call has an emergency that is critical: its line is not hung up by us."""
    return bool(
        CallFlag.objects.filter(
            call=call, alert_type=AlertType.EMERGENCY, severity=Severity.CRITICAL
        ).exists()
        or AlertSighting.objects.critical_emergencies().filter(call=call).exists()
    )


def known_kinds(call: Call) -> frozenset[str]:
    """The emergencies of this call that are critical: their scripts have been read out."""
    flags = CallFlag.objects.filter(
        call=call, alert_type=AlertType.EMERGENCY, severity=Severity.CRITICAL
    ).values_list("flag", flat=True)
    seen = AlertSighting.objects.critical_emergencies().filter(call=call)
    return frozenset(map(kind_of, (*flags, *_named(seen))))


def _named(seen: QuerySet[AlertSighting]) -> Iterator[str]:
    """The emergency that each of these sightings tells of; the voice model's are named like any other."""
    topics = seen.exclude(rule_id__in=OF_THE_LINE).values_list("alert__topic", flat=True)
    return (topic.removeprefix(MODEL_TOPIC) for topic in topics)


def _told_in(calls: Q) -> set[str]:
    """The emergencies told of in these calls, critical or not: by words, by a score or a key, or by the voice model."""
    flags = set(
        CallFlag.objects.filter(calls, alert_type=AlertType.EMERGENCY).values_list("flag", flat=True)
    ) - {LOST}
    by_words = set(map(kind_of, flags))
    return flags | (set(_named(AlertSighting.objects.emergencies().filter(calls))) - by_words)


def crisis_flags(call: Call) -> tuple[str, ...]:
    """The emergencies of a call that was brought back because nobody could take it; empty for any other call."""
    if not CallFailure.objects.filter(call=call, error_type=NOBODY).exists():
        return ()
    return tuple(sorted(_told_in(Q(call=call)))) or (NOBODY,)


def earlier_flags(call: Call) -> tuple[str, ...]:
    """The emergencies after which the line was lost that this call rings again for; empty for any other call.

    What the redials before this one were told belongs to it.
    """
    if call.purpose != Call.Purpose.EMERGENCY_REDIAL or call.retry_of_id is None:
        return ()
    redials = Q(call__retry_of=call.retry_of_id, call__purpose=call.purpose) & ~Q(call=call)
    return tuple(sorted(_told_in(Q(call=call.retry_of_id) | redials)))


@transaction.atomic
def call_reopen(*, call_id: UUID) -> str:
    """The right to one more media stream for a call whose transfer nobody took, "" when it may not come back."""
    call = _brought_back(call_id, "back_to_maya")
    if call is None:
        return ""
    token = stream_token(call, f"reopened|{_times(call)}")
    StreamToken.objects.create(
        token_hash=token_hash(token),
        call=call,
        call_sid=call.call_sid,
        expires_at=timezone.now() + TOKEN_LIFE,
    )
    return token


@transaction.atomic
def call_brought_back(*, call_id: UUID) -> bool:
    """The same without a stream: the telephone network's own voice has the patient again."""
    return _brought_back(call_id, "back_to_questions") is not None


def _times(call: Call) -> int:
    return CallFailure.objects.filter(call=call, error_type=NOBODY).count()


def _brought_back(call_id: UUID, strategy: str) -> Call | None:
    """The one way in which a call's state goes back: the patient is still on the line, and we have it again."""
    call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call_id)
    is_ours = bool(call.call_sid) and call.end_reason in MAY_COME_BACK
    if not is_ours or _times(call) >= MOST or not is_in_crisis(call):
        return None
    now = timezone.now()
    CallFailure.objects.create(call=call, at=now, error_type=NOBODY, strategy=strategy, result="asked")
    call.state, call.end_reason, call.ended_at, call.duration_s = Call.State.IN_PROGRESS, "", None, None
    call.stream_sid, call.alive_at, call.reviewed_at = "", now, None
    call_set(call, "state", "end_reason", "ended_at", "duration_s", "stream_sid", "alive_at", "reviewed_at")
    return call
