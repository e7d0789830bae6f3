"""Calls whose process or line died without a word end in the record, once. Security F-46."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.phrases.model import FlagHit
from alerts.services import flags_submit
from calls.models import Call
from calls.services import call_finish, calls_close_lost, calls_keep_alive
from patients.models import Patient


def a_call(patient: Patient, **fields: object) -> Call:
    now = timezone.now()
    defaults = {
        "patient": patient, "direction": "inbound", "purpose": "callback", "planned_for": now, "answered_at": now,
        "state": "in_progress",
    }  # fmt: skip
    return Call.objects.create(**{**defaults, **fields})


@pytest.mark.parametrize(
    ("seconds_since_a_sign", "state"), [(20, "in_progress"), (44, "in_progress"), (46, "interrupted")]
)
def test_a_call_that_no_process_carries_is_closed_after_a_minute(
    joan: Patient, seconds_since_a_sign: int, state: str
) -> None:
    """F-46: 45 s without a sign of life and the next sweep."""
    now = timezone.now()
    call = a_call(joan, alive_at=now - timedelta(seconds=seconds_since_a_sign))
    calls_close_lost(now)
    call.refresh_from_db()
    assert call.state == state and (call.ended_at is None) == (state == "in_progress")


def test_a_call_that_could_not_be_written_for_a_while_is_in_progress_again(joan: Patient) -> None:
    """F-33, F-46: the database was away longer than the sweep waits, and the call was carried all the time."""
    now = timezone.now()
    call = a_call(joan, alive_at=now - timedelta(minutes=5))
    assert calls_close_lost(now) == 1
    assert calls_keep_alive(call_ids=[call.pk]) == 1
    call.refresh_from_db()
    assert (call.state, call.end_reason, call.ended_at) == ("in_progress", "", None)


def test_a_call_that_was_taken_for_lost_is_told_of_its_real_end(joan: Patient) -> None:
    """F-33, F-46: its process is back at the database after the sweep."""
    now = timezone.now()
    call = a_call(joan, alive_at=now - timedelta(minutes=5))
    calls_close_lost(now)
    assert call_finish(call_id=call.pk, reason="completed")
    assert not call_finish(call_id=call.pk, reason="hangup")
    call.refresh_from_db()
    assert (call.state, call.end_reason) == ("completed", "completed")


def test_a_sign_of_life_keeps_a_call(joan: Patient) -> None:
    """F-46: a late sign is in time."""
    now = timezone.now()
    call = a_call(joan, alive_at=now - timedelta(minutes=5))
    assert calls_keep_alive(call_ids=[call.pk]) == 1
    assert calls_close_lost(now) == 0


def test_a_call_that_never_connected_is_given_up(joan: Patient) -> None:
    now = timezone.now()
    call = a_call(joan, state="ringing", answered_at=None, dialled_at=now - timedelta(minutes=11))
    assert calls_close_lost(now) == 1
    call.refresh_from_db()
    assert (call.state, call.end_reason) == ("failed", "lost")


def test_a_closed_call_is_not_closed_again(joan: Patient) -> None:
    now = timezone.now()
    a_call(joan, alive_at=now - timedelta(minutes=5))
    assert (calls_close_lost(now), calls_close_lost(now)) == (1, 0)


def test_a_call_lost_after_an_emergency_raises_an_alert(joan: Patient) -> None:
    """F-46: nobody knows what came after the flag."""
    now = timezone.now()
    call = a_call(joan, alive_at=now - timedelta(minutes=5))
    hit = FlagHit("chest_pain", "critical", "emergency", "chest", 0, 5, "affirmed", "E01", "test")
    flags_submit(patient=joan, call=call, hits=[hit])
    calls_close_lost(now)
    assert Alert.objects.filter(patient=joan, rule_id="E17").exists()
