"""The outbox at work: lease a row, send it outside the transaction, write down what came of it.

At least once: a worker that dies between sending and writing sends again. A page twice is better than none.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alerts import channels
from alerts.channels import ChannelError, Sent
from alerts.models import Alert, Notification
from alerts.page_texts import language_of, missed_text, sms_text, spoken_text, subject_text
from alerts.services.failover import next_person_page
from alerts.services.paging import ANSWERED, hand_over
from alerts.services.patient_texts import FRESH, MISSED, STOPPED, may_be_texted, patient_texts_stop
from alerts.services.triage import alert_claim
from heartvoice.shared.errors import DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam, Patient, User

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=45)
BACKOFF_S = (5, 15, 30, 60, 120)
UNHEARD_RETRIES = 2
UNHEARD_WAIT = timedelta(seconds=60)
OVERLOOKED = timedelta(seconds=3)
SWEEP_BATCH = 200
# Receipts of Twilio's message and call resources.
ARRIVED = frozenset({"delivered", "read", "completed"})
UNHEARD = frozenset({"busy", "no-answer"})
LOST = frozenset({"undelivered", "failed", "canceled"})

State = Notification.State


def notification_send(*, notification_id: Any, now: datetime | None = None) -> Notification | None:
    """The message is with its channel, or its next attempt is set. None: it was not due, or somebody else has it."""
    now = now or timezone.now()
    row = _lease(notification_id, now)
    if row is None:
        return None
    try:
        sent = _send(row)
    except ChannelError as error:
        log.warning("page not sent: channel=%s code=%s attempt=%d", row.channel, error.code, row.attempts)
        return _not_sent(row, error, now)
    return _mark_sent(row, sent, now)


@transaction.atomic
def _lease(notification_id: Any, now: datetime) -> Notification | None:
    """Take a due row for this worker. A lease that has run out is taken over: its worker is dead."""
    row = (
        Notification.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("alert__patient", "recipient")
        .filter(pk=notification_id, state__in=(State.PENDING, State.SENDING), next_attempt_at__lte=now)
        .first()
    )
    if row is None:
        return None
    if not _is_wanted(row, now):
        row.state = State.CANCELLED
        row.save(update_fields=["state"])
        return None
    row.state, row.attempts, row.next_attempt_at = State.SENDING, row.attempts + 1, now + LEASE
    row.save(update_fields=["state", "attempts", "next_attempt_at"])
    return row


def _is_wanted(row: Notification, now: datetime) -> bool:
    """False for a page about an alert that somebody has, and for a text to a patient who agrees to none any more."""
    if row.alert is None:
        return True
    if row.purpose == MISSED:
        return row.created_at > now - FRESH and may_be_texted(row.alert.patient)
    return row.alert.state not in ANSWERED or row.purpose not in ("page", "escalation")


def _send(row: Notification) -> Sent:
    """Hand the message to its channel. Nothing in it says who the patient is or what is wrong."""
    if row.purpose == MISSED and row.alert is not None:
        return _send_missed(row, row.alert.patient)
    person = row.recipient
    phone = "" if person is None else person.phone
    language = language_of("" if person is None else person.language)
    severity = row.alert.severity if row.alert else ""
    callback = f"{settings.PUBLIC_URL}/voice/page-status/{row.pk}"
    text = sms_text(purpose=row.purpose, severity=severity, url=settings.PUBLIC_URL, language=language)
    match row.channel:
        case Notification.Channel.SMS:
            return channels.sms_send(to=phone, body=text, callback=callback)
        case Notification.Channel.VOICE:
            return channels.voice_send(
                to=phone,
                spoken=spoken_text(purpose=row.purpose, severity=severity, language=language),
                answer_url=f"{settings.PUBLIC_URL}/voice/page/{row.pk}",
                callback=callback,
                language=language,
            )
        case Notification.Channel.EMAIL:
            address = "" if person is None else person.email
            subject = subject_text(purpose=row.purpose, language=language)
            return channels.email_send(to=address, subject=subject, body=text)
        case _:
            return Sent(done=True)  # the dashboard is told on commit, below


def _send_missed(row: Notification, patient: Patient) -> Sent:
    """To the patient: who called, and that we call again."""
    callback = f"{settings.PUBLIC_URL}/voice/page-status/{row.pk}"
    return channels.sms_send(to=patient.phone, body=missed_text(patient.language), callback=callback)


def _ours(sending: Notification) -> Notification:
    """The row as it is now, locked, with what was read for sending. A receipt may have overtaken the sender."""
    row = Notification.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    row.alert, row.recipient = sending.alert, sending.recipient
    return row


@transaction.atomic
def _mark_sent(sending: Notification, sent: Sent, now: datetime) -> Notification:
    """It was taken by its channel. What a receipt has said of it by then stands."""
    row = _ours(sending)
    row.provider_sid, row.sent_at = sent.sid, now
    if row.state == State.SENDING:
        row.state, row.error_code = State.SENT, ""
        if sent.done:
            row.state, row.delivered_at = State.DELIVERED, now
    row.save(update_fields=["state", "provider_sid", "error_code", "sent_at", "delivered_at"])
    if row.channel == Notification.Channel.DASHBOARD:
        ids = {"notification": row.pk} | ({"alert": row.alert_id} if row.alert_id else {})
        publish_on_commit("page", team_id=row.team_id, **ids)
    else:
        publish_on_commit("notifications", team_id=row.team_id, notification=row.pk)
    return row


@transaction.atomic
def _not_sent(sending: Notification, error: ChannelError, now: datetime) -> Notification:
    """Try again after 5, 15, 30, 60, 120 s; then, or if trying cannot help, the next person is paged at once.

    Not where a receipt says that it left all the same: the channel took it, and its answer was lost.
    """
    row = _ours(sending)
    if row.state != State.SENDING:
        return row
    row.error_code = error.code
    if error.permanent or row.attempts > len(BACKOFF_S):
        row.state = State.FAILED
    else:
        row.state = State.PENDING
        row.next_attempt_at = now + timedelta(seconds=BACKOFF_S[row.attempts - 1])
    row.save(update_fields=["state", "error_code", "next_attempt_at"])
    if row.purpose == MISSED and row.error_code == STOPPED and row.alert is not None:
        patient_texts_stop(row.alert.patient)
    if row.state == State.FAILED:
        hand_over(next_person_page(row, now))
    publish_on_commit("notifications", team_id=row.team_id, notification=row.pk)
    return row


@transaction.atomic
def notification_receipt(*, notification_id: Any, status: str, error_code: str = "") -> Notification | None:
    """What the provider says became of the message. Receipts may repeat and overtake each other: states only advance."""
    now = timezone.now()
    row = Notification.objects.select_for_update().filter(pk=notification_id).first()
    if row is None or row.state in (State.CANCELLED, State.DELIVERED):
        return row
    if status in ARRIVED:
        row.state, row.delivered_at, row.error_code = State.DELIVERED, now, ""
    elif status in UNHEARD and row.attempts <= UNHEARD_RETRIES:
        row.state, row.error_code, row.next_attempt_at = State.PENDING, status, now + UNHEARD_WAIT
    elif status in UNHEARD | LOST:
        row.state, row.error_code = State.FAILED, error_code or status
    else:
        return row
    row.save(update_fields=["state", "delivered_at", "error_code", "next_attempt_at"])
    if row.state == State.FAILED:
        hand_over(next_person_page(row, now))
    publish_on_commit("notifications", team_id=row.team_id, notification=row.pk)
    return row


def page_acknowledge(*, notification_id: Any) -> str:
    """The person on the telephone pressed 1: the alert is theirs. Returns a code: taken, already_taken, gone, tested."""
    row = (
        Notification.objects.select_related("alert__patient", "recipient").filter(pk=notification_id).first()
    )
    if row is None or row.recipient is None:
        return "gone"
    Notification.objects.filter(pk=row.pk, acknowledged_at__isnull=True).update(
        acknowledged_at=timezone.now()
    )
    if row.alert is None:
        return "tested"
    if row.alert.state == Alert.State.RESOLVED:
        return "gone"
    try:
        alert_claim(alert=row.alert, by=row.recipient)
    except DomainError as error:
        return "already_taken" if error.code != "not_allowed" else "gone"
    return "taken"


@transaction.atomic
def trial_page_send(
    *, team: CareTeam, person: User, channel: str, now: datetime | None = None
) -> Notification:
    """A harmless message to one person on one channel, to see that it arrives."""
    now = now or timezone.now()
    row = Notification.objects.create(
        team=team,
        recipient=person,
        channel=Notification.Channel(channel),
        purpose="test",
        next_attempt_at=now,
        dedupe_key=f"test:{person.pk}:{channel}:{now.timestamp():.6f}",
    )
    hand_over([row])
    return row


def notifications_sweep(*, now: datetime | None = None) -> int:
    """Hand every message that is overdue to a worker again. Returns how many."""
    now = now or timezone.now()
    overdue = Q(next_attempt_at__lte=now - OVERLOOKED) & Q(state__in=(State.PENDING, State.SENDING))
    rows = list(Notification.objects.filter(overdue).order_by("next_attempt_at").only("pk")[:SWEEP_BATCH])
    hand_over(rows)
    return len(rows)
