"""Each turn is pushed to the team as it is written, by ids only."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from calls.models import Call
from calls.services import turn_add
from heartvoice.shared import live
from patients.models import Patient


def test_a_turn_is_announced_after_its_commit_without_its_words(joan: Patient, monkeypatch: Any) -> None:
    call = Call.objects.create(
        patient=joan, direction="inbound", purpose="callback", planned_for=timezone.now(), state="in_progress"
    )
    given: list[Any] = []
    monkeypatch.setattr(live.pushes, "give", given.extend)
    turn_add(call_id=call.pk, speaker="patient", item="i1", text="my chest", start_ms=0, end_ms=900)
    ((group, message),) = given
    assert group == live.team_group(joan.care_team_id)
    assert message == {"type": "live.changed", "topic": "turns", "ids": {"call": str(call.pk)}}
