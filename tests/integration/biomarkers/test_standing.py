"""What the pages are told of a patient's voice: how far the baseline is, where the calls stand, what moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from biomarkers.selectors import voice_standing
from biomarkers.services import baselines_renew, call_voice_update, confounders_set
from patients.models import Patient
from tests.integration.biomarkers.voices import START, over, speak
from tests.support.factories import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(db: None) -> Patient:
    return make_patient()


def calls(patient: Patient, first: int, count: int, **others: Any) -> None:
    for number in range(first, first + count):
        call = over(patient, 2 * number)
        speak(call, **others)
        confounders_set(call_id=call.pk, confounders=["dentures"])
        call_voice_update(call_id=call.pk)


def test_before_the_baseline_it_says_how_many_calls_are_there(patient: Patient) -> None:
    assert voice_standing(patient).collected == 0
    calls(patient, 0, 5)
    calls(patient, 5, 1, voiced_s=3.0)
    standing = voice_standing(patient)
    assert (standing.baseline, standing.collected, standing.needed, standing.points) == (None, 5, 14, ())


def test_after_it_the_newest_calls_stand_on_the_chart_in_order(
    patient: Patient, django_assert_num_queries: Any
) -> None:
    calls(patient, 0, 14)
    calls(patient, 14, 7, worse=2.5)
    with django_assert_num_queries(2):
        standing = voice_standing(patient, calls=5)
    assert standing.baseline is not None
    times = [point.at for point in standing.points]
    assert times == [START + timedelta(days=2 * number) for number in range(16, 21)]
    last = standing.points[-1]
    assert last.is_outside
    assert last.cusum > standing.cusum_limit
    assert set(last.families) == {"timing", "voice", "pitch"}
    assert last.families["timing"] > 1
    assert last.confounders == ("dentures",)


def test_after_an_ended_baseline_it_counts_again(patient: Patient) -> None:
    calls(patient, 0, 14)
    baselines_renew(patient=patient, now=START + timedelta(days=27))
    calls(patient, 14, 3)
    standing = voice_standing(patient)
    assert (standing.baseline, standing.collected) == (None, 3)
