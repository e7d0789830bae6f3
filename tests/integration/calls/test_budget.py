"""The month's budget: what is counted, who is told, and which calls it may change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from calls.budget import patient_spending, scheduled_mode, spending
from calls.models import BudgetWarning, Call, UsageEntry
from calls.plan import call_plan
from calls.services.budget import budget_watch
from patients.models import Patient
from tests.support.factories import make_call, make_patient, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return make_patient(make_team(spoken_name="the heart health team"))


def spend(patient: Patient, usd: str, *, days_ago: float = 0) -> None:
    """One billed response. Rows of an earlier day are dated back."""
    entry = UsageEntry.objects.create(
        call=make_call(patient, state="completed", ended_at=timezone.now()),
        kind="response",
        provider="openai",
        model="gpt-realtime-2.1",
        reference="resp_1",
        price_version="test",
        cost_usd=Decimal(usd),
    )
    UsageEntry.objects.filter(pk=entry.pk).update(created_at=entry.created_at - timedelta(days=days_ago))


def test_money_is_counted_by_day_month_and_patient(patient: Patient, settings: Any) -> None:
    settings.MONTHLY_BUDGET_USD = Decimal(100)
    spend(patient, "2.50")
    spend(make_patient(), "7.50")
    spend(patient, "90", days_ago=40)
    found = spending()
    assert (found.today, found.month) == (Decimal("10.00"), Decimal("10.00"))
    assert found.projected >= found.month
    assert patient_spending(patient.pk) == Decimal("2.50")


@pytest.mark.parametrize(
    ("spent", "told"), [("79", []), ("80", [80]), ("96", [80, 95]), ("120", [80, 95, 100])]
)
def test_each_limit_is_told_once(patient: Patient, settings: Any, spent: str, told: list[int]) -> None:
    settings.MONTHLY_BUDGET_USD = Decimal(100)
    make_user(patient.care_team, role="lead", email="lead@example.org")
    make_user(patient.care_team, role="nurse", email="nurse@example.org")
    spend(patient, spent)
    assert [warning.percent for warning in budget_watch()] == told
    assert budget_watch() == []
    assert BudgetWarning.objects.count() == len(told)
    assert [message.to for message in mail.outbox] == [["lead@example.org"]] * bool(told)
    assert patient.last_name not in "".join(message.body for message in mail.outbox)


def test_a_mail_server_that_is_away_costs_the_mail_only(
    patient: Patient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError

    settings.MONTHLY_BUDGET_USD = Decimal(1)
    make_user(patient.care_team, role="lead", email="lead@example.org")
    monkeypatch.setattr("calls.services.budget.send_mail", refuses)
    spend(patient, "2")
    assert len(budget_watch()) == 3


@pytest.mark.parametrize(
    ("choice", "mode"), [("questionnaire", Call.Mode.QUESTIONNAIRE), ("mini", Call.Mode.SMALL_MODEL)]
)
def test_past_the_budget_the_configured_way_is_taken(
    patient: Patient, settings: Any, choice: str, mode: Call.Mode
) -> None:
    settings.MONTHLY_BUDGET_USD, settings.OVER_BUDGET_CALLS = Decimal(10), choice
    spend(patient, "9.99")
    assert scheduled_mode() is Call.Mode.ASSISTANT
    spend(patient, "0.01")
    assert scheduled_mode() is mode


def test_the_small_model_holds_a_call_that_is_to_save(patient: Patient, settings: Any) -> None:
    saving = make_call(patient, mode=Call.Mode.SMALL_MODEL)
    assert call_plan(saving).model == "gpt-realtime-2.1-mini"
    assert saving.model == "gpt-realtime-2.1-mini"
    assert call_plan(make_call(patient)).model == settings.OPENAI_REALTIME_MODEL


def answered(call: Call, settings: Any) -> str:
    """The TwiML that our webhook gives when the patient picks up."""
    form = {"CallSid": "CA" + "7" * 32, "From": "+12015550100", "CallStatus": "in-progress"}
    path = f"/voice?call={call.pk}"
    signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(
        settings.PUBLIC_URL + path, form
    )
    body, kind = urlencode(form), "application/x-www-form-urlencoded"
    response = Client().post(path, body, content_type=kind, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 200
    return response.content.decode()


def test_a_questionnaire_call_says_what_it_is_and_opens_no_stream(patient: Patient, settings: Any) -> None:
    text = answered(make_call(patient, mode=Call.Mode.QUESTIONNAIRE, state="ringing"), settings)
    assert "<Stream" not in text and "<Gather" in text
    assert "automated call from the heart health team" in text
    assert "your full name" in text and patient.first_name not in text


def test_any_other_call_is_connected_to_maya(patient: Patient, settings: Any) -> None:
    assert "<Stream" in answered(make_call(patient, state="ringing"), settings)
