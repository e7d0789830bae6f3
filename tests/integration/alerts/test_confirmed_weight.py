"""A weight that jumps is set aside until the patient says it again; confirmed, it counts from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.services import answers_submit
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def yesterday(ward: Ward) -> PatientRecord:
    at = timezone.now() - timedelta(hours=24)
    call = ward.call(state="completed", ended_at=at)
    return PatientRecord.objects.create(
        patient=ward.patient, call=call, recorded_at=at, is_identity_verified=True, weight_lb=180
    )


def found(ward: Ward) -> set[tuple[str, str]]:
    return {
        (rule, entry["severity"]) for alert in ward.alerts() for rule, entry in alert.inputs["rules"].items()
    }


def test_a_jump_is_doubted_until_it_is_confirmed_and_then_judged(
    ward: Ward, yesterday: PatientRecord
) -> None:
    call = ward.call()
    first = answers_submit(patient=ward.patient, call=call, answers={"weight_lb": 196})
    assert first.doubts_weight and found(ward) == {("D01", "medium")}
    second = answers_submit(
        patient=ward.patient, call=call, answers={"weight_lb": 196.0}, confirms_weight=True
    )
    assert not second.doubts_weight and second.record.weight_confirmed
    assert {("S01", "high"), ("S02", "high"), ("D01", "medium")} <= found(ward)


def test_a_confirmation_is_kept_for_the_rest_of_the_call_and_for_the_next(
    ward: Ward, yesterday: PatientRecord
) -> None:
    call = ward.call()
    for confirms in (False, True):
        answers_submit(patient=ward.patient, call=call, answers={"weight_lb": 196}, confirms_weight=confirms)
    doubt = next(alert for alert in ward.alerts() if alert.topic == "data_quality")
    assert not answers_submit(patient=ward.patient, call=call, answers={"fatigue": 1}).doubts_weight
    later = answers_submit(
        patient=ward.patient,
        call=ward.call(),
        answers={"weight_lb": 197},
        now=timezone.now() + timedelta(hours=20),
    )
    assert not later.doubts_weight
    doubt.refresh_from_db()
    assert (doubt.state, doubt.occurrences, doubt.events.count()) == ("new", 1, 1), "it waits for a nurse"


@pytest.mark.parametrize(
    "tellings",
    [
        pytest.param([(196, True)], id="never told before"),
        pytest.param([(196, False), (196, False)], id="told twice, not asked"),
        pytest.param([(196, False), (197, True)], id="another weight"),
        pytest.param([(196, False), (196, True), (199, False)], id="confirmed, then another weight"),
    ],
)
def test_what_confirms_nothing(
    ward: Ward, yesterday: PatientRecord, tellings: list[tuple[float, bool]]
) -> None:
    call = ward.call()
    for lb, confirms in tellings:
        last = answers_submit(
            patient=ward.patient, call=call, answers={"weight_lb": lb}, confirms_weight=confirms
        )
    assert last.doubts_weight and not last.record.weight_confirmed


def test_a_corrected_weight_is_judged_and_the_doubt_stays_on_record(
    ward: Ward, yesterday: PatientRecord
) -> None:
    call = ward.call()
    answers_submit(patient=ward.patient, call=call, answers={"weight_lb": 196})
    corrected = answers_submit(patient=ward.patient, call=call, answers={"weight_lb": 181})
    assert not corrected.doubts_weight and found(ward) == {("D01", "medium")}


def test_the_alert_names_the_answer_and_the_second_of_the_call(ward: Ward) -> None:
    call = ward.call()
    answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": 4}, at_ms=61_500)
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 4}, at_ms=75_000)
    told = {
        (piece["rule"], piece["what"], piece["value"], piece["call_s"])
        for alert in ward.alerts()
        for piece in alert.evidence
    }
    assert ("E03", "shortness_of_breath", "4 of 4", 61.5) in told
    assert ("S10", "swelling", "4 of 4", 75.0) in told
