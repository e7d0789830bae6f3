"""De-identified voice features for research: which columns, and what each means.

After the safe-harbour rule (45 CFR 164.514(b)(2)): no name, place, date, number or free text; time is days since the
patient's first exported call; a patient is a keyed pseudonym that differs from study to study and cannot be turned
back without the installation's key. Voice features of this detail are still weakly identifying: share them under an
agreement, not in public.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from biomarkers.models import CallVoice, VoiceBiomarker
from biomarkers.pooling import FEATURES
from biomarkers.segment_rows import COLUMNS
from heartvoice.shared.keys import log_hash
from patients.models import Consent, Patient

UNITS = {
    "jitter": ("ratio", "local jitter: mean difference of neighbouring periods over the mean period"),
    "jitter_ppq5": ("ratio", "five-point period perturbation quotient"),
    "shimmer": ("ratio", "local shimmer: the same of amplitudes"),
    "hnr": ("dB", "harmonics-to-noise ratio of voiced stretches"),
    "cpps": ("dB", "smoothed cepstral peak prominence, voiced frames"),
    "f0_mean": ("Hz", "mean fundamental frequency, voiced frames"),
    "f0_median": ("Hz", "median fundamental frequency, voiced frames"),
    "f0_sd_semitones": ("semitones", "spread of the fundamental frequency about its median"),
    "speech_rate": ("syllables/s", "syllables over the time from the first to the last sound"),
    "articulation_rate": ("syllables/s", "syllables over the time of speech without pauses"),
    "pause_ratio": ("ratio", "time of pauses of at least 0.25 s over the time from first to last sound"),
    "pauses_per_min": ("1/min", "such pauses per minute"),
    "mean_phrase_s": ("s", "mean length of the stretches between pauses"),
    "max_phrase_s": ("s", "longest of them"),
    "phonation_s": ("s", "voiced time"),
    "breath_pauses": ("count", "pauses with the noise of a breath; low confidence"),
    "loudness_range_db": ("dB", "5th to 95th percentile of the level of speech"),
    "voice_quality_score": ("0-100", "descriptive clarity of the voice; not a clinical scale"),
}
QUALITY = {
    "voiced_s": ("s", "voiced time the features rest on"),
    "snr_db": ("dB", "median level of speech over that of silence"),
    "clipped_ratio": ("ratio", "samples piled up at the maximum"),
    "lost_ratio": ("ratio", "speech time that never arrived"),
}
WHO = {
    "patient": ("text", "pseudonym within this study"),
    "sex": ("code", "f, m or unknown, as used for the voice analysis"),
    "nyha_class": ("1-4", "New York Heart Association class at the time of the export"),
    "day": ("days", "whole days since the patient's first exported call"),
    "call": ("number", "the patient's calls in order, from 1"),
}
SEGMENT = {
    "segment": ("number", "segments of the call in order, from 1"),
    "duration_s": ("s", "length of the segment"),
    "context": ("code", "general, clinical or emotional part of the conversation"),
    "state": ("code", "measured, gated (refused by a quality gate) or lost"),
    "algorithm_version": ("text", "version of the segment analysis; versions must not be mixed"),
    "reasons": ("codes", "what was not measured and why, name=reason, separated by ;"),
}
CALL = {
    "algorithm_version": ("text", "versions of segment analysis and pooling; versions must not be mixed"),
    "voiced_s": ("s", "voiced time the features rest on"),
    "segments_total": ("count", "segments of the call"),
    "segments_measured": ("count", "segments that passed the gates"),
    "is_usable": ("0/1", "fit for baseline and change detection"),
    "confounders": ("codes", "cold, loud room and the like, as the patient said, separated by ;"),
    "composite_z": ("z", "distance from the patient's own baseline, worse is positive"),
    "cusum": ("z", "one-sided cumulative sum of composite_z over calls"),
    "is_outside_baseline": ("0/1", "the chart was over its limit"),
}
SEGMENT_COLUMNS = WHO | SEGMENT | {name: UNITS[name] for name in COLUMNS} | QUALITY
CALL_COLUMNS = WHO | CALL | {name: UNITS[name] for name in sorted(FEATURES)}
DICTIONARY_COLUMNS = ("file", "column", "unit", "description")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A consenting patient as the study sees them, and since when days are counted."""

    patient_id: Any
    who: Row
    first_at: datetime


def subjects(study: str) -> list[Subject]:
    """Patients whose research consent is in force and who have a voice, in the order of their pseudonyms."""
    consented = Patient.objects.filter(
        consents__scope=Consent.Scope.RESEARCH, consents__revoked_at__isnull=True
    ).annotate(first_at=Min("voice_biomarkers__call__planned_for"))
    found = [
        Subject(
            patient.pk,
            {
                "patient": log_hash(f"research|{study}", str(patient.pk))[:16],
                "sex": patient.sex,
                "nyha_class": patient.nyha_class,
            },
            patient.first_at,
        )
        for patient in consented.only("pk", "sex", "nyha_class")
        if patient.first_at is not None
    ]
    return sorted(found, key=lambda subject: str(subject.who["patient"]))


def segment_rows(subject: Subject) -> Iterator[Row]:
    """One row for each settled segment, in order."""
    settled = (
        VoiceBiomarker.objects.filter(patient=subject.patient_id)
        .exclude(state=VoiceBiomarker.State.PENDING)
        .select_related("call")
        .defer("speech_content")
        .order_by("call__planned_for", "call", "start_ms")
    )
    numbers: dict[Any, int] = {}
    segment = 0
    for row in settled.iterator(chunk_size=2_000):
        segment = 1 if row.call_id not in numbers else segment + 1
        number = numbers.setdefault(row.call_id, len(numbers) + 1)
        yield (
            subject.who
            | {"day": _day(subject, row.call.planned_for), "call": number, "segment": segment}
            | {"duration_s": (row.end_ms - row.start_ms) / 1000, "context": row.context, "state": row.state}
            | {"algorithm_version": row.algorithm_version, "reasons": _codes(row.gate_reasons)}
            | {name: getattr(row, name) for name in COLUMNS}
            | {name: row.quality.get(name) for name in QUALITY}
        )


def call_rows(subject: Subject) -> Iterator[Row]:
    """One row for each pooled call, numbered as in the segments' file."""
    calls = VoiceBiomarker.objects.filter(patient=subject.patient_id).exclude(state="pending")
    ordered = calls.order_by("call__planned_for", "call").values_list("call", "call__planned_for").distinct()
    numbers = {call: (number, at) for number, (call, at) in enumerate(ordered, 1)}
    voices = CallVoice.objects.filter(call__in=numbers).exclude(algorithm_version="")
    for voice in sorted(voices, key=lambda voice: numbers[voice.call_id][0]):
        number, at = numbers[voice.call_id]
        plain = {name: getattr(voice, name) for name in CALL if name != "confounders"}
        yield (
            subject.who
            | {"day": _day(subject, at), "call": number}
            | {name: int(value) if isinstance(value, bool) else value for name, value in plain.items()}
            | {"confounders": ";".join(voice.confounders)}
            | {name: voice.features.get(name) for name in sorted(FEATURES)}
        )


def dictionary_rows() -> Iterator[Row]:
    """What every column of both files means; the Parquet files have the same columns."""
    for file, columns in (("segments.csv", SEGMENT_COLUMNS), ("calls.csv", CALL_COLUMNS)):
        for column, (unit, description) in columns.items():
            yield {"file": file, "column": column, "unit": unit, "description": description}


def _day(subject: Subject, at: datetime) -> int:
    return (at - subject.first_at).days


def _codes(reasons: dict[str, Any]) -> str:
    return ";".join(f"{name}={why}" for name, why in sorted(reasons.items()))
