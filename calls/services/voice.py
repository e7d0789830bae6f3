"""The patient's voice on its way to analysis: sealed, for a short time, and only with consent."""

from __future__ import annotations

from uuid import UUID

from biomarkers.models import VoiceBiomarker
from calls.segments import Segment


def voice_segment_keep(*, call_id: UUID, segment: Segment, text: str, phase: str) -> None:
    """The segment's audio waits, sealed, for its analysis."""
    raise NotImplementedError


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
