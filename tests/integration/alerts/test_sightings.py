"""Which calls an alert was seen in: one row for each, as bad as it was there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import AlertSighting
from alerts.services import Heard, answers_submit, flags_submit, missed_checkin_submit, model_alert_submit
from calls.models import Call
from tests.integration.alerts.conftest import Said, Ward

pytestmark = pytest.mark.django_db


def told(call: Call) -> list[tuple[str, str, str]]:
    """What the call's sightings say, by topic."""
    rows = AlertSighting.objects.filter(call=call).order_by("alert__topic")
    return list(rows.values_list("alert__topic", "severity", "rule_id"))


def test_an_alert_of_two_calls_was_seen_in_both_as_bad_as_it_was_in_each(ward: Ward) -> None:
    yesterday = ward.call(planned_for=timezone.now() - timedelta(days=1))
    today = ward.call()
    for call, severity, rule in ((yesterday, "critical", "E01"), (today, "high", "E02")):
        age = 0.0 if severity == "critical" else 48.0
        hit = Said("chest_pain", severity, rule_id=rule, max_age_h=age)
        flags_submit(patient=ward.patient, call=call, hits=[hit], heard=Heard("my chest", 1))
    [alert] = ward.alerts()
    assert (alert.call_id, alert.severity) == (yesterday.pk, "critical")
    assert told(yesterday) == [("chest_pain", "critical", "E01")]
    assert told(today) == [("chest_pain", "high", "E02")]


def test_within_a_call_a_sighting_only_gets_worse(ward: Ward) -> None:
    call = ward.call()
    for severity, age in (("high", 48.0), ("critical", 0.0), ("high", 48.0)):
        hit = Said("chest_pain", severity, rule_id="E01" if severity == "critical" else "E02", max_age_h=age)
        flags_submit(patient=ward.patient, call=call, hits=[hit], heard=Heard("my chest", 1))
    assert told(call) == [("chest_pain", "critical", "E01")]


def test_scores_and_the_voice_model_are_seen_too_and_a_repeat_adds_nothing(ward: Ward) -> None:
    call = ward.call(answered_at=timezone.now())
    for _ in range(2):
        answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": 4})
        model_alert_submit(
            patient=ward.patient, call=call, severity="critical", alert_type="emergency",
            description="collapsed", reference="1",
        )  # fmt: skip
    emergencies = AlertSighting.objects.critical_emergencies().filter(call=call)
    assert sorted(emergencies.values_list("rule_id", flat=True)) == ["E03", "model"]


def test_what_no_call_told_of_was_seen_in_none(ward: Ward) -> None:
    missed_checkin_submit(patient=ward.patient, day=timezone.now().date())
    assert ward.alerts() and not AlertSighting.objects.exists()
