"""The access log shows who looked, and any tampering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory, override_settings
from django.utils import timezone

from patients import access
from patients.access import access_log_seal, access_log_verify, access_record, client_address
from patients.models import PhiAccess, PhiAccessSeal
from tests.support.factories import make_patient, make_user

pytestmark = pytest.mark.django_db


def settled(count: int = 3) -> list[PhiAccess]:
    """Rows old enough to be sealed."""
    at = timezone.now() - timedelta(minutes=5)
    return PhiAccess.objects.bulk_create(
        [
            PhiAccess(
                at=at, user_id=1, action="view", purpose="care", resource="patient", patient_hash=f"{n:032x}"
            )
            for n in range(count)
        ]
    )


def tamper(sql: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('heartvoice.allow_purge', 'on', true)")
        cursor.execute(sql, params)
        cursor.execute("SELECT set_config('heartvoice.allow_purge', 'off', true)")


def test_a_look_names_nobody() -> None:
    patient, user = make_patient(), make_user()
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3")
    access_record(user=user, action="view", resource="patient", patient_ids=[patient.pk], request=request)
    row = PhiAccess.objects.get()
    assert row.user_id == user.pk
    assert len(row.patient_hash) == 32 and str(patient.pk).replace("-", "")[:8] not in row.patient_hash
    assert row.address_hash and "10.1" not in row.address_hash


@override_settings(TRUSTED_PROXIES=1)
def test_the_address_is_the_nearest_untrusted_hop() -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    )
    assert client_address(request) == "203.0.113.9"


def test_an_intact_log_has_no_findings_and_young_rows_wait() -> None:
    settled()
    access_record(user=make_user(), action="view", resource="patient")
    assert access_log_seal() == 3
    assert access_log_seal() == 0
    assert access_log_verify() == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE patients_phiaccess SET user_id = 2 WHERE id = %s", "rows differ"),
        ("DELETE FROM patients_phiaccess WHERE id = %s", "row is gone"),
    ],
)
def test_change_and_removal_are_found(sql: str, problem: str) -> None:
    rows = settled()
    access_log_seal()
    tamper(sql, rows[1].pk)
    assert any(problem in finding.problem for finding in access_log_verify())


def test_a_removed_seal_and_a_late_insertion_are_found() -> None:
    first = settled()
    access_log_seal()
    settled()
    access_log_seal()
    tamper(
        "DELETE FROM patients_phiaccessseal WHERE id = %s", PhiAccessSeal.objects.order_by("pk").first().pk
    )  # type: ignore[union-attr]
    assert any("does not follow" in finding.problem for finding in access_log_verify())
    assert any("inserted later" in finding.problem for finding in access_log_verify())
    assert first


def test_rows_left_unsealed_for_an_hour_are_found() -> None:
    PhiAccess.objects.create(
        at=timezone.now() - timedelta(hours=2), action="view", purpose="care", resource="patient"
    )
    assert [finding.problem for finding in access_log_verify()] == ["rows older than an hour are not sealed"]


@pytest.mark.parametrize(
    "statement", ["UPDATE patients_phiaccess SET user_id = 9", "DELETE FROM patients_phiaccess"]
)
def test_the_database_refuses_to_change_a_look(statement: str) -> None:
    settled(1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('heartvoice.allow_purge', 'off', true)")
        cursor.execute(statement)


def test_sealing_runs_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "SEAL_BATCH", 2)
    settled(5)
    assert [access_log_seal() for _ in range(4)] == [2, 2, 1, 0]
    assert access_log_verify() == []
