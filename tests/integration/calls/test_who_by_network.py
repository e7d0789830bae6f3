"""Who is on a line without an assistant: full name and date of birth, whichever way the call went."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.models import Alert
from patients.models import Patient
from tests.integration.calls.test_crisis_by_network import Line, line_of, script, warm  # noqa: F401

pytestmark = pytest.mark.django_db
DIRECTIONS = pytest.mark.parametrize(
    "way",
    [
        {"direction": "inbound", "purpose": "callback"},
        {"direction": "outbound", "purpose": "scheduled"},
    ],
    ids=["inbound", "outbound"],
)


def unknown(patient: Patient, settings: Any, **way: str) -> Line:
    return line_of(patient, settings, identity_result="not_attempted", **way)


@DIRECTIONS
def test_the_date_of_birth_alone_is_nobody(joan: Patient, settings: Any, way: dict[str, str]) -> None:
    line = unknown(joan, settings, **way)
    line.ask("identity").presses("03031948")
    assert line.call.identity_result == "pending" and "your full name" in line.hears
    line.ask("identity").says("March third nineteen forty eight")
    assert line.call.identity_result == "failed"


@DIRECTIONS
def test_name_and_date_of_birth_are_the_patient(joan: Patient, settings: Any, way: dict[str, str]) -> None:
    line = unknown(joan, settings, **way)
    line.post("/voice/questionnaire")
    assert "your full name" in line.hears and "Joan" not in line.hears
    assert "date of birth" in line.says("My name is Joan Baker.").hears
    line.presses("03031948")
    assert line.call.identity_result == "verified" and line.call.spoke_with == "patient"


def test_another_name_is_not_the_patient_and_each_try_begins_with_the_name(
    joan: Patient, settings: Any
) -> None:
    line = unknown(joan, settings, direction="inbound", purpose="callback")
    line.ask("name").says("Peter Miller").presses("03031948")
    assert line.call.identity_result == "pending" and "your full name" in line.hears
    line.says("Joan Baker").presses("03031948")
    assert line.call.identity_result == "verified"


def test_a_name_that_is_not_heard_is_asked_for_once_more(joan: Patient, settings: Any) -> None:
    line = unknown(joan, settings)
    assert "your full name" in line.ask("name").is_silent().hears
    assert "date of birth" in line.is_silent().hears
    assert line.presses("03031948").call.identity_result == "pending"


def test_an_emergency_in_place_of_the_name_is_one(joan: Patient, settings: Any) -> None:
    line = unknown(joan, settings, direction="inbound", purpose="callback")
    line.ask("name").says("I cannot breathe, I am choking for air")
    assert line.hears.startswith(script("call_911"))
    assert Alert.objects.get(severity="critical").flag == "severe_dyspnea"
