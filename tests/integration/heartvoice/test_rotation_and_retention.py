"""Keys move while data stays; what is past retention goes, and only that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from alerts.models import AlertSighting
from alerts.services import answers_submit
from heartvoice.retention import purge
from heartvoice.rotation import rotate
from heartvoice.shared.errors import PHIError
from patients.models import Patient, PhiAccess
from tests.support.factories import make_call, make_patient

pytestmark = pytest.mark.django_db
OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def test_rotation_moves_every_value_and_can_be_run_again() -> None:
    with override_settings(PHI_KEYS={"old": OLD}):
        patient = make_patient(first_name="Ann", interests=["roses"])
    with override_settings(PHI_KEYS={"new": NEW, "old": OLD}):
        assert sum(progress.resealed for progress in rotate(batch=2)) > 5
        assert sum(progress.resealed + progress.left for progress in rotate()) == 0
    with override_settings(PHI_KEYS={"new": NEW}):
        again = Patient.objects.get(pk=patient.pk)
        assert (again.first_name, again.interests) == ("Ann", ["roses"])


def test_a_key_removed_too_soon_stops_the_rotation_and_changes_nothing() -> None:
    with override_settings(PHI_KEYS={"old": OLD}):
        patient = make_patient()
    with override_settings(PHI_KEYS={"new": NEW}), pytest.raises(PHIError):
        list(rotate())
    with override_settings(PHI_KEYS={"old": OLD}):
        assert Patient.objects.get(pk=patient.pk).first_name == "Ann"


@override_settings(RETENTION_DAYS=2555)
@pytest.mark.parametrize(("days", "stays"), [(2554, True), (2556, False)])
def test_retention_counts_from_the_last_contact(days: int, stays: bool) -> None:
    now = timezone.now()
    patient = make_patient(last_contact_at=now - timedelta(days=days))
    call = make_call(patient, state="completed", planned_for=now - timedelta(days=days), ended_at=now)
    answers_submit(patient=patient, call=call, answers={"shortness_of_breath": 4}, now=call.planned_for)
    Patient.objects.filter(pk=patient.pk).update(last_contact_at=now - timedelta(days=days))
    dry = purge(now=now, dry_run=True)
    assert dry.patients == (0 if stays else 1) and Patient.objects.filter(pk=patient.pk).exists()
    purge(now=now)
    assert Patient.objects.filter(pk=patient.pk).exists() is stays
    assert AlertSighting.objects.filter(call_id=call.pk).exists() is stays
    assert PhiAccess.objects.filter(action="purge").exists() is not stays
    assert purge(now=now).patients == 0


@override_settings(RETENTION_DAYS=10)
def test_a_legal_hold_stays() -> None:
    now = timezone.now()
    patient = make_patient(last_contact_at=now - timedelta(days=30), on_legal_hold=True)
    purge(now=now)
    assert Patient.objects.filter(pk=patient.pk).exists()


def test_commands_say_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    make_patient()
    call_command("rotate_keys")
    call_command("purge_expired", "--dry-run")
    call_command("verify_audit_log")
    out = capsys.readouterr().out
    assert "older keys can be retired" in out and "would remove 0 patient(s)" in out and "intact" in out
    assert connection.vendor == "postgresql"
