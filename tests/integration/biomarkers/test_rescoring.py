"""What follows from stored features can be computed again, with the same result until a number was changed."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alerts.models import Alert
from biomarkers import change_limits
from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from biomarkers.services import baselines_renew, call_voice_update, calls, patient_rescore
from patients.models import Patient
from tests.integration.biomarkers.voices import START, over, speak
from tests.support.factories import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(db: None) -> Patient:
    """Fourteen usual calls and six changed ones."""
    patient = make_patient()
    for number in range(20):
        call = over(patient, 2 * number)
        speak(call, worse=0.0 if number < 14 else 2.5)
        call_voice_update(call_id=call.pk)
    return patient


def rows() -> list[dict[str, object]]:
    return list(CallVoice.objects.order_by("at").values())


def in_force() -> list[Baseline]:
    return list(Baseline.objects.filter(superseded_at=None))


def test_rescoring_unchanged_rows_changes_nothing(patient: Patient) -> None:
    before, baselines, alerts = rows(), list(Baseline.objects.values()), Alert.objects.count()
    done = patient_rescore(patient_id=patient.pk)
    assert (done.pooled, done.kept, done.baselines) == (20, 0, 1)
    assert done.outside > 0
    assert rows() == before
    assert list(Baseline.objects.values()) == baselines
    assert Alert.objects.count() == alerts


def test_everything_pooled_is_built_again_from_the_segments(patient: Patient) -> None:
    before = [
        {name: value for name, value in row.items() if name not in ("id", "created_at")} for row in rows()
    ]
    CallVoice.objects.all().delete()
    Baseline.objects.all().delete()
    patient_rescore(patient_id=patient.pk)
    after = [
        {name: value for name, value in row.items() if name not in ("id", "created_at")} for row in rows()
    ]
    assert after == before


def test_a_baseline_that_comes_out_differently_takes_the_place_of_the_old(patient: Patient) -> None:
    (old,) = in_force()
    VoiceBiomarker.objects.filter(call__planned_for=START).update(hnr=20.0)
    patient_rescore(patient_id=patient.pk)
    (new,) = in_force()
    old.refresh_from_db()
    assert new.pk != old.pk
    assert (old.end_reason, new.reason, new.frozen_at) == ("rescored", "first", old.frozen_at)
    assert new.composite != old.composite
    assert patient_rescore(patient_id=patient.pk).baselines == 1
    assert Baseline.objects.count() == 2


def test_a_new_version_of_the_pooling_takes_all_calls_along(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change_limits.CALL_VERSION == "call-1"
    monkeypatch.setattr(calls, "CALL_VERSION", "call-2")
    patient_rescore(patient_id=patient.pk)
    assert set(CallVoice.objects.values_list("algorithm_version", flat=True)) == {"voice-1/call-2"}
    assert CallVoice.objects.filter(is_outside_baseline=True).exists()
    assert {row.algorithm_version for row in in_force()} == {"voice-1/call-2"}


def test_a_new_baseline_asked_for_by_a_clinician_survives(patient: Patient) -> None:
    baselines_renew(patient=patient, now=START + timedelta(days=27))
    patient_rescore(patient_id=patient.pk)
    (old,) = Baseline.objects.exclude(end_reason="rescored")
    assert (old.end_reason, old.calls_n) == ("clinician", 14)
    assert CallVoice.objects.filter(at__gt=START + timedelta(days=27), composite_z__isnull=False).count() == 0


def test_segments_without_counts_are_left_as_they_were(patient: Patient) -> None:
    call = over(patient, 50)
    speak(call)
    VoiceBiomarker.objects.filter(call=call).update(quality={})
    voice = CallVoice.objects.create(
        patient=patient, call=call, at=call.planned_for, algorithm_version="older", features={"hnr": 9.0}
    )
    assert patient_rescore(patient_id=patient.pk).kept == 1
    voice.refresh_from_db()
    assert voice.features == {"hnr": 9.0}


def test_the_command_says_what_it_did(patient: Patient) -> None:
    make_patient()
    out = StringIO()
    call_command("rescore", stdout=out)
    assert out.getvalue().startswith(
        "1 patient(s): 20 call(s) pooled again, 0 left as they were, 1 baseline(s)"
    )
    call_command("rescore", "--patient", str(patient.pk), stdout=out)
    with pytest.raises(CommandError, match="no such patient"):
        call_command("rescore", "--patient", "00000000-0000-0000-0000-000000000000")
