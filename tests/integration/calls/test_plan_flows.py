"""What a call is told before it begins: screens that are due, an emergency to come back to, closed hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.utils import timezone

from alerts.phrases.model import FlagHit
from alerts.services import flags_submit
from calls.assembly import bridge_of, conversation_of, session_plan
from calls.database import in_database
from calls.models import ScreenResult
from calls.phone import PhoneLine
from calls.plan import CallPlan, call_plan
from calls.providers.openai.session import session_update
from calls.services.screening import screen_save, screens_due
from patients.models import Patient, PatientRecord
from tests.support.factories import make_verified_call
from tests.support.rules_in_force import put_into_force, put_into_force_of


def test_screens_of_the_check_in_are_due_until_answered_and_again_after_their_time(joan: Patient) -> None:
    now = timezone.now()
    assert screens_due(patient=joan, now=now) == ("phq2", "steadi")
    assert "startScreen for: phq2, steadi" in call_plan(make_verified_call(joan)).instructions
    call = make_verified_call(joan)
    screen_save(
        call_id=call.pk,
        screen="phq2",
        replies={"interest": "2", "mood": "1"},
        outcome="positive",
        tier="positive",
    )
    screen_save(
        call_id=call.pk, screen="steadi", replies={"fallen": "no", "unsteady": "yes", "worry": "no"},
        outcome="answered", tier="answered",
    )  # fmt: skip
    assert screens_due(patient=joan, now=now) == ()
    assert "startScreen for" not in call_plan(make_verified_call(joan)).instructions
    assert screens_due(patient=joan, now=now + timedelta(days=31)) == ("phq2",)
    assert screens_due(patient=joan, now=now + timedelta(days=92)) == ("phq2", "steadi")


def test_a_screen_is_kept_once_with_its_score_and_what_rules_read(joan: Patient) -> None:
    call = make_verified_call(joan)
    for tier in ("positive", "changed"):
        screen_save(
            call_id=call.pk,
            screen="phq2",
            replies={"interest": "2", "mood": "1"},
            outcome="positive",
            tier=tier,
        )
    (row,) = ScreenResult.objects.filter(call=call)
    assert (row.score, row.tier, row.version) == (3, "positive", "screens-1")
    assert PatientRecord.objects.get(call=call).phq2 == 3
    assert "S13" in set(joan.alerts.values_list("rule_id", flat=True))


def test_a_fall_risk_found_is_on_the_chart(joan: Patient) -> None:
    screen_save(
        call_id=make_verified_call(joan).pk, screen="steadi", replies={"fallen": "yes", "unsteady": "no", "worry": "no"},
        outcome="answered", tier="answered",
    )  # fmt: skip
    joan.refresh_from_db()
    assert joan.has_fall_risk


def test_two_wrong_orientation_answers_are_an_emergency_by_the_rules(joan: Patient) -> None:
    screen_save(
        call_id=make_verified_call(joan).pk, screen="orientation", replies={"day": "wrong", "month": "right", "year": "wrong"},
        outcome="failed", tier="disoriented",
    )  # fmt: skip
    assert joan.alerts.filter(rule_id="E05", severity="critical").exists()


def test_without_identity_a_screen_is_kept_and_the_record_is_not_touched(joan: Patient) -> None:
    call = make_verified_call(joan, identity_result="not_attempted")
    screen_save(
        call_id=call.pk, screen="orientation", replies={"day": "wrong", "month": "wrong", "year": "right"},
        outcome="failed", tier="disoriented",
    )  # fmt: skip
    assert ScreenResult.objects.filter(call=call).exists() and not PatientRecord.objects.exists()


def test_a_redial_knows_after_what_the_line_was_lost_and_other_calls_do_not(joan: Patient) -> None:
    lost = make_verified_call(joan, state="interrupted", ended_at=timezone.now(), end_reason="hangup")
    hit = FlagHit("suicidal_ideation", "critical", "emergency", "x", 0, 1, "affirmed", "E10", "test")
    flags_submit(patient=joan, call=lost, hits=[hit])
    again = make_verified_call(joan, purpose="emergency_redial", retry_of=lost)
    assert call_plan(again).earlier_flags == ("suicidal_ideation",)
    assert "suicid" not in call_plan(again).instructions, "private until identity is known"
    assert call_plan(make_verified_call(joan)).earlier_flags == ()


@pytest.mark.parametrize(
    ("at", "is_closed"),
    [
        (datetime(2026, 11, 23, 16, tzinfo=UTC), False),  # Monday 11:00 in New York
        (datetime(2026, 11, 24, 3, tzinfo=UTC), True),  # Monday 22:00
        (datetime(2026, 11, 22, 16, tzinfo=UTC), True),  # Sunday
    ],
)
def test_who_calls_when_the_clinic_is_closed_is_told_what_is_for_911(
    joan: Patient, at: datetime, is_closed: bool
) -> None:
    with time_machine.travel(at, tick=False):
        told = call_plan(make_verified_call(joan, direction="inbound", purpose="callback")).instructions
    assert ("clinic is closed now" in told) is is_closed


def test_how_long_silence_may_last_is_what_the_rule_set_in_force_says(joan: Patient) -> None:
    assert call_plan(make_verified_call(joan)).after_flag_ms == 15_000
    put_into_force_of("E17", "silence_s", 8)
    assert conversation_of(call_plan(make_verified_call(joan))).parts.setting.limits.after_flag_ms == 8_000


def test_how_long_a_screening_service_may_take_is_what_the_rule_set_in_force_says(joan: Patient) -> None:
    assert call_plan(make_verified_call(joan)).screening_wait_ms == 25_000
    put_into_force(screening_wait_s=20)
    assert (
        conversation_of(call_plan(make_verified_call(joan))).parts.setting.limits.screening_wait_ms == 20_000
    )


# --- the patient's own pace


@pytest.mark.parametrize(
    ("wishes", "silence_ms", "speed"),
    [
        ({"silence_ms": 1_500, "speed": 0.85}, 1_500, 0.85),
        ({"silence_ms": 1_300}, 1_300, 1.0),
        ({"silence_ms": 60_000, "speed": 9}, 3_000, 1.5),
        ({"silence_ms": -5, "speed": 0}, 200, 0.25),
        ({"silence_ms": "soon", "speed": True}, 600, 1.0),
        ({}, 600, 1.0),
        ({"hard_of_hearing": True}, 1_200, 0.9),
        ({"hard_of_hearing": True, "silence_ms": 1_500, "speed": 1.0}, 1_500, 1.0),
    ],
)
async def test_how_long_a_pause_may_be_and_how_fast_maya_speaks_is_the_patients_own(
    joan: Patient, settings: Any, wishes: dict[str, object], silence_ms: int, speed: float
) -> None:
    """What the vendor is asked for, and what the engine counts with, whatever stands in the record."""
    settings.VAD_SILENCE_MS = 600

    def plan() -> CallPlan:
        joan.voice_accommodations = wishes
        joan.save(update_fields=["voice_accommodations"])
        return call_plan(make_verified_call(joan))

    async def unsent(text: str) -> None:
        raise AssertionError(text)

    planned = await in_database(plan)
    audio = orjson.loads(session_update(session_plan(planned)))["session"]["audio"]
    assert audio["input"]["turn_detection"]["silence_duration_ms"] == silence_ms
    assert audio["output"]["speed"] == speed
    assert bridge_of(planned, PhoneLine(unsent, "MZ1")).figures.end_of_turn_ms == silence_ms
