"""Missed check-ins, doubts and voice measurements, as scheduler, call and voice analysis report them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.rules.facts import Doubt, VoiceCall
from alerts.selectors import roster_gap, rules_for
from alerts.services import (
    answers_submit,
    doubts_submit,
    missed_checkin_submit,
    threshold_set,
    unanswered_submit,
    voice_submit,
)
from alerts.services.scores import kccq_record
from heartvoice.shared.errors import DomainError
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Hear, Said, Ward
from tests.support.factories import make_shift

pytestmark = pytest.mark.django_db


def today(ward: Ward) -> date:
    return timezone.now().astimezone(ZoneInfo(ward.patient.time_zone)).date()


def answered(ward: Ward, days_ago: float, **answers: object) -> PatientRecord:
    """An earlier, completed check-in."""
    at = timezone.now() - timedelta(days=days_ago)
    call = ward.call(state="completed", ended_at=at)
    return PatientRecord.objects.create(
        patient=ward.patient, call=call, recorded_at=at, is_identity_verified=True, **answers
    )


def test_missed_check_ins_in_a_row_get_worse_and_are_counted_once_a_day(ward: Ward) -> None:
    first = today(ward)
    seen = []
    for n in (0, 0, 1, 1, 2):
        missed_checkin_submit(patient=ward.patient, day=first + timedelta(days=n))
        alert = Alert.objects.get(topic="missed_contact")
        seen.append((alert.severity, alert.rule_id, alert.occurrences))
    assert seen == [
        ("low", "C01", 1), ("low", "C01", 1), ("medium", "C02", 2), ("medium", "C02", 2), ("high", "C03", 3),
    ]  # fmt: skip
    assert Alert.objects.get().alert_type == "missed_contact"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [0, 9, 16, 23])
def test_three_missed_days_after_a_check_in_are_three_in_every_zone(ward: Ward, zone: str, hour: int) -> None:
    """16:30 in Los Angeles is already tomorrow in UTC: the next missed day must count all the same."""
    ward.patient.time_zone = zone
    ward.patient.save()
    at = datetime(2026, 1, 12, hour, 30, tzinfo=ZoneInfo(zone))
    call = ward.call(state="completed", ended_at=at)
    PatientRecord.objects.create(
        patient=ward.patient, call=call, recorded_at=at, is_identity_verified=True, swelling=1
    )
    found = []
    for day in (13, 14, 15):
        evening = datetime(2026, 1, day, 19, tzinfo=ZoneInfo(zone))
        [alert] = missed_checkin_submit(patient=ward.patient, day=evening.date(), now=evening)
        found.append((alert.rule_id, alert.severity))
    assert found == [("C01", "low"), ("C02", "medium"), ("C03", "high")]


def test_a_zone_that_cannot_be_does_not_stop_an_emergency(ward: Ward, hear: Hear) -> None:
    ward.patient.time_zone, ward.patient.discharged_on = "Mars/Olympus", date(2026, 1, 1)
    ward.patient.save()
    assert [alert.rule_id for alert in hear(ward.call(), "chest_pain")] == ["E01"]


def test_a_score_that_staff_enter_reaches_nobody(ward: Ward) -> None:
    for n in (3, 2):
        missed_checkin_submit(patient=ward.patient, day=today(ward) - timedelta(days=n))
    kccq_record(patient=ward.patient, score=Decimal("60"), taken_on=today(ward) - timedelta(days=1))
    missed_checkin_submit(patient=ward.patient, day=today(ward))
    alert = Alert.objects.get(topic="missed_contact")
    assert (alert.rule_id, alert.inputs["rules"]["C03"]["inputs"]["in_a_row"]) == ("C03", 3)


def test_reaching_the_patient_starts_the_count_again(ward: Ward) -> None:
    for n in (3, 2):
        missed_checkin_submit(patient=ward.patient, day=today(ward) - timedelta(days=n))
    answered(ward, 0.9, swelling=1)
    [alert] = missed_checkin_submit(patient=ward.patient, day=today(ward) + timedelta(days=1))
    assert set(alert.inputs["rules"]["C01"]["inputs"].items()) == {("in_a_row", 1)}


def test_one_missed_soon_after_discharge_is_medium(ward: Ward) -> None:
    ward.patient.discharged_on = today(ward) - timedelta(days=14)
    ward.patient.save()
    [alert] = missed_checkin_submit(patient=ward.patient, day=today(ward))
    assert (alert.severity, alert.rule_id) == ("medium", "C02")


def test_one_missed_after_a_critical_alert_is_high(ward: Ward, hear: Hear) -> None:
    hear(ward.call(), "chest_pain")
    [alert] = missed_checkin_submit(patient=ward.patient, day=today(ward))
    assert (alert.severity, alert.rule_id) == ("high", "C03")


@pytest.mark.parametrize(
    ("heard", "rule"),
    [
        ({5: "medium", 3: "medium", 1: "high"}, "C03"),  # became high
        ({5: "high", 3: "high", 1: "high"}, "C03"),  # told of again in another call
        ({5: "high", 4: "medium", 1: "medium"}, "C01"),  # no longer as bad
    ],
)
def test_an_alert_counts_from_when_it_was_last_as_severe_as_it_is(
    ward: Ward, hear: Hear, heard: dict[int, str], rule: str
) -> None:
    now = timezone.now()
    for days, severity in heard.items():
        at = now - timedelta(days=days)
        call = ward.call(planned_for=at, answered_at=at)
        hear(call, Said("cough_new", severity, "symptom_worsening", "S11"), now=at)
    Alert.objects.update(created_at=now - timedelta(days=5))
    assert len(ward.alerts()) == 1
    [alert] = missed_checkin_submit(patient=ward.patient, day=today(ward), now=now)
    assert alert.rule_id == rule


def test_a_doubtful_answer_asks_a_nurse_to_verify(ward: Ward) -> None:
    call = ward.call()
    [alert] = doubts_submit(patient=ward.patient, call=call, doubts=[Doubt("medication", "low_confidence")])
    assert (alert.rule_id, alert.severity, alert.alert_type) == ("D01", "medium", "medication_issue")
    assert doubts_submit(patient=ward.patient, call=call, doubts=[Doubt("weight", "unanswered", True)]) == []


def test_an_unanswered_question_about_an_emergency_counts_as_yes(ward: Ward) -> None:
    call = ward.call()
    for _ in range(2):
        unanswered_submit(patient=ward.patient, call=call, topics=["chest_pain", "weight", "fall"])
    found = {(alert.rule_id, alert.severity, alert.occurrences) for alert in ward.alerts()}
    assert found == {("E01", "critical", 1), ("E07", "high", 1), ("D01", "medium", 1)}


def test_nothing_unanswered_raises_nothing(ward: Ward) -> None:
    assert unanswered_submit(patient=ward.patient, call=ward.call(), topics=[]) == []


def test_a_voice_change_beside_an_open_alert_raises_that_alert(ward: Ward) -> None:
    call = ward.call()
    answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": 2})
    assert Alert.objects.get(topic="symptom_scales").severity == "medium"
    voice_submit(patient=ward.patient, call=call, voice=[VoiceCall(timezone.now(), outside=True, score=2.4)])
    alert = Alert.objects.get(topic="symptom_scales")
    assert (alert.severity, alert.alert_type) == ("high", "symptom_worsening")
    assert Alert.objects.get(topic="voice").severity == "low"


def test_a_second_voice_change_does_not_raise_what_voice_has_raised(ward: Ward) -> None:
    answers_submit(patient=ward.patient, call=ward.call(), answers={"missed_doses_week": 1})
    for _ in range(2):
        voice_submit(patient=ward.patient, call=ward.call(), voice=[VoiceCall(timezone.now(), outside=True)])
    assert Alert.objects.get(topic="medication").severity == "medium"


def test_voice_alone_never_exceeds_medium(ward: Ward) -> None:
    outside = [VoiceCall(timezone.now() - timedelta(days=n), outside=True) for n in (2, 1, 0)]
    voice_submit(patient=ward.patient, call=ward.call(), voice=outside)
    assert Alert.objects.get().severity == "medium"


def test_a_weight_is_compared_with_yesterdays(ward: Ward) -> None:
    answered(ward, 1, weight_lb=Decimal("182.0"))
    [alert] = answers_submit(
        patient=ward.patient, call=ward.call(), answers={"weight_lb": Decimal("185.1")}
    ).alerts
    assert (alert.rule_id, alert.severity) == ("S01", "high")


def test_exactly_three_pounds_is_medium(ward: Ward) -> None:
    answered(ward, 1, weight_lb=Decimal("182.0"))
    [alert] = answers_submit(
        patient=ward.patient, call=ward.call(), answers={"weight_lb": Decimal("185.0")}
    ).alerts
    assert (alert.rule_id, alert.severity) == ("S03", "medium")


def test_an_unverified_check_in_is_no_history(ward: Ward) -> None:
    row = answered(ward, 1, weight_lb=Decimal("182.0"))
    row.is_identity_verified = False
    row.save()
    found = answers_submit(patient=ward.patient, call=ward.call(), answers={"weight_lb": Decimal("186.0")})
    assert found.alerts == []


def test_a_patients_own_threshold_is_used_and_named(ward: Ward) -> None:
    answered(ward, 1, weight_lb=Decimal("182.0"))
    answered(ward, 7, weight_lb=Decimal("184.0"))
    threshold_set(
        patient=ward.patient,
        rule_id="S01",
        parameter="gain_lb",
        value=Decimal("5.0"),
        reason="weight swings with dialysis",
        set_by=ward.lead,
        valid_until=today(ward) + timedelta(days=30),
    )
    rules, refused = rules_for(ward.patient, now=timezone.now())
    assert rules.rule("S01")["gain_lb"] == 5.0 and len(rules.overrides) == 1 and refused == ()
    [alert] = answers_submit(
        patient=ward.patient, call=ward.call(), answers={"weight_lb": Decimal("186.0")}
    ).alerts
    assert (alert.rule_id, alert.severity) == ("S03", "medium")


def test_a_threshold_is_in_force_through_the_whole_of_its_last_day_where_the_patient_lives(
    ward: Ward,
) -> None:
    threshold_set(
        patient=ward.patient,
        rule_id="S01",
        parameter="gain_lb",
        value=Decimal("2.0"),
        reason="gains fast",
        set_by=ward.lead,
        valid_until=today(ward) + timedelta(days=1),
    )
    over = datetime.combine(today(ward) + timedelta(days=2), time(), ZoneInfo(ward.patient.time_zone))
    last, _ = rules_for(ward.patient, now=over - timedelta(minutes=1))
    later, _ = rules_for(ward.patient, now=over)
    assert (last.rule("S01")["gain_lb"], len(later.overrides)) == (2.0, 0)


@pytest.mark.parametrize(
    ("rule_id", "parameter", "value", "days"),
    [
        pytest.param("E16", "spo2_critical_percent", "86", 30, id="an emergency rule weakened"),
        pytest.param("S01", "gain_lb", "50", 30, id="out of range"),
        pytest.param("S01", "no_such", "3", 30, id="unknown number"),
        pytest.param("S01", "gain_lb", "4", 400, id="for longer than allowed"),
    ],
)
def test_a_threshold_that_the_rules_do_not_allow_is_refused(
    ward: Ward, rule_id: str, parameter: str, value: str, days: int
) -> None:
    with pytest.raises(DomainError):
        threshold_set(
            patient=ward.patient,
            rule_id=rule_id,
            parameter=parameter,
            value=Decimal(value),
            reason="because",
            set_by=ward.lead,
            valid_until=today(ward) + timedelta(days=days),
        )
    assert not ward.patient.threshold_overrides.exists()


def test_the_roster_gate_sees_when_nobody_will_be_on_call(ward: Ward) -> None:
    now = timezone.now()
    assert roster_gap(ward.team, now=now) is None
    ward.team.shifts.all().delete()
    assert roster_gap(ward.team, now=now) == now
    shift = make_shift(ward.team, ward.nurse, ends_at=now + timedelta(minutes=30))
    assert roster_gap(ward.team, now=now) == shift.ends_at
