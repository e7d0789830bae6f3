"""A patient who was missed is texted once, with consent, by day, in their language, and without a word of health."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from alerts.models import Alert, Notification
from alerts.selectors import channel_health
from alerts.services import alert_claim, missed_checkin_submit, notification_receipt, notification_send
from patients.models import Consent
from tests.integration.alerts.conftest import Ward
from tests.standins.twilio_rest import TwilioRest
from tests.support.rules_in_force import put_into_force

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def consent(ward: Ward) -> Consent:
    ward.patient.consents.filter(scope=Consent.Scope.SMS).delete()
    return Consent.objects.create(
        patient=ward.patient,
        scope=Consent.Scope.SMS,
        wording_version="sms-1",
        method="written",
        given_at=timezone.now(),
    )


def at(hour: int, day: int = 12) -> datetime:
    return datetime(2026, 1, day, hour, 30, tzinfo=ZONE)


def missed(ward: Ward, now: datetime) -> Notification | None:
    ward.patient.time_zone = str(ZONE)
    ward.patient.save()
    missed_checkin_submit(patient=ward.patient, day=now.astimezone(ZONE).date(), now=now)
    row = Notification.objects.filter(purpose="missed").order_by("created_at").last()
    if row is not None:
        Notification.objects.filter(pk=row.pk).update(created_at=now)
    return row


def send(row: Notification, now: datetime) -> Notification:
    notification_send(notification_id=row.pk, now=now)
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("language", "words"), [("en", "We will call again"), ("es", "Le volveremos a llamar")]
)
def test_a_missed_check_in_is_texted_in_the_patients_language_and_tells_nothing(
    ward: Ward, consent: Consent, twilio: TwilioRest, language: str, words: str
) -> None:
    ward.patient.language = language
    row = missed(ward, at(19))
    assert row is not None and send(row, at(19)).state == "sent"
    [form] = twilio.forms("Messages")
    assert form["To"] == ward.patient.phone and words in form["Body"] and len(form["Body"]) <= 200
    for secret in (ward.patient.first_name, ward.patient.last_name, "heart", "corazón", "check-in", "health"):
        assert secret.lower() not in form["Body"].lower()


def test_it_is_written_once_a_day_however_often_the_miss_is_reported(ward: Ward, consent: Consent) -> None:
    for day in (12, 12, 13):
        missed(ward, at(19, day))
    assert Notification.objects.filter(purpose="missed").count() == 2


def test_without_consent_nothing_is_written(ward: Ward) -> None:
    ward.patient.consents.filter(scope=Consent.Scope.SMS).delete()
    assert missed(ward, at(19)) is None and Alert.objects.filter(topic="missed_contact").exists()


def test_consent_that_is_taken_back_before_it_is_sent_counts(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    row = missed(ward, at(19))
    Consent.objects.filter(pk=consent.pk).update(revoked_at=timezone.now())
    assert row is not None and send(row, at(19)).state == "cancelled"
    assert twilio.forms("Messages") == []


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        pytest.param(at(19), at(19), id="by day"),
        pytest.param(at(22), datetime(2026, 1, 13, 8, tzinfo=ZONE), id="late"),
        pytest.param(at(3), datetime(2026, 1, 12, 8, tzinfo=ZONE), id="at night"),
    ],
)
def test_at_night_it_waits_for_the_morning(
    ward: Ward, consent: Consent, now: datetime, leaves: datetime
) -> None:
    row = missed(ward, now)
    assert row is not None and row.next_attempt_at == leaves


def test_a_rule_set_with_shorter_calling_hours_holds_for_texts_too(ward: Ward, consent: Consent) -> None:
    put_into_force(calls_latest_h=18)
    row = missed(ward, at(19))
    assert row is not None and row.next_attempt_at == datetime(2026, 1, 13, 8, tzinfo=ZONE)


def test_a_claim_does_not_stop_it_and_a_day_later_it_is_no_news(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    row = missed(ward, at(22))
    assert row is not None and row.alert is not None
    Notification.objects.filter(pk=row.pk).update(created_at=at(22))
    assert send(row, at(23, 13)).state == "cancelled"
    assert twilio.forms("Messages") == []


def test_a_number_that_takes_no_texts_pages_nobody_and_does_not_make_the_channel_unwell(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    twilio.refuse(400, 21610)  # the patient has texted STOP
    row = missed(ward, at(19))
    assert row is not None
    Notification.objects.filter(pk=row.pk).update(created_at=timezone.now(), next_attempt_at=timezone.now())
    assert send(row, timezone.now() + timedelta(seconds=1)).state == "failed"
    notification_receipt(notification_id=row.pk, status="failed")
    assert not Notification.objects.exclude(pk=row.pk).exists()
    [sms] = [one for one in channel_health(ward.team) if one.channel == "sms"]
    assert sms.failed == 0 and sms.is_well


def test_an_answer_of_stop_ends_the_consent_to_texts(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    twilio.refuse(400, 21610)
    row = missed(ward, at(19))
    assert row is not None and send(row, at(19)).state == "failed"
    consent.refresh_from_db()
    assert consent.revoked_at is not None and consent.revoked_how == "text message"


def test_a_number_that_cannot_be_texted_at_all_leaves_the_consent(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    twilio.refuse(400, 21614)  # a land line
    row = missed(ward, at(19))
    assert row is not None and send(row, at(19)).state == "failed"
    consent.refresh_from_db()
    assert consent.revoked_at is None


def test_a_nurse_who_has_the_alert_does_not_silence_what_the_patient_was_promised(
    ward: Ward, consent: Consent, twilio: TwilioRest
) -> None:
    row = missed(ward, at(19))
    assert row is not None and row.alert is not None
    row.state = Notification.State.SENDING  # a worker has it
    row.save(update_fields=["state"])
    alert_claim(alert=row.alert, by=ward.nurse)
    assert send(row, at(19)).state == "sent"
    assert date(2026, 1, 12).isoformat() in row.dedupe_key
