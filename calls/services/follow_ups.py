"""What a call promises: another call, a visit, an explanation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.selectors import ruleset_in_force
from calls.models import Call, EducationGiven, FollowUp
from heartvoice.shared.live import publish_on_commit


@transaction.atomic
def follow_up_schedule(
    *,
    call_id: UUID,
    model_call_id: str,
    follow_up_type: str,
    urgency: str,
    reason: str,
    timeframe: str = "",
    now: datetime | None = None,
) -> FollowUp:
    """A follow-up, due by its urgency. The same tool call again: the same row."""
    call = Call.objects.select_related("patient").get(pk=call_id)
    may_take = ruleset_in_force().follow_ups[FollowUp.Urgency(urgency)].lasts
    row, is_new = FollowUp.objects.get_or_create(
        call=call,
        model_call_id=model_call_id[:80],
        defaults={
            "patient": call.patient,
            "follow_up_type": follow_up_type,
            "urgency": urgency,
            "reason": reason,
            "timeframe": timeframe,
            "due_at": (now or timezone.now()) + may_take,
        },
    )
    if is_new:
        publish_on_commit("follow_ups", team_id=call.patient.care_team_id, patient=call.patient_id)
    return row


@transaction.atomic
def education_give(
    *,
    call_id: UUID,
    model_call_id: str,
    topic: str,
    delivery_method: str = "verbal_explanation",
    patient_context: str = "",
) -> EducationGiven:
    """A note that the topic was explained. The same tool call again: the same row."""
    call = Call.objects.only("pk", "patient_id").get(pk=call_id)
    row, _ = EducationGiven.objects.get_or_create(
        call_id=call_id,
        model_call_id=model_call_id[:80],
        defaults={
            "patient_id": call.patient_id,
            "topic": topic,
            "delivery_method": delivery_method,
            "patient_context": patient_context,
        },
    )
    return row
