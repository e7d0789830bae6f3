from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from biomarkers.models import CallVoice, VoiceBiomarker
from biomarkers.services import patient_rescore
from patients.models import Patient


class Command(BaseCommand):
    help = (
        "Computes everything that follows from stored voice features again: pooling of calls, baselines, distances, "
        "chart. The features of a segment stay as they were measured, because no audio is kept. Raises no alert."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patient", type=UUID, metavar="ID", help="Only this patient.")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: UUID | None = options["patient"]
        if wanted is not None and not Patient.objects.filter(pk=wanted).exists():
            raise CommandError("no such patient")
        patients = [wanted] if wanted is not None else _measured_patients()
        pooled = kept = baselines = outside = 0
        for patient_id in patients:
            done = patient_rescore(patient_id=patient_id)
            pooled, kept = pooled + done.pooled, kept + done.kept
            baselines, outside = baselines + done.baselines, outside + done.outside
        self.stdout.write(
            f"{len(patients)} patient(s): {pooled} call(s) pooled again, {kept} left as they were, "
            f"{baselines} baseline(s) in force, {outside} call(s) outside"
        )


def _measured_patients() -> list[UUID]:
    """Patients with any voice measurement, in a fixed order."""
    found = set(VoiceBiomarker.objects.values_list("patient", flat=True).distinct())
    return sorted(found | set(CallVoice.objects.values_list("patient", flat=True).distinct()))
