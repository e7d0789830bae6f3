"""Voice analysis in worker processes. Praat holds the interpreter's lock: one segment, one process."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from redis import RedisError

from biomarkers.services import call_voice_update, call_voices_sweep, segment_analyse, segments_sweep


@shared_task(
    autoretry_for=(RedisError,),
    retry_backoff=2,
    max_retries=3,
    soft_time_limit=90,
    time_limit=120,
)
def extract_segment(biomarker_id: str) -> None:
    """Measure one segment and forget its audio; the last one of a call that is over completes the call's voice."""
    call_voice_update(call_id=segment_analyse(biomarker_id=UUID(biomarker_id)).call_id)


@shared_task
def update_call_voice(call_id: str) -> None:
    """Pool the call's segments and compare them with the patient's baseline."""
    call_voice_update(call_id=UUID(call_id))


@shared_task
def sweep_segments() -> None:
    """Ask again for what is waiting, say of what is gone that it is lost, and pool the calls that are settled."""
    segments_sweep()
    call_voices_sweep()
