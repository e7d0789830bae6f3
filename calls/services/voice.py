"""The patient's voice on its way to analysis: sealed, for a short time, and only with consent."""

from __future__ import annotations

from uuid import UUID

from biomarkers.models import VoiceBiomarker
from biomarkers.services import segment_keep
from calls.checkin import Phase
from calls.models import Call
from calls.segments import Segment

CONTEXT_OF_PHASE = {Phase.ASSESSMENT: "clinical", Phase.CRISIS: "emotional"}


def voice_segment_keep(*, call_id: UUID, segment: Segment, phase: Phase, question_id: str) -> None:
    """The segment's audio waits, sealed, for its analysis. Its words stay with the turn of the same item."""
    call = Call.objects.select_related("patient").get(pk=call_id)
    segment_keep(
        patient=call.patient,
        call=call,
        segment_id=f"{segment.item}-{segment.start_ms}"[:64],
        item_id=segment.item[:64],
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        audio=segment.audio,
        context=CONTEXT_OF_PHASE.get(phase, "general"),
        question_id=question_id,
    )


def voice_context_note(
    *, call_id: UUID, context: str, speech_content: str, perceived_voice_quality: str = ""
) -> str:
    """What the model says of the newest stretch of speech; that segment's id, "" when there is none."""
    newest = VoiceBiomarker.objects.filter(call_id=call_id).order_by("-start_ms").first()
    if newest is None:
        return ""
    newest.context = context
    newest.speech_content = speech_content[:400]
    newest.perceived_voice_quality = perceived_voice_quality
    newest.save(update_fields=["context", "speech_content", "perceived_voice_quality"])
    return str(newest.segment_id)
