"""A real worker process takes a segment from the real broker, and the call's voice is complete when it is done."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.utils import timezone

from biomarkers.models import CallVoice, VoiceBiomarker
from calls.models import Call
from tests.integration.biomarkers.conftest import Keep

DEADLINE_S = 60.0


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A prefork worker of the biomarkers queue, stopped as an operator stops it."""
    command = [sys.executable, "-m", "celery", "-A", "heartvoice", "worker", "--pool", "prefork"]
    options = ["--concurrency", "1", "--queues", "biomarkers", "--loglevel", "error", "--without-gossip"]
    with subprocess.Popen([*command, *options], env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def settled(process: subprocess.Popen[bytes]) -> VoiceBiomarker:
    deadline = time.monotonic() + DEADLINE_S
    while (row := VoiceBiomarker.objects.get()).state == "pending" or row.audio_key:
        assert process.poll() is None, "the worker died"
        assert time.monotonic() < deadline, "the worker did not answer"
        time.sleep(0.05)
    return row


def test_a_worker_measures_a_segment_and_completes_the_call(
    keep: Keep, call: Call, store: redis.Redis, process_environment: dict[str, str]
) -> None:
    Call.objects.filter(pk=call.pk).update(
        state="completed", ended_at=timezone.now(), identity_result="verified"
    )
    keep()
    with worker(process_environment) as process:
        row = settled(process)
    assert (row.state, row.attempts) == ("measured", 1)
    assert store.keys("voice-segment:*") == []
    assert store.llen("biomarkers") == 0
    assert CallVoice.objects.get().segments_measured == 1
