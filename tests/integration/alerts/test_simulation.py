"""A changed threshold on past check-ins: what would have been raised, without raising it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alerts.models import Alert, CallFlag
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(ward: Ward) -> Ward:
    """Ten daily weighings; on the fifth day four pounds more than the day before, and a fall was mentioned."""
    now = timezone.now()
    for day in range(10):
        at = now - timedelta(days=10 - day)
        call = ward.call(state="completed", ended_at=at)
        PatientRecord.objects.create(
            patient=ward.patient,
            call=call,
            recorded_at=at,
            is_identity_verified=True,
            weight_lb=Decimal("180") if day != 5 else Decimal("184"),
            shortness_of_breath=1,
        )
        if day == 5:
            CallFlag.objects.create(
                patient=ward.patient,
                call=call,
                flag="fall",
                severity="high",
                alert_type="emergency",
                rule_id="E07",
                hours_ago=3,
                heard_at=at,
                utterance="I fell",
            )
    return ward


def simulated(*changes: str, days: int = 20) -> dict[str, object]:
    out = StringIO()
    since = (timezone.now() - timedelta(days=days)).date().isoformat()
    sets = [argument for change in changes for argument in ("--set", change)]
    call_command("simulate_rules", "--since", since, "--json", *sets, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def test_without_a_change_both_sides_are_the_same(history: Ward) -> None:
    result = simulated()
    assert (result["check_ins"], result["difference_count"]) == (10, 0)
    assert result["rules"]["S01"] == {"before": {"high": 1}, "after": {"high": 1}}  # type: ignore[index]
    assert result["rules"]["E07"]["before"] == {"high": 1}  # type: ignore[index]


def test_a_higher_threshold_shows_what_would_not_have_been_raised(history: Ward) -> None:
    result = simulated("S01.gain_lb=4.5")
    rules = result["rules"]
    assert rules["S01"] == {"before": {"high": 1}, "after": {}}  # type: ignore[index]
    assert rules["S03"] == {"before": {}, "after": {"medium": 1}}  # type: ignore[index]
    lost = [one for one in result["differences"] if one["rule"] == "S01"]  # type: ignore[attr-defined]
    assert [(one["before"], one["after"]) for one in lost] == [("high", None)]
    assert lost[0]["patient"] == str(history.patient.pk)


def test_a_lower_threshold_shows_what_would_have_been_added(history: Ward) -> None:
    history.patient.records.filter(weight_lb=184).update(weight_lb=Decimal("181.5"))
    result = simulated("S03.day_gain_lb=1.5")
    assert result["rules"]["S03"] == {"before": {}, "after": {"medium": 1}}  # type: ignore[index]


def test_a_simulation_writes_nothing(history: Ward) -> None:
    simulated("S01.gain_lb=2")
    assert not Alert.objects.exists()


def test_only_the_days_asked_for_are_judged(history: Ward) -> None:
    assert simulated(days=2)["check_ins"] == 2


def test_a_call_with_flags_and_without_a_check_in_is_judged_too(history: Ward) -> None:
    """An emergency before identity, or in a call that broke off, has no verified record."""
    at = timezone.now() - timedelta(days=2)
    call = history.call(state="interrupted", ended_at=at)
    pain = {"flag": "chest_pain", "severity": "high", "alert_type": "emergency", "rule_id": "E02"}
    CallFlag.objects.create(
        patient=history.patient, call=call, **pain, hours_ago=30, heard_at=at, utterance="it hurt"
    )
    result = simulated("E01.recent_h=48")
    assert (result["check_ins"], result["other_calls"], result["difference_count"]) == (10, 1, 1)
    [told] = result["differences"]  # type: ignore[misc]
    assert (told["rule"], told["before"], told["after"]) == ("E01", None, "critical")
    assert (told["record"], told["call"]) == ("", str(call.pk))
    rates = result["alerts_per_100_check_ins"]
    assert rates["before"] == rates["after"], "of check-ins alone"  # type: ignore[index]
    # The same call with answers of somebody who was not verified: they are judged as they were then.
    PatientRecord.objects.create(
        patient=history.patient, call=call, recorded_at=at, is_identity_verified=False, swelling=4
    )
    again = simulated()
    assert (again["check_ins"], again["other_calls"]) == (10, 1)
    assert again["rules"]["S10"]["before"] == {"high": 1}  # type: ignore[index]
    assert simulated(days=1)["other_calls"] == 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param("S01.nonsense=4", "no such parameter", id="unknown number"),
        pytest.param("E14.heart_rate_bpm=140", "cannot be weakened", id="an emergency rule weakened"),
        pytest.param("S01.gain_lb=much", "write RULE.PARAMETER=NUMBER", id="not a number"),
    ],
)
def test_a_change_that_cannot_be_is_refused(history: Ward, change: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        simulated(change)


def test_the_table_marks_the_rules_that_differ(history: Ward) -> None:
    out = StringIO()
    since = (timezone.now() - timedelta(days=20)).date().isoformat()
    call_command("simulate_rules", "--since", since, "--set", "S01.gain_lb=4.5", stdout=out)
    marked = [line.split()[0] for line in out.getvalue().splitlines() if line.endswith("*")]
    assert "S01" in marked and "E07" not in marked
