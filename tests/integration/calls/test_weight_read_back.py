"""A weight that cannot be right is read back once; said again it counts, and the rules for weight run on it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert
from calls.models import Call
from calls.tools.runner import run_tool
from patients.models import Patient, PatientRecord
from tests.support.factories import make_call, make_patient, make_shift, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    team = make_team()
    make_shift(team, make_user(team, phone="+12015550101"), level="primary")
    patient = make_patient(team)
    at = timezone.now() - timedelta(hours=24)
    yesterday = make_call(patient, state="completed", ended_at=at)
    PatientRecord.objects.create(
        patient=patient, call=yesterday, recorded_at=at, is_identity_verified=True, weight_lb=180
    )
    return patient


@pytest.fixture
def call(patient: Patient) -> Call:
    return make_call(patient, state="in_progress", identity_result=Call.Identity.VERIFIED)


def vitals(call: Call, number: int, **given: Any) -> dict[str, Any]:
    outcome = run_tool(
        call_id=call.pk,
        model_call_id=f"c{number}",
        name="recordVitals",
        arguments=json.dumps(given),
        at_ms=number * 10_000,
    )
    return dict(outcome.result)


def rules_of(call: Call) -> set[str]:
    return {rule for alert in Alert.objects.filter(call=call) for rule in alert.inputs["rules"]}


def test_a_jump_is_read_back_and_counts_when_it_is_said_again(call: Call) -> None:
    first = vitals(call, 1, weight_lb=196)
    assert "Read it back" in first["confirm"] and rules_of(call) == {"D01"}
    again = vitals(call, 2, weight_lb=196, weight_confirmed=True)
    assert "confirm" not in again
    assert {"D01", "S01", "S02"} <= rules_of(call)
    assert Alert.objects.get(call=call, topic="data_quality").state == "new"
    weight = Alert.objects.get(call=call, topic="weight")
    assert (weight.severity, weight.evidence[0]["call_s"]) == ("high", 20.0)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"weight_lb": 196}, id="the same, but nobody asked"),
        pytest.param({"weight_lb": 197, "weight_confirmed": True}, id="another one"),
    ],
)
def test_what_is_no_confirmation_is_read_back_again(call: Call, second: dict[str, Any]) -> None:
    vitals(call, 1, weight_lb=196)
    assert "confirm" in vitals(call, 2, **second) and rules_of(call) == {"D01"}


def test_a_model_cannot_confirm_what_was_never_told(call: Call) -> None:
    assert "confirm" in vitals(call, 1, weight_lb=196, weight_confirmed=True)
    assert not PatientRecord.objects.get(call=call).weight_confirmed


def test_a_weight_near_the_last_one_is_taken_without_a_question(call: Call) -> None:
    assert "confirm" not in vitals(call, 1, weight_lb=184)
    assert "S01" in rules_of(call) and "D01" not in rules_of(call)
