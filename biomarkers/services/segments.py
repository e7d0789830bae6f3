"""A segment's way from the call to its numbers: row first, then the sealed audio, then the analysis, then nothing.

The row is the truth. Whatever dies on the way, the segment is measured once, measured later, or says "lost";
the row names its sealed audio until that audio is known to be gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from biomarkers import vault
from biomarkers.analysis import analyse
from biomarkers.audio import from_mu_law
from biomarkers.features import SegmentAnalysis
from biomarkers.models import CallVoice, VoiceBiomarker
from biomarkers.pitch import Sex
from biomarkers.segment_rows import COLUMNS, columns_of
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
ASK_AGAIN_AFTER = timedelta(seconds=60)
SWEEP_MOST = 100
RESULT = ("state", "gate_reasons", "quality", "channel", "algorithm_version", "measured_at", *COLUMNS)


def segment_keep(
    *,
    patient: Patient,
    call: Any,
    segment_id: str,
    start_ms: int,
    end_ms: int,
    audio: bytes,
    item_id: str = "",
    context: str = "general",
    question_id: str = "",
) -> VoiceBiomarker:
    """The segment's row is committed; its audio (mu-law, 8 kHz) is sealed in Redis and its analysis asked for.

    The same segment again is the same row. Audio that Redis does not take makes a row that says so; nothing is
    raised for it. Inside a transaction the audio waits, in memory, for the commit.
    """
    with transaction.atomic():
        row, created = VoiceBiomarker.objects.get_or_create(
            call=call,
            segment_id=segment_id,
            defaults={
                "patient": patient,
                "item_id": item_id,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "context": context,
                "question_id": question_id,
                "audio_key": vault.new_key(),
                "audio_expires_at": timezone.now() + vault.LIFETIME,
            },
        )
        if created and call.state in call.END_STATES:  # late: what was pooled of the call is out of date
            CallVoice.objects.filter(call=call).update(algorithm_version="")
        if row.state == VoiceBiomarker.State.PENDING:
            transaction.on_commit(lambda: _hand_over(row, audio, created), robust=True)
    return row


def _hand_over(row: VoiceBiomarker, audio: bytes, is_first: bool) -> None:
    """Seal the audio and ask for its analysis; if it cannot be kept, the row says so."""
    if not vault.put(row.audio_key, audio):
        if is_first:  # a repeat may find the first one's audio in place
            row.state = _settle(row.pk, lambda fresh: _lost(fresh, "not_kept")).state
        return
    if VoiceBiomarker.objects.filter(pk=row.pk, state=VoiceBiomarker.State.PENDING).exists():
        _ask(row.pk)
    else:  # settled meanwhile, so that nobody else would remove what was just put there
        vault.drop(row.audio_key)


def segment_analyse(*, biomarker_id: UUID) -> VoiceBiomarker:
    """The row afterwards: measured, gated or lost. Safe to run twice and at once: one result is written.

    Raises redis.RedisError when Redis cannot be asked, and whatever the analysis raises: the row stays pending
    and is asked for again, at most `MAX_ATTEMPTS` times.
    """
    row = VoiceBiomarker.objects.select_related("patient").get(pk=biomarker_id)
    if row.state != VoiceBiomarker.State.PENDING:
        _forget_audio(row)
        return row
    audio = vault.take(row.audio_key)
    if audio is None:
        return _settle(row.pk, lambda fresh: _lost(fresh, _why_gone(fresh)))
    if row.attempts >= MAX_ATTEMPTS:
        return _settle(row.pk, lambda fresh: _lost(fresh, "analysis_failed"))
    # Counted before the analysis: audio that kills its process is given up after a few processes.
    VoiceBiomarker.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    result = analyse(from_mu_law(audio), sex=cast(Sex, row.patient.sex))
    return _settle(row.pk, lambda fresh: _measured(fresh, result))


def segments_sweep(now: datetime | None = None) -> tuple[int, int]:
    """How many rows were given up as lost, and how many analyses were asked for again."""
    now = now or timezone.now()
    pending = VoiceBiomarker.objects.filter(state=VoiceBiomarker.State.PENDING)
    lost = list(pending.filter(audio_expires_at__lt=now).values_list("pk", flat=True)[: 10 * SWEEP_MOST])
    for pk in lost:
        _settle(pk, lambda fresh: _lost(fresh, "expired"))
    waiting = pending.filter(created_at__lt=now - ASK_AGAIN_AFTER).order_by("created_at")
    asked = list(waiting.values_list("pk", flat=True)[:SWEEP_MOST])
    for pk in asked:
        _ask(pk)
    for row in VoiceBiomarker.objects.settled_with_audio()[: 10 * SWEEP_MOST]:
        _forget_audio(row)
    return len(lost), len(asked)


def _ask(pk: UUID) -> None:
    """Ask for the analysis. A request that the broker does not take is made again by the sweep."""
    from biomarkers.tasks import extract_segment

    try:
        extract_segment.delay(str(pk))
    except OperationalError as error:
        log.warning("an analysis could not be asked for", extra={"error_type": type(error).__name__})


def _settle(pk: UUID, write: Callable[[VoiceBiomarker], None]) -> VoiceBiomarker:
    """Write under the row's lock if nobody has; once that is committed, forget the audio."""
    with transaction.atomic():
        row = VoiceBiomarker.objects.select_for_update(of=("self",)).select_related("patient").get(pk=pk)
        if row.state == VoiceBiomarker.State.PENDING:
            write(row)
            row.save(update_fields=RESULT)
            publish_on_commit(
                "biomarkers", team_id=row.patient.care_team_id, call=row.call_id, patient=row.patient_id
            )
        transaction.on_commit(lambda: _forget_audio(row), robust=True)
    return row


def _forget_audio(row: VoiceBiomarker) -> None:
    """The audio of a settled row is gone, and the row names it no longer. Redis away: the sweep comes back."""
    key = row.audio_key
    if key and vault.drop(key):
        VoiceBiomarker.objects.filter(pk=row.pk, audio_key=key).update(audio_key="")
        row.audio_key = ""


def _measured(row: VoiceBiomarker, result: SegmentAnalysis) -> None:
    """Every number with its unit, or no number and the reason."""
    for column, value in columns_of(result).items():
        setattr(row, column, value)
    row.state = VoiceBiomarker.State.MEASURED if result.is_measured else VoiceBiomarker.State.GATED
    row.measured_at = timezone.now()


def _lost(row: VoiceBiomarker, reason: str) -> None:
    row.state = VoiceBiomarker.State.LOST
    row.gate_reasons = {"audio": reason}


def _why_gone(row: VoiceBiomarker) -> str:
    expires = row.audio_expires_at
    return "expired" if expires is not None and expires < timezone.now() else "gone"
