"""What operators read: patients without a next call by reason, and whether pages get through."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from alerts.models import Notification
from alerts.services import trial_page_send
from calls.scheduling.audit import checkins_audit
from heartvoice import gauges
from tests.support.factories import NOON, make_patient, make_schedule, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def scrape(settings: Any) -> Any:
    settings.METRICS_TOKEN = "a metrics token for this test"

    def read() -> str:
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_patients_without_a_next_call_are_counted_by_reason(scrape: Any) -> None:
    make_schedule(make_patient(consents=()))
    assert 'heartvoice_patients_without_next_call{reason="unexplained"} 1.0' in scrape()
    checkins_audit(NOON)
    told = scrape()
    assert 'heartvoice_patients_without_next_call{reason="no_consent"} 1.0' in told
    assert 'heartvoice_patients_without_next_call{reason="unexplained"} 0.0' in told


def test_a_channel_that_does_not_get_through_is_zero(scrape: Any) -> None:
    team = make_patient().care_team
    assert 'heartvoice_paging_channel_well{channel="sms"} 1.0' in scrape()
    row = trial_page_send(team=team, person=make_user(team), channel="sms")
    Notification.objects.filter(pk=row.pk).update(state="failed", error_code="twilio_30003")
    assert 'heartvoice_paging_channel_well{channel="sms"} 0.0' in scrape()


def test_without_a_database_the_scrape_still_answers(scrape: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(gauges, "patients_without_next_call", away)
    assert "heartvoice_calls_live" in scrape()
