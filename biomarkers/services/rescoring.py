"""Everything that follows from stored features, computed again: after a new version, or at a clinician's wish."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from biomarkers.pooling import pool
from biomarkers.segment_rows import COUNTED, segment_of
from biomarkers.services.calls import voice_pooled
from biomarkers.services.histories import baselines_retire, history_write
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Rescored:
    """What one patient's rescore came to. `kept`: calls whose segments hold too little to be pooled again."""

    pooled: int
    kept: int
    baselines: int
    outside: int


@transaction.atomic
def patient_rescore(*, patient_id: UUID) -> Rescored:
    """Pooling, channels, baselines, z and chart of all the patient's calls, from the stored segments.

    No audio exists any more, so the segments' own features stay as they were measured, with their version. Raises
    no alert and takes none back: the past is described anew, not acted upon.
    """
    patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient_id)
    rows = VoiceBiomarker.objects.filter(patient=patient).select_related("call").defer("speech_content")
    of_call: dict[UUID, list[VoiceBiomarker]] = defaultdict(list)
    for row in rows.order_by("start_ms"):
        of_call[row.call_id].append(row)
    pooled = kept = 0
    for segments in of_call.values():
        call = segments[0].call
        is_settled = all(row.state != VoiceBiomarker.State.PENDING for row in segments)
        if not is_settled or call.state not in call.END_STATES:
            continue
        if any(row.state == VoiceBiomarker.State.MEASURED and COUNTED not in row.quality for row in segments):
            kept += 1
            continue
        voice_pooled(call, pool([segment_of(row) for row in segments]))
        pooled += 1
    voices = CallVoice.objects.filter(patient=patient).exclude(algorithm_version="")
    versions = sorted(set(voices.values_list("algorithm_version", flat=True)))
    charted = [voice for version in versions for voice in history_write(patient, version, anew=True)]
    baselines_retire(Baseline.objects.filter(patient=patient).exclude(algorithm_version__in=versions))
    publish_on_commit("biomarkers", team_id=patient.care_team_id, patient=patient.pk)
    return Rescored(
        pooled,
        kept,
        Baseline.objects.filter(patient=patient, superseded_at=None).count(),
        sum(voice.is_outside_baseline for voice in charted),
    )


@transaction.atomic
def baselines_renew(*, patient: Patient, now: datetime | None = None) -> int:
    """A clinician says that the patient's usual voice is another one: collecting begins anew. How many ended."""
    patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient.pk)
    ended = list(Baseline.objects.filter(patient=patient, superseded_at=None))
    for row in ended:
        row.superseded_at, row.end_reason = now or timezone.now(), Baseline.End.CLINICIAN
        row.save(update_fields=["superseded_at", "end_reason"])
    publish_on_commit("biomarkers", team_id=patient.care_team_id, patient=patient.pk)
    return len(ended)
