"""The weekly report counts what the rows say, per team, and names nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from alerts.models import Alert, Episode
from biomarkers.models import VoiceBiomarker
from heartvoice.reports.weekly import week_bounds, weekly_report
from patients.models import Patient, TimeLog
from tests.support.factories import make_call, make_patient, make_team, make_user

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 17, 15, tzinfo=UTC)  # in 2026-W47


def finished(patient: Patient, **others: object) -> object:
    values = {
        "state": "completed",
        "planned_for": TUESDAY,
        "answered_at": TUESDAY,
        "ended_at": TUESDAY + timedelta(minutes=5),
        "duration_s": 300.0,
        "completion_percent": 100,
        "is_completed": True,
        "cost_usd": Decimal("0.50"),
        **others,
    }
    return make_call(patient, **values)


def segment(
    call: object, number: int, at: datetime, state: str, score: float | None, length_ms: int = 3000
) -> None:
    row = VoiceBiomarker.objects.create(
        patient=call.patient,  # type: ignore[attr-defined]
        call=call,
        segment_id=str(number),
        start_ms=0,
        end_ms=length_ms,
        state=state,
        algorithm_version="t",
        voice_quality_score=score,
    )
    VoiceBiomarker.objects.filter(pk=row.pk).update(created_at=at)


def alert(patient: Patient, rule: str, **others: object) -> None:
    episode, _ = Episode.objects.get_or_create(
        patient=patient,
        closed_at=None,
        defaults={"severity": "high", "opened_at": TUESDAY, "last_alert_at": TUESDAY},
    )
    values = {
        "severity": "high",
        "alert_type": "symptom_worsening",
        "source": "rule",
        "last_seen_at": TUESDAY,
        **others,
    }
    row = Alert.objects.create(
        patient=patient,
        episode=episode,
        rule_id=rule,
        dedupe_key=f"{rule}{len(others)}",
        description="x",
        **values,
    )
    Alert.objects.filter(pk=row.pk).update(created_at=TUESDAY)


def test_a_week_is_monday_to_sunday() -> None:
    assert week_bounds("2026-W47") == (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    for bad in ("2026-W60", "47", "last week"):
        with pytest.raises(ValueError, match="2026-W47"):
            week_bounds(bad)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Asia/Tokyo"])
def test_a_teams_days_are_those_of_its_own_time_zone(zone: str) -> None:
    team = make_team("North", time_zone=zone)
    patient = make_patient(team)
    late = datetime(
        2026, 11, 17, 23, 30, tzinfo=ZoneInfo(zone)
    )  # a Tuesday there, another day in UTC or Tokyo
    week = [
        datetime(2026, 11, day, hour, 59, tzinfo=ZoneInfo(zone))
        for day, hour in ((15, 23), (16, 0), (22, 23), (23, 0))
    ]
    for at in (late, *week):
        finished(patient, planned_for=at)
    report = weekly_report("2026-W47")
    assert report["time_zone"] == report["teams"][0]["time_zone"] == zone
    for figures in (report["overall"], report["teams"][0]):
        assert figures["calls_by_day"] == [1, 1, 0, 0, 0, 0, 1]
        assert figures["total_calls"] == 3


def test_teams_of_two_zones_are_added_up_in_utc_days() -> None:
    for zone in ("America/New_York", "America/Denver"):
        finished(
            make_patient(make_team(zone, time_zone=zone)), planned_for=datetime(2026, 11, 18, 3, tzinfo=UTC)
        )
    report = weekly_report("2026-W47")
    assert report["time_zone"] == "UTC"
    assert report["overall"]["calls_by_day"] == [0, 0, 2, 0, 0, 0, 0]
    assert [team["calls_by_day"] for team in report["teams"]] == [[0, 1, 0, 0, 0, 0, 0]] * 2


def test_the_originals_figures_and_what_alerts_were_worth() -> None:
    team = make_team("North")
    patient = make_patient(team)
    call = finished(patient, satisfaction=4)
    finished(patient, duration_s=100.0, completion_percent=50, is_completed=False, cost_usd=Decimal("0.10"))
    make_call(patient, state="no_answer", planned_for=TUESDAY, ended_at=TUESDAY)
    finished(patient, planned_for=TUESDAY + timedelta(days=7))
    segment(call, 1, TUESDAY, "measured", 60.0)
    segment(call, 2, TUESDAY, "gated", None)
    segment(call, 3, TUESDAY, "gated", None, length_ms=900)
    soon = TUESDAY + timedelta(minutes=10)
    done = {
        "state": "resolved",
        "resolved_at": soon,
        "acknowledged_at": soon,
        "acknowledge_due_at": TUESDAY + timedelta(minutes=5),
    }
    alert(patient, "S01", disposition="drug_change", **done)
    alert(patient, "S02", disposition="false_alarm", **done)
    TimeLog.objects.create(
        patient=patient,
        staff=make_user(team),
        started_at=TUESDAY,
        ended_at=TUESDAY + timedelta(minutes=12),
        activity="call",
    )

    figures = weekly_report("2026-W47")["overall"]

    assert figures["total_calls"] == 2 and figures["completed_calls"] == 1
    assert figures["average_duration_s"] == 200.0
    assert figures["completion_rate"] == 0.5
    assert figures["voice_quality_trend"] == [None, 60.0, None, None, None, None, None]
    assert figures["clinical_alerts_generated"] == 2
    assert figures["cost_usd"] == 0.6 and figures["cost_per_call_usd"] == 0.3
    assert figures["patient_satisfaction"] == 4.0
    assert figures["biomarker_extraction_rate"] == 0.5
    assert {rule["rule_id"]: rule["ppv"] for rule in figures["rules"]} == {"S01": 1.0, "S02": 0.0}
    assert figures["median_time_to_acknowledge_min"] == 10.0
    assert figures["breach_percent"] == 100.0
    assert figures["nurse_minutes_per_patient"] == 12.0


def test_teams_are_apart_and_an_empty_week_has_no_figures_instead_of_zeroes() -> None:
    north, south = make_team("North"), make_team("South")
    finished(make_patient(north))
    make_patient(south)
    report = weekly_report("2026-W47", team_ids=[south.pk])
    assert [team["team"] for team in report["teams"]] == ["South"]
    assert report["overall"]["total_calls"] == 0
    for name in (
        "average_duration_s",
        "completion_rate",
        "patient_satisfaction",
        "biomarker_extraction_rate",
        "breach_percent",
    ):
        assert report["overall"][name] is None


def test_the_command_prints_one_json_object_without_patients() -> None:
    patient = make_patient(last_name="Canaryson")
    finished(patient)
    out = StringIO()
    call_command("weekly_report", "--week", "2026-W47", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (
        report["week"] == "2026-W47"
        and "Canaryson" not in out.getvalue()
        and str(patient.pk) not in out.getvalue()
    )
    with pytest.raises(CommandError, match="2026-W47"):
        call_command("weekly_report", "--week", "soon")
