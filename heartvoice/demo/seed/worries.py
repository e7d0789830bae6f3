"""Open alerts for the demo's worklist, raised by the product's own rules on the newest check-ins of a few patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from alerts.models import Alert, Notification
from alerts.services import answers_submit
from calls.models import Call
from calls.screens import screens
from calls.services.screening import screen_save
from heartvoice.demo.seed.people import Person
from patients.models import PatientRecord

MOST = 8


@dataclass(frozen=True, slots=True)
class Story:
    """What the newest check-in said, on top of the history, and the fixed questions that followed."""

    answers: Mapping[str, Any]
    screen: str = ""
    outcome: str = ""
    replies: Mapping[str, str] = field(default_factory=dict)


STORIES = (
    Story({"shortness_of_breath": 3, "sleep_difficulty": 2}, "breath", "none", {"rest": "no", "chest": "no"}),
    Story({"weight_change_lb": Decimal("4.5"), "swelling": 2}),
    Story({"missed_doses_week": 3}),
    Story({"fatigue": 3, "shortness_of_breath": 2}),
    Story({"mood_assessment": 3}, "phq2", "positive", {"interest": "2", "mood": "1"}),
    Story({"swelling": 4}),
)


@transaction.atomic
def worries_raise(people: Sequence[Person], now: datetime) -> int:
    """The number of patients with an open alert afterwards. Simulated patients are left to their own calls."""
    worried = [p for p in people if p.worsening and not p.persona][:MOST]
    for number, p in enumerate(worried):
        record = (
            PatientRecord.objects.select_related("patient", "call")
            .filter(patient_id=p.id)
            .order_by("-recorded_at")
            .first()
        )
        if record is None or record.call is None or Alert.objects.filter(patient_id=p.id).exists():
            continue
        at = now - timedelta(minutes=15 + 40 * number)
        Call.objects.filter(pk=record.call_id).update(
            planned_for=at, answered_at=at, ended_at=at + timedelta(minutes=5)
        )
        PatientRecord.objects.filter(pk=record.pk).update(recorded_at=at)
        story = STORIES[number % len(STORIES)]
        answers_submit(patient=record.patient, call=record.call, answers=dict(story.answers), now=at)
        if story.screen:
            screen_save(
                call_id=record.call_id,
                screen=story.screen,
                replies=story.replies,
                outcome=story.outcome,
                tier=screens()[story.screen].outcomes[story.outcome].tier,
                now=at,
            )
    # Invented people page nobody.
    Notification.objects.filter(
        alert__patient_id__in=[p.id for p in worried], state=Notification.State.PENDING
    ).update(state=Notification.State.CANCELLED)
    return (
        Alert.objects.filter(patient_id__in=[p.id for p in worried]).values("patient_id").distinct().count()
    )
