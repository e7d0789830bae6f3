"""The outbox: leases, retries, receipts, fail-over, ladders by sweep, and a key pressed on the telephone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from alerts import channels
from alerts.channels import ChannelError, Sent
from alerts.models import Alert, Notification
from alerts.selectors import channel_health
from alerts.services import (
    alert_claim,
    alert_snooze,
    escalations_sweep,
    fault_page,
    notification_receipt,
    notification_send,
    notifications_sweep,
    page_acknowledge,
    trial_page_send,
)
from alerts.services.sweeping import heartbeat
from patients.models import User
from tests.integration.alerts.conftest import Hear, Said, Ward, later
from tests.standins.twilio_rest import TwilioRest

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(ward: Ward, hear: Hear) -> Alert:
    return hear(ward.call(), "chest_pain")[0]


def page(alert: Alert, channel: str) -> Notification:
    return alert.notifications.get(channel=channel, level=0, recipient__username="ann")


def send(row: Notification, at: datetime | None = None) -> Notification:
    notification_send(notification_id=row.pk, now=at)
    row.refresh_from_db()
    return row


def test_a_text_message_leaves_once_and_says_nothing_about_the_patient(
    ward: Ward, alert: Alert, twilio: TwilioRest
) -> None:
    row = send(page(alert, "sms"))
    assert (row.state, row.attempts) == ("sent", 1) and row.provider_sid and row.sent_at
    assert notification_send(notification_id=row.pk) is None
    [form] = twilio.forms("Messages")
    assert form["To"] == ward.nurse.phone and form["StatusCallback"].endswith(f"/voice/page-status/{row.pk}")
    for secret in (ward.patient.first_name, ward.patient.last_name, ward.patient.phone, "chest"):
        assert secret not in form["Body"]


def test_a_paging_call_asks_for_a_key(alert: Alert, twilio: TwilioRest) -> None:
    row = send(page(alert, "voice"))
    [form] = twilio.forms("Calls")
    assert row.state == "sent"
    assert (
        f"/voice/page/{row.pk}" in form["Twiml"] and "<Gather" in form["Twiml"] and "Press 1" in form["Twiml"]
    )


def test_a_dashboard_banner_needs_no_provider(alert: Alert, twilio: TwilioRest) -> None:
    assert send(page(alert, "dashboard")).state == "delivered"
    assert twilio.asked == []


def test_an_e_mail_goes_to_the_lead_when_a_medium_alert_is_missed(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), Said("dizziness", "medium", "symptom_worsening", "S11"))
    assert not alert.notifications.exists() and alert.acknowledge_due_at is not None
    escalations_sweep(now=alert.acknowledge_due_at - timedelta(seconds=1))
    assert not alert.notifications.exists()
    escalations_sweep(now=alert.acknowledge_due_at)
    row = alert.notifications.get()
    send(row, alert.acknowledge_due_at + timedelta(seconds=1))
    assert row.state == "delivered" and mail.outbox[0].to == ["lea@example.org"]
    assert ward.patient.last_name not in mail.outbox[0].body + mail.outbox[0].subject


def test_a_refusal_that_may_pass_is_tried_again_later_and_later(alert: Alert, twilio: TwilioRest) -> None:
    twilio.refuse(503, 20503, times=3)
    row, at = page(alert, "sms"), timezone.now()
    waits = []
    for _ in range(3):
        send(row, at)
        assert row.state == "pending" and row.error_code == "twilio_20503"
        waits.append((row.next_attempt_at - at).total_seconds())
        assert (
            notification_send(notification_id=row.pk, now=row.next_attempt_at - timedelta(seconds=1)) is None
        )
        at = row.next_attempt_at
    assert waits == [5, 15, 30]
    assert send(row, at).state == "sent" and row.attempts == 4 and row.error_code == ""


def test_an_unreachable_provider_is_no_crash(alert: Alert, settings: object) -> None:
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    row = send(page(alert, "sms"))
    assert row.state == "pending" and row.error_code == "twilio_ConnectionError"


def test_a_refusal_that_stays_is_not_repeated_and_is_visible(alert: Alert, twilio: TwilioRest) -> None:
    twilio.refuse(400, 21211)
    row = send(page(alert, "sms"))
    assert (row.state, row.error_code, row.attempts) == ("failed", "twilio_21211", 1)


def test_when_a_person_cannot_be_reached_at_all_the_next_is_paged_at_once(
    ward: Ward, alert: Alert, twilio: TwilioRest
) -> None:
    twilio.refuse(400, 21211, times=2)
    send(page(alert, "sms"))
    assert {name for name, _, _ in ward.pages()} == {"ann"}
    send(page(alert, "voice"))
    assert {(name, channel) for name, channel, _ in ward.pages() if name != "ann"} == {
        ("bea", "sms"),
        ("bea", "voice"),
    }
    assert "page_failed" in alert.events.values_list("kind", flat=True)


def test_a_person_without_a_telephone_number_is_passed_over_at_once(ward: Ward, alert: Alert) -> None:
    ward.nurse.phone = ""
    ward.nurse.save()
    for channel in ("sms", "voice"):
        assert send(page(alert, channel)).error_code == "no_number"
    assert "bea" in {name for name, _, _ in ward.pages()}


def test_after_an_acknowledgement_no_waiting_page_leaves(
    ward: Ward, alert: Alert, twilio: TwilioRest
) -> None:
    waiting = page(alert, "sms")
    Notification.objects.filter(pk=waiting.pk).update(state="sending", next_attempt_at=timezone.now())
    alert_claim(alert=alert, by=ward.nurse)
    assert send(waiting).state == "cancelled" and twilio.asked == []


def test_a_page_whose_worker_died_is_found_by_the_sweep_after_its_lease(
    alert: Alert, twilio: TwilioRest
) -> None:
    row, now = page(alert, "sms"), timezone.now()
    Notification.objects.exclude(pk=row.pk).delete()
    Notification.objects.filter(pk=row.pk).update(
        state="sending", attempts=1, next_attempt_at=now + timedelta(seconds=45)
    )
    assert notifications_sweep(now=now) == 0
    assert notification_send(notification_id=row.pk, now=now) is None
    assert notifications_sweep(now=now + timedelta(seconds=49)) == 1
    assert send(row, now + timedelta(seconds=49)).state == "sent"


def test_a_lost_request_to_send_is_found_by_the_sweep(alert: Alert) -> None:
    assert notifications_sweep(now=timezone.now() + timedelta(seconds=1)) == 0
    assert notifications_sweep(now=timezone.now() + timedelta(seconds=10)) == 3


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        pytest.param(["delivered"], "delivered", id="delivered"),
        pytest.param(["delivered", "sent", "failed"], "delivered", id="late receipts never go back"),
        pytest.param(["queued", "sending"], "sent", id="nothing new"),
        pytest.param(["undelivered"], "failed", id="undelivered"),
        pytest.param(["something-new"], "sent", id="unknown words"),
    ],
)
def test_receipts_move_a_message_forward_only(
    alert: Alert, twilio: TwilioRest, statuses: list[str], state: str
) -> None:
    row = send(page(alert, "sms"))
    for status in statuses:
        notification_receipt(notification_id=row.pk, status=status, error_code="30003")
    row.refresh_from_db()
    assert row.state == state


def test_a_call_nobody_answers_is_repeated_twice_then_given_up(
    ward: Ward, alert: Alert, twilio: TwilioRest
) -> None:
    row, at = page(alert, "voice"), timezone.now()
    for attempt in (1, 2, 3):
        send(row, at)
        notification_receipt(notification_id=row.pk, status="no-answer")
        row.refresh_from_db()
        assert row.state == ("failed" if attempt == 3 else "pending")
        at = timezone.now() + timedelta(seconds=61)
    assert len(twilio.forms("Calls")) == 3


def test_the_ladder_climbs_by_sweep_and_stops_when_somebody_takes_it(ward: Ward, alert: Alert) -> None:
    start = alert.paging_since
    assert start is not None
    reached = []
    for minutes in (4, 5, 6, 10, 15, 16):
        escalations_sweep(now=start + timedelta(minutes=minutes))
        reached.append(sorted({name for name, _, _ in ward.pages()}))
    assert reached == [["ann"], ["ann", "bea"], ["ann", "bea"], *[["ann", "bea", "lea"]] * 3]
    alert.refresh_from_db()
    assert alert.escalation_level == 3
    alert_claim(alert=alert, by=ward.second)
    before = Notification.objects.count()
    assert escalations_sweep(now=start + timedelta(hours=1)) == 0
    assert Notification.objects.count() == before


def test_a_missed_high_alert_reaches_the_team_lead_once(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), Said("sick_day", "high", "medication_issue", "M06"))
    assert alert.acknowledge_due_at is not None
    for _ in range(3):
        escalations_sweep(now=alert.acknowledge_due_at + timedelta(minutes=1))
    assert {row for row in ward.pages(alert) if row[2] == 1} == {
        ("lea", "sms", 1), ("lea", "dashboard", 1), ("lea", "email", 1),
    }  # fmt: skip
    assert list(alert.events.values_list("kind", flat=True)) == ["raised", "deadline_missed"]


def test_a_team_may_have_a_ladder_of_its_own(ward: Ward, alert: Alert) -> None:
    ward.team.escalation_policies.create(severity="critical", steps=[{"after_minutes": 2, "level": "lead"}])
    assert alert.paging_since is not None
    escalations_sweep(now=alert.paging_since + timedelta(minutes=2))
    assert {name for name, _, _ in ward.pages()} == {"ann", "lea"}


def test_with_an_empty_roster_the_team_lead_is_paged(ward: Ward, hear: Hear) -> None:
    ward.team.shifts.all().delete()
    [alert] = hear(ward.call(), "chest_pain")
    assert {name for name, _, _ in ward.pages(alert)} == {"lea"}


def test_a_snooze_ends_by_sweep(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), Said("dizziness", "medium", "symptom_worsening", "S11"))
    until = later(hours=2)
    alert_snooze(alert=alert, by=ward.nurse, until=until, reason="asleep")
    escalations_sweep(now=until - timedelta(seconds=1))
    alert.refresh_from_db()
    assert alert.state == "snoozed"
    escalations_sweep(now=until)
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.snoozed_until) == ("acknowledged", ward.nurse, None)


def test_a_test_page_is_no_alert(ward: Ward, twilio: TwilioRest) -> None:
    row = send(trial_page_send(team=ward.team, person=ward.second, channel="sms"))
    assert row.state == "sent" and "test" in twilio.forms("Messages")[0]["Body"]
    assert page_acknowledge(notification_id=row.pk) == "tested" and not Alert.objects.exists()


def test_the_heartbeat_shows_a_dead_channel_and_does_not_beat_too_often(
    ward: Ward, twilio: TwilioRest, empty_redis: str
) -> None:
    now = timezone.now()
    assert heartbeat(now=now) is True and heartbeat(now=now) is None
    beats = Notification.objects.filter(team=ward.team, purpose="heartbeat")
    assert {row.channel: row.state for row in beats} == dict.fromkeys(
        ("sms", "voice", "email", "dashboard"), "delivered"
    )
    beats.delete()
    twilio.refuse(401, 20003)
    assert heartbeat(now=now) is False
    assert {row.channel: (row.state, row.error_code) for row in beats.all()} == {
        "sms": ("failed", "twilio_20003"),
        "voice": ("failed", "twilio_20003"),
        "email": ("delivered", ""),
        "dashboard": ("delivered", ""),
    }


def test_a_mail_server_that_does_not_answer_is_seen_by_the_heartbeat(
    ward: Ward, twilio: TwilioRest, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    assert heartbeat() is False
    row = Notification.objects.get(team=ward.team, purpose="heartbeat", channel="email")
    assert (row.state, row.error_code) == ("failed", "mail_ConnectionRefusedError")


def test_mail_that_is_thrown_away_is_not_called_sent(ward: Ward, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # type: ignore[attr-defined]
    row = send(trial_page_send(team=ward.team, person=ward.nurse, channel="email"))
    assert (row.state, row.error_code) == ("failed", "mail_not_configured")
    health = {one.channel: one for one in channel_health(ward.team)}
    assert not health["email"].is_configured and not health["email"].is_well
    assert health["email"].error_code == "mail_not_configured"


def test_a_channel_is_well_again_when_something_gets_through(ward: Ward, twilio: TwilioRest) -> None:
    assert {one.channel for one in channel_health(ward.team)} == {"voice", "sms", "email", "dashboard"}
    twilio.refuse(400, 21211)
    send(trial_page_send(team=ward.team, person=ward.nurse, channel="sms"))
    sick = {one.channel: one for one in channel_health(ward.team)}["sms"]
    assert (sick.is_well, sick.error_code, sick.failed) == (False, "twilio_21211", 1)
    send(trial_page_send(team=ward.team, person=ward.nurse, channel="sms"))
    well = {one.channel: one for one in channel_health(ward.team)}["sms"]
    assert well.is_well and well.last_ok_at is not None and well.failed == 1


def test_a_message_that_nobody_sends_makes_its_channel_unwell(ward: Ward) -> None:
    trial_page_send(team=ward.team, person=ward.nurse, channel="voice")
    waiting = {one.channel: one for one in channel_health(ward.team, now=later(minutes=1))}["voice"]
    assert waiting.is_well and not waiting.stuck
    stuck = {one.channel: one for one in channel_health(ward.team, now=later(minutes=3))}["voice"]
    assert not stuck.is_well and stuck.stuck == 1


def test_a_page_speaks_the_language_of_whom_it_is_for(
    ward: Ward, alert: Alert, twilio: TwilioRest, settings: object
) -> None:
    User.objects.filter(pk=ward.nurse.pk).update(language="es")
    send(page(alert, "sms"))
    send(page(alert, "voice"))
    [text] = twilio.forms("Messages")
    [call] = twilio.forms("Calls")
    assert "alerta crítica" in text["Body"]
    assert 'language="es-US"' in call["Twiml"] and "Pulse 1" in call["Twiml"]


def post(path: str, settings: object, *, signed: bool = True, **form: str) -> tuple[int, str]:
    url = f"{settings.PUBLIC_URL}{path}"  # type: ignore[attr-defined]
    token = settings.TWILIO_AUTH_TOKEN if signed else "wrong"  # type: ignore[attr-defined]
    signature = RequestValidator(token).compute_signature(url, form)
    answer = Client().post(path, form, headers={"X-Twilio-Signature": signature})
    return answer.status_code, answer.content.decode()


@pytest.mark.urls("alerts.urls")
def test_pressing_one_takes_the_alert_for_the_person_who_was_called(
    ward: Ward, alert: Alert, settings: object
) -> None:
    row = page(alert, "voice")
    status, said = post(f"/voice/page/{row.pk}", settings, Digits="1")
    alert.refresh_from_db()
    assert status == 200 and "The alert is yours" in said
    assert (alert.state, alert.owner) == ("acknowledged", ward.nurse)
    assert "already has" in post(f"/voice/page/{row.pk}", settings, Digits="1")[1]


@pytest.mark.urls("alerts.urls")
def test_the_answer_to_a_key_is_in_the_persons_language_too(
    ward: Ward, alert: Alert, settings: object
) -> None:
    User.objects.filter(pk=ward.nurse.pk).update(language="es")
    _, said = post(f"/voice/page/{page(alert, 'voice').pk}", settings, Digits="1")
    assert "La alerta es suya" in said and 'language="es-US"' in said


@pytest.mark.urls("alerts.urls")
@pytest.mark.parametrize("digit", ["2", ""], ids=["another key", "no key"])
def test_any_other_key_leaves_the_alert_open(alert: Alert, settings: object, digit: str) -> None:
    _, said = post(f"/voice/page/{page(alert, 'voice').pk}", settings, Digits=digit)
    alert.refresh_from_db()
    assert alert.state == "new" and "stays open" in said


@pytest.mark.urls("alerts.urls")
def test_an_unsigned_key_press_or_receipt_changes_nothing(alert: Alert, settings: object) -> None:
    row = page(alert, "voice")
    assert post(f"/voice/page/{row.pk}", settings, signed=False, Digits="1")[0] == 403
    assert post(f"/voice/page-status/{row.pk}", settings, signed=False, CallStatus="failed")[0] == 403
    assert Client().get(f"/voice/page/{row.pk}").status_code == 405
    alert.refresh_from_db()
    row.refresh_from_db()
    assert (alert.state, row.state) == ("new", "pending")


@pytest.mark.urls("alerts.urls")
def test_a_signed_receipt_is_written_down(alert: Alert, twilio: TwilioRest, settings: object) -> None:
    row = send(page(alert, "sms"))
    assert post(f"/voice/page-status/{row.pk}", settings, MessageStatus="delivered")[0] == 204
    row.refresh_from_db()
    assert row.state == "delivered" and row.delivered_at is not None


def test_a_key_pressed_for_a_closed_or_unknown_alert_is_answered_kindly(ward: Ward, alert: Alert) -> None:
    row = page(alert, "voice")
    Alert.objects.filter(pk=alert.pk).update(
        state="resolved", resolved_at=timezone.now(), disposition="other", owner=ward.nurse
    )
    assert page_acknowledge(notification_id=row.pk) == "gone"
    assert page_acknowledge(notification_id=alert.pk) == "gone"


@pytest.mark.parametrize(
    ("status", "state"),
    [("delivered", "delivered"), ("failed", "failed"), ("undelivered", "failed"), ("no-answer", "pending")],
)
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_receipt_that_overtakes_its_sender_stands(
    alert: Alert, monkeypatch: pytest.MonkeyPatch, channel: str, status: str, state: str
) -> None:
    row = page(alert, channel)

    def taken(**_: str) -> Sent:
        notification_receipt(notification_id=row.pk, status=status, error_code="30006")
        return Sent("SM1")

    monkeypatch.setattr(channels, f"{channel}_send", taken)
    send(row)
    assert (row.state, row.provider_sid) == (state, "SM1")
    assert (row.error_code == "") is (status == "delivered")


def test_a_message_whose_acceptance_was_lost_but_that_arrived_is_not_sent_again(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = page(alert, "sms")

    def lost(**_: str) -> Sent:
        notification_receipt(notification_id=row.pk, status="delivered")
        raise ChannelError("twilio_Timeout", permanent=False)

    monkeypatch.setattr(channels, "sms_send", lost)
    assert send(row).state == "delivered"
    assert not Notification.objects.filter(alert=alert, purpose="escalation").exists()


def test_a_fault_of_the_voice_side_says_so(ward: Ward, twilio: TwilioRest) -> None:
    for row in fault_page(team=ward.team, what="openai:refused"):
        send(row)
    [form] = twilio.forms("Messages")
    assert "voice assistant is failing" in form["Body"] and "worklist" not in form["Body"]
