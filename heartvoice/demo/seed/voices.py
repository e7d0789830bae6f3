"""Places the invented voices on the patients' charts, by the product's own reckoning.

The rows keep their algorithm "demo-history", so they have baselines of their own: a real call that follows is never
compared with an invented one, and a page that names the algorithm says where the numbers come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from biomarkers.models import Baseline
from biomarkers.services.histories import history_write
from patients.models import Patient

ALGORITHM = "demo-history"


def voices_chart(patient_ids: Iterable[UUID]) -> None:
    """Baselines and points of the patients' invented calls. Patients who have a baseline keep it."""
    have = set(Baseline.objects.filter(algorithm_version=ALGORITHM).values_list("patient_id", flat=True))
    for patient_id in patient_ids:
        if patient_id not in have:
            with transaction.atomic():
                patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient_id)
                history_write(patient, ALGORITHM)
