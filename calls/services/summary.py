"""What a call leaves behind for the next one, taken from its rows. No model writes this."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alerts.models import Alert
from calls.models import Call, FollowUp, ToolCall
from calls.services.memory import memory_write

MAX_CHARS = 160
KEEP = 4


def call_remember(*, call_id: UUID) -> None:
    """The patient's memory includes this call, if the patient was the one who spoke."""
    call = Call.objects.select_related("patient").get(pk=call_id)
    if call.identity_result == Call.Identity.VERIFIED:
        memory_write(patient_id=call.patient_id, call_id=call.pk, body=memory_of(call))


def memory_of(call: Call) -> dict[str, Any]:
    """Concerns from the alerts, topics from what the model noted of the talk, promises from the follow-ups."""
    alerts = list(Alert.objects.filter(sightings__call=call).order_by("-sightings__at")[: 2 * KEEP])
    talk = ToolCall.objects.filter(call=call, name="recordVoiceBiomarkers", is_ok=True)
    topics = [str(row.arguments.get("speech_content", "")) for row in talk if _is_personal(row.arguments)]
    promised = FollowUp.objects.filter(call=call).order_by("created_at")[:KEEP]
    answered = call.answered_at or call.planned_for
    return {
        "last_call_on": f"{answered:%B} {answered.day}, {answered.year}",
        "previous_concerns": _short(a.description for a in alerts if a.alert_type != "medication_issue"),
        "medication_changes": _short(a.description for a in alerts if a.alert_type == "medication_issue"),
        "personal_topics": _short(topics),
        "follow_up_items": _short(row.reason for row in promised),
    }


def _is_personal(arguments: Any) -> bool:
    return isinstance(arguments, dict) and arguments.get("context") in ("general", "emotional")


def _short(texts: Any) -> list[str]:
    return [text.strip()[:MAX_CHARS] for text in texts if text and text.strip()][:KEEP]
