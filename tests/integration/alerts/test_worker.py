"""A real worker, a real broker: the page leaves without anybody waiting for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import Notification
from alerts.services import flags_submit
from alerts.tasks import sweep_notifications
from tests.integration.alerts.conftest import Said, Ward
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.factories import make_call

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60.0


@pytest.fixture
def twilio() -> Iterator[TwilioRest]:
    with twilio_rest() as peer:
        yield peer


@pytest.fixture
def worker(
    process_environment: dict[str, str], twilio: TwilioRest, empty_redis: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of the urgent queue whose telephone company is the stand-in."""
    command = [
        "-m",
        "celery",
        "-A",
        "heartvoice.celery",
        "worker",
        "-Q",
        "urgent",
        "-c",
        "1",
        "-l",
        "warning",
    ]
    process = subprocess.Popen(
        [sys.executable, *command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env={**process_environment, "TWILIO_API_BASE": twilio.url},
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so, or fail naming what was waited for."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, what
        pause.wait(0.05)


def test_a_page_is_sent_by_a_worker_soon_after_the_commit(
    ward: Ward, worker: subprocess.Popen[bytes], twilio: TwilioRest
) -> None:
    flags_submit(patient=ward.patient, call=make_call(ward.patient), hits=[Said("chest_pain")])
    rows = Notification.objects.filter(channel__in=["sms", "voice"])
    until(lambda: not rows.exclude(state="sent").exists(), "the pages to be sent")
    assert sorted(name for name, _ in twilio.asked) == ["Calls", "Messages"]
    assert {form["To"] for _, form in twilio.asked} == {ward.nurse.phone}


def test_a_page_whose_task_was_lost_is_sent_by_the_sweep(
    ward: Ward, worker: subprocess.Popen[bytes], twilio: TwilioRest
) -> None:
    """The process died between its commit and the broker: only the row is left."""
    alert = flags_submit(patient=ward.patient, call=make_call(ward.patient), hits=[Said("chest_pain")])[0]
    until(lambda: not alert.notifications.filter(state="pending").exists(), "the first pages")
    lost = Notification.objects.create(
        alert=alert,
        team=ward.team,
        recipient=ward.second,
        channel="sms",
        next_attempt_at=timezone.now() - timedelta(seconds=10),
        dedupe_key="lost",
    )
    sweep_notifications.apply_async(queue="urgent")
    until(lambda: Notification.objects.get(pk=lost.pk).state == "sent", "the lost page")
