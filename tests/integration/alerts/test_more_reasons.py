"""A second reason under the same rule: kept, told, and never lost behind the first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import Alert, AlertEvent, Notification
from alerts.phrases import ScanResult, described
from alerts.services import alert_claim, alert_resolve, answers_submit, model_alert_submit
from calls.models import Call
from tests.integration.alerts.conftest import Hear, Said, Ward

pytestmark = pytest.mark.django_db

DIZZY = Said("dizziness", "medium", "symptom_worsening", "S11")
COUGH = Said("cough_new", "medium", "symptom_worsening", "S11")
EFFECT = Said("side_effect", "medium", "medication_issue", "M08")
BLEEDING = Said("minor_bleeding", "medium", "medication_issue", "M08")
QUESTION = Said("medication_question", "low", "medication_issue", "M08")
CONFUSED = Said("confusion", rule_id="E05")
ASLEEP = Said("unresponsive", rule_id="E05")
FALL = Said("fall", rule_id="E06")
HEAD = Said("head_injury", rule_id="E06")


def quotes(alert: Alert) -> list[tuple[str, str]]:
    return [(piece["what"], piece["utterance"]) for piece in alert.evidence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(DIZZY, COUGH, id="S11 dizziness, new cough"),
        pytest.param(EFFECT, BLEEDING, id="M08 side effect, minor bleeding"),
        pytest.param(EFFECT, QUESTION, id="M08 side effect, a milder question"),
        pytest.param(CONFUSED, ASLEEP, id="E05 confusion, unresponsive"),
        pytest.param(HEAD, FALL, id="E06 head injury, fall"),
    ],
)
def test_a_second_flag_under_one_rule_is_evidence_and_a_line_of_the_timeline(
    ward: Ward, hear: Hear, first: Said, second: Said
) -> None:
    call = ward.call()
    hear(call, first, words="the first thing")
    hear(call, second, words="the second thing")
    [alert] = ward.alerts()
    assert sorted(quotes(alert)) == sorted(
        [(first.flag, "the first thing"), (second.flag, "the second thing")]
    )
    assert [event.kind for event in alert.events.order_by("pk")] == ["raised", "reason_added"]
    assert alert.occurrences == 1, "one call is one occurrence"


def test_the_description_names_both_reasons(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    hear(call, DIZZY)
    hear(call, COUGH)
    assert ward.alerts()[0].description.startswith("Cough new, dizziness")


def test_a_second_flag_heard_again_changes_nothing(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    for _ in range(2):
        hear(call, CONFUSED)
        hear(call, ASLEEP)
    assert AlertEvent.objects.count() == 2 and len(ward.alerts()[0].evidence) == 2


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(CONFUSED, ASLEEP, id="E05"), pytest.param(FALL, HEAD, id="E06")]
)
def test_another_emergency_under_the_rule_of_an_acknowledged_one_pages_anew(
    ward: Ward, hear: Hear, first: Said, second: Said
) -> None:
    """Whoever acknowledged the confusion does not know that nobody can wake the patient."""
    ward.patient.medications.create(medication_class="anticoagulant", name="apixaban")
    call = ward.call()
    [alert] = hear(call, first)
    alert_claim(alert=alert, by=ward.second)
    before = set(Notification.objects.values_list("pk", flat=True))
    hear(call, second)
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.acknowledged_at) == ("new", None, None)
    fresh = Notification.objects.exclude(pk__in=before)
    assert {row.recipient.username for row in fresh} == {"ann", "bea"}
    assert {row.channel for row in fresh} == {"voice", "sms", "dashboard"}
    assert alert.acknowledge_due_at - alert.paging_since == timedelta(minutes=5)


def test_another_emergency_of_a_later_call_pages_anew_too(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), CONFUSED)
    alert_claim(alert=alert, by=ward.nurse)
    hear(ward.call(), ASLEEP)
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.occurrences) == ("new", None, 2)


def test_a_milder_emergency_beside_an_acknowledged_one_is_told_to_its_owner(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), HEAD)
    alert_claim(alert=alert, by=ward.second)
    before = set(Notification.objects.values_list("pk", flat=True))
    hear(ward.call(), Said("fall", "high", "emergency", "E07", 2.0))
    alert.refresh_from_db()
    assert (alert.state, alert.severity, alert.owner) == ("acknowledged", "critical", ward.second)
    told = Notification.objects.exclude(pk__in=before)
    assert {row.purpose for row in told} == {"repeat"}
    assert {row.recipient.username for row in told} == {"ann", "bea"}


def test_another_emergency_after_the_first_was_resolved_is_a_new_alert(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    [alert] = hear(call, CONFUSED)
    alert_claim(alert=alert, by=ward.nurse)
    alert_resolve(alert=alert, by=ward.nurse, disposition="education", note="always so")
    hear(call, ASLEEP)
    hear(call, ASLEEP)
    assert [(one.state, one.severity) for one in ward.alerts()] == [
        ("resolved", "critical"),
        ("new", "critical"),
    ]


def test_a_second_answer_under_one_rule_is_a_reason_too(ward: Ward) -> None:
    call, now = ward.call(), timezone.now()
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 4}, now=now)
    answers_submit(patient=ward.patient, call=call, answers={"fatigue": 4}, now=now + timedelta(seconds=40))
    alert = Alert.objects.get(topic="symptom_scales")
    told = [piece["what"] for piece in alert.evidence if piece["rule"] == "S10"]
    assert sorted(told) == ["fatigue", "swelling"]
    assert "fatigue 4 of 4" in alert.description


def test_two_things_that_the_voice_model_says_and_nobody_can_name_are_both_described(ward: Ward) -> None:
    call = ward.call()
    for number, text in enumerate(("smells of gas in the house", "the roof has come down")):
        model_alert_submit(
            patient=ward.patient,
            call=call,
            severity="critical",
            alert_type="emergency",
            description=text,
            reference=f"call_{number}",
        )
    [alert] = ward.alerts()
    assert "the roof has" in alert.description and "smells of gas" in alert.description


def model_says(ward: Ward, call: Call, description: str, reference: str) -> Alert:
    return model_alert_submit(
        patient=ward.patient, call=call, severity="critical", alert_type="emergency",
        description=description, reference=reference,
    )  # fmt: skip


def test_another_emergency_of_the_voice_model_is_another_alert_whoever_has_the_first(ward: Ward) -> None:
    call = ward.call()
    stroke = model_says(ward, call, "Face drooping, slurred speech", "call_1")
    alert_claim(alert=stroke, by=ward.nurse)
    overdose = model_says(ward, call, "Took an overdose of pills on purpose", "call_2")
    stroke.refresh_from_db()
    assert (stroke.topic, stroke.state) == ("model_stroke_signs", "acknowledged")
    assert (overdose.topic, overdose.state) == ("model_overdose", "new")
    assert ("ann", "voice", 0) in ward.pages(overdose)
    assert overdose.acknowledge_due_at is not None


def test_the_same_emergency_of_the_voice_model_is_one_alert_and_two_said_at_once_are_two(ward: Ward) -> None:
    call = ward.call()
    first = model_says(ward, call, "Face drooping, slurred speech", "call_1")
    again = model_says(ward, call, "Her face is drooping on the left side", "call_2")
    assert again == first and len(ward.alerts()) == 1
    model_says(ward, call, "Face drooping, and took an overdose of pills on purpose", "call_3")
    assert [alert.topic for alert in ward.alerts()] == ["model_stroke_signs", "model_overdose"]


def test_an_emergency_of_the_voice_model_is_raised_without_the_scanner_too(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> ScanResult:
        raise LookupError

    monkeypatch.setattr(described, "scan", broken)
    assert model_says(ward, ward.call(), "Face drooping, slurred speech", "call_1").topic == "model_emergency"
