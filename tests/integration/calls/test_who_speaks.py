"""Whose name and date it is, and who says it: the patient's own words, a relative's, and after the telephone changed hands."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from alerts.models import CareTask
from calls.models import Call, ToolCall
from calls.tools.runner import run_tool
from patients.models import Patient, Proxy

NAME, BORN = "Joan Baker", "the third of the third, forty-eight"
numbers = iter(range(1, 10_000))


@pytest.fixture
def call(joan: Patient) -> Call:
    now = timezone.now()
    return Call.objects.create(
        patient=joan, direction="outbound", purpose="scheduled", planned_for=now, answered_at=now,
        state="in_progress", language="en",
    )  # fmt: skip


def said(call: Call, **given: str) -> dict[str, object]:
    """What the model is answered after it has passed on what was said."""
    arguments = {"full_name": NAME, "date_of_birth": BORN, **given}
    done = run_tool(
        call_id=call.pk,
        model_call_id=f"id{next(numbers)}",
        name="verifyIdentity",
        arguments=json.dumps(arguments),
    )
    call.refresh_from_db()
    return dict(done.result)


def hands_over(call: Call, speaker: str = "") -> None:
    arguments = json.dumps({"speaker": speaker} if speaker else {})
    run_tool(call_id=call.pk, model_call_id=f"h{next(numbers)}", name="engine.handOver", arguments=arguments)
    call.refresh_from_db()


@pytest.mark.parametrize(
    "born",
    [
        "the third of the third, forty-eight",
        "three three nineteen forty-eight",
        "March third forty-eight",
        "3/3/1948",
        "tres de marzo del cuarenta y ocho",
        "03031948",
    ],
)
def test_the_date_counts_in_any_usual_form(call: Call, born: str) -> None:
    assert said(call, date_of_birth=born)["verified"] and call.spoke_with == "patient"


@pytest.mark.parametrize(
    "born", ["March third eighty-four", "May third forty-eight", "March thirty forty-eight", "I am 78"]
)
def test_two_wrong_dates_are_the_end_of_it_and_a_nurses_task(call: Call, born: str) -> None:
    assert said(call, date_of_birth=born)["tries_left"] == 1
    assert said(call, date_of_birth=born)["tries_left"] == 0
    assert not said(call)["verified"], "a third try does not count, right as it is"
    assert call.identity_result == "failed" and CareTask.objects.get().kind == "not_verified"


def test_a_relative_who_says_the_patients_name_and_date_is_not_the_patient(call: Call) -> None:
    """ "This is her daughter": the engine heard it, whatever the model makes of it."""
    hands_over(call, "relative")
    answer = said(call)
    assert (answer["ok"], answer["error"]) == (False, "whose_name")
    assert call.identity_result == "pending"
    assert not said(call, speaker_name="Mary Miller")["verified"], "nobody on record"
    Proxy.objects.create(
        patient=call.patient,
        name="Mary Miller",
        relation="daughter",
        level=Proxy.Level.ANSWER,
        authority="form",
    )
    assert said(call, speaker_name="Mary Miller")["verified"] and call.spoke_with == "proxy"


@pytest.mark.parametrize(("hour", "is_let_in"), [(23, True), (25, False)])
def test_an_authority_holds_to_the_end_of_its_last_day_where_the_patient_lives(
    call: Call, hour: int, is_let_in: bool
) -> None:
    last = date(2026, 11, 20)
    Proxy.objects.create(
        patient=call.patient, name="Mary Miller", level="answer", authority="form", valid_until=last
    )
    at = datetime.combine(last, time(), ZoneInfo(call.patient.time_zone)) + timedelta(hours=hour)
    with time_machine.travel(at, tick=False):
        assert said(call, speaker_name="Mary Miller")["verified"] is is_let_in


def test_the_patient_who_takes_the_telephone_back_is_the_patient_again(call: Call) -> None:
    assert said(call)["verified"]
    hands_over(call, "relative")
    assert call.identity_result == "pending"
    hands_over(call)  # "here she is"
    assert said(call)["verified"] and call.spoke_with == "patient"


def test_a_patient_who_is_asked_for_their_own_name_gives_it(call: Call) -> None:
    hands_over(call, "relative")
    assert said(call, speaker_name="Joan Baker")["verified"] and call.spoke_with == "patient"


def test_a_daughter_of_nearly_the_same_name_is_not_the_patient(call: Call) -> None:
    hands_over(call, "relative")
    assert not said(call, speaker_name="Joanna Baker")["verified"]


def test_whoever_takes_the_telephone_has_two_tries_of_their_own(call: Call) -> None:
    assert said(call, date_of_birth="May first fifty")["tries_left"] == 1
    hands_over(call)
    assert said(call, date_of_birth="May first fifty")["tries_left"] == 1
    assert said(call)["verified"]


def test_a_tool_that_comes_after_the_hand_over_is_refused(call: Call) -> None:
    assert said(call)["verified"]
    hands_over(call, "relative")
    done = run_tool(
        call_id=call.pk,
        model_call_id="rec",
        name="updatePatientRecord",
        arguments=json.dumps({"symptoms": {"swelling": 2}}),
    )
    assert done.result["error"] == "not_verified" and ToolCall.objects.get(model_call_id="rec").is_ok is False
