"""Episodes, duplicates, evidence and pages: what one commit holds when something is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from alerts import channels
from alerts.channels import Sent
from alerts.models import Alert, AlertEvent, CallFlag, Episode, Notification
from alerts.services import (
    alert_claim,
    alert_resolve,
    alert_snooze,
    answers_submit,
    call_lost_submit,
    model_alert_submit,
    notification_send,
)
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Hear, Said, Ward, later

pytestmark = pytest.mark.django_db

DIZZY = Said("dizziness", "medium", "symptom_worsening", "S11")
FALL = Said("fall", "high", "emergency", "E07", 2.0)
HEAD = Said("head_injury", "critical", "emergency", "E06", 2.0)


def test_a_critical_flag_commits_flag_alert_timeline_and_pages_together(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    [alert] = hear(call, "chest_pain", words="it hurts in my chest")
    assert (alert.rule_id, alert.rule_version, alert.severity, alert.alert_type) == (
        "E01", "rules-1", "critical", "emergency",
    )  # fmt: skip
    assert alert.requires_immediate_response and alert.call == call and alert.flag == "chest_pain"
    assert alert.evidence[0]["utterance"] == "it hurts in my chest" and alert.evidence[0]["call_s"] == 42.0
    assert AlertEvent.objects.get(alert=alert).kind == "raised"
    assert CallFlag.objects.get(call=call).flag == "chest_pain"
    assert ward.pages() == {("ann", "voice", 0), ("ann", "sms", 0), ("ann", "dashboard", 0)}
    assert alert.acknowledge_due_at == alert.paging_since + timedelta(minutes=5)


def test_the_same_flag_of_the_same_call_changes_nothing(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    hear(call, "chest_pain")
    before = Alert.objects.values_list("pk", "occurrences", "last_seen_at").get()
    assert [alert.pk for alert in hear(call, "chest_pain", words="it still hurts")] == [before[0]]
    assert Alert.objects.values_list("pk", "occurrences", "last_seen_at").get() == before
    assert Notification.objects.count() == 3 and AlertEvent.objects.count() == 1


def test_different_emergencies_are_different_alerts_on_one_card(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    hear(call, "chest_pain", "syncope")
    hear(call, "stroke_signs")
    assert sorted(alert.rule_id for alert in ward.alerts()) == ["E01", "E08", "E09"]
    assert {alert.episode_id for alert in ward.alerts()} == {Episode.objects.get().pk}


def test_a_second_flag_of_the_call_is_judged_together_with_the_first(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    [fall] = hear(call, FALL)
    assert fall.severity == "high"
    hear(call, HEAD)
    [alert] = ward.alerts()
    assert (alert.pk, alert.severity, alert.rule_id) == (fall.pk, "critical", "E06")
    assert [event.kind for event in alert.events.all()] == ["raised", "worsened"]


def test_a_fall_on_a_blood_thinner_in_the_chart_is_critical_whatever_the_words(
    ward: Ward, hear: Hear
) -> None:
    ward.patient.medications.create(medication_class="anticoagulant", name="apixaban")
    [alert] = hear(ward.call(), FALL)
    assert (alert.severity, alert.rule_id) == ("critical", "E06")


def test_findings_about_one_thing_are_one_alert_with_all_reasons(ward: Ward) -> None:
    call = ward.call()
    answers_submit(
        patient=ward.patient,
        call=call,
        answers={"weight_change_lb": 4.0, "shortness_of_breath": 2, "swelling": 1},
    )
    by_topic = {alert.topic: alert for alert in ward.alerts()}
    assert set(by_topic) == {"weight", "symptom_scales"}
    weight = by_topic["weight"]
    assert weight.severity == "high" and set(weight.inputs["rules"]) == {"S01", "S04"}
    assert "Weight up 4.0 lb" in weight.description and weight.occurrences == 1


@pytest.mark.parametrize(
    ("hours", "episodes"),
    [pytest.param(72, 1, id="exactly 72 h"), pytest.param(72.1, 2, id="over 72 h")],
)
def test_alerts_within_72_hours_share_a_card(ward: Ward, hear: Hear, hours: float, episodes: int) -> None:
    start = timezone.now()
    hear(ward.call(), DIZZY, now=start)
    hear(ward.call(), "chest_pain", now=start + timedelta(hours=hours))
    assert Episode.objects.filter(patient=ward.patient).count() == episodes
    assert Episode.objects.filter(patient=ward.patient, closed_at__isnull=True).count() == 1


def test_a_repeat_in_a_later_call_counts_up_instead_of_making_a_new_row(ward: Ward, hear: Hear) -> None:
    for _ in range(3):
        hear(ward.call(), DIZZY)
    [alert] = ward.alerts()
    assert alert.occurrences == 3 and len(alert.evidence) == 3
    assert [event.kind for event in alert.events.all()] == ["raised", "seen_again", "seen_again"]


def test_a_milder_repeat_never_lowers_an_alert_or_its_card(ward: Ward) -> None:
    answers_submit(patient=ward.patient, call=ward.call(), answers={"swelling": 4})
    answers_submit(patient=ward.patient, call=ward.call(), answers={"swelling": 3})
    alert = Alert.objects.get(topic="symptom_scales")
    assert (alert.severity, alert.rule_id, alert.episode.severity) == ("high", "S10", "high")


def test_forget_i_said_that_changes_the_record_but_not_the_alert(ward: Ward) -> None:
    call = ward.call()
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 4})
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 0})
    assert PatientRecord.objects.get(call=call).swelling == 0
    alert = Alert.objects.get(topic="symptom_scales")
    assert (alert.severity, alert.state) == ("high", "new")


def test_evidence_of_higher_severity_pages_again_even_if_acknowledged(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    [fall] = hear(call, FALL)
    alert_claim(alert=fall, by=ward.second)
    hear(call, HEAD)
    fall.refresh_from_db()
    assert (fall.state, fall.owner, fall.acknowledged_at) == ("new", None, None)
    latest = Notification.objects.filter(alert=fall, created_at__gte=fall.paging_since)
    assert {row.recipient.username for row in latest} == {"ann", "bea"}


def test_evidence_of_the_same_severity_leaves_it_with_its_owner(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), "chest_pain")
    alert_claim(alert=alert, by=ward.nurse)
    hear(ward.call(), "chest_pain")
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.occurrences) == ("acknowledged", ward.nurse, 2)


def test_the_same_emergency_in_a_later_call_is_told_again_to_its_owner_and_to_who_is_on_call(
    ward: Ward, hear: Hear
) -> None:
    """Taken, but not resolved: the patient is told that the team knows, so the team must be told."""
    [alert] = hear(ward.call(), "chest_pain")
    alert_claim(alert=alert, by=ward.nurse)
    first = set(Notification.objects.values_list("pk", flat=True))
    again = ward.call()
    for _ in range(2):
        hear(again, "chest_pain")
    told = Notification.objects.exclude(pk__in=first)
    assert {row.purpose for row in told} == {"repeat"}
    assert (ward.nurse.pk, "sms") in {(row.recipient_id, row.channel) for row in told}
    assert len(told) == len({(row.recipient_id, row.channel) for row in told}), "once a call"
    alert.refresh_from_db()
    assert (alert.state, alert.owner) == ("acknowledged", ward.nurse)


def test_a_repeat_that_is_no_emergency_rings_nobody(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), DIZZY)
    alert_claim(alert=alert, by=ward.nurse)
    hear(ward.call(), DIZZY)
    assert not Notification.objects.filter(purpose="repeat").exists()


def test_new_evidence_wakes_a_snoozed_alert(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), DIZZY)
    alert_snooze(alert=alert, by=ward.nurse, until=later(hours=5), reason="asleep")
    hear(ward.call(), DIZZY)
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.snoozed_until) == ("acknowledged", ward.nurse, None)


def test_the_review_after_the_call_does_not_raise_again_what_was_resolved(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    [alert] = hear(call, "chest_pain")
    alert_claim(alert=alert, by=ward.nurse)
    alert_resolve(alert=alert, by=ward.nurse, disposition="emergency_services", note="in hospital")
    assert [one.state for one in hear(call, "chest_pain")] == ["resolved"]
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 1})
    assert [one.state for one in ward.alerts()] == ["resolved"]


def test_the_same_thing_in_a_new_call_after_it_was_resolved_is_a_new_alert(ward: Ward, hear: Hear) -> None:
    [alert] = hear(ward.call(), "chest_pain")
    alert_claim(alert=alert, by=ward.nurse)
    alert_resolve(alert=alert, by=ward.nurse, disposition="education", note="heartburn")
    hear(ward.call(), "chest_pain")
    assert [one.state for one in ward.alerts()] == ["resolved", "new"]
    assert Episode.objects.filter(patient=ward.patient, closed_at__isnull=True).count() == 1


def test_answers_and_their_alert_are_stored_together_or_not_at_all(ward: Ward) -> None:
    """The outbox cannot be written: then neither record nor alert may exist."""
    call = ward.call()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON alerts_notification FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": 4})
    assert not PatientRecord.objects.filter(call=call).exists()
    assert not Alert.objects.exists() and not Episode.objects.exists()


def test_answers_of_several_tool_calls_make_one_record(ward: Ward) -> None:
    call = ward.call()
    first = answers_submit(patient=ward.patient, call=call, answers={"swelling": 1, "fatigue": None})
    second = answers_submit(patient=ward.patient, call=call, answers={"fatigue": 2, "notes": "slept well"})
    assert first.record.pk == second.record.pk
    record = PatientRecord.objects.get()
    assert (record.swelling, record.fatigue, record.notes, record.shortness_of_breath) == (
        1,
        2,
        "slept well",
        None,
    )
    assert record.is_identity_verified


def test_an_unknown_answer_is_refused(ward: Ward) -> None:
    with pytest.raises(ValueError, match="unknown answers: patient_id"):
        answers_submit(patient=ward.patient, call=ward.call(), answers={"patient_id": "somebody else"})


@pytest.mark.parametrize(
    ("flag", "silence_s", "raised"),
    [
        pytest.param("syncope", None, True, id="line lost after an emergency flag"),
        pytest.param("syncope", 15.0, True, id="15 s of silence"),
        pytest.param("syncope", 14.0, False, id="14 s of silence"),
        pytest.param(None, None, False, id="line lost, nothing flagged"),
    ],
)
def test_a_line_lost_after_a_flag_is_an_emergency_of_its_own(
    ward: Ward, hear: Hear, flag: str | None, silence_s: float | None, raised: bool
) -> None:
    call = ward.call()
    if flag:
        hear(call, flag)
    call_lost_submit(patient=ward.patient, call=call, silence_s=silence_s)
    call_lost_submit(patient=ward.patient, call=call, silence_s=silence_s)
    assert [alert.rule_id for alert in ward.alerts() if alert.rule_id == "E17"] == (["E17"] if raised else [])


def test_the_voice_model_may_add_an_alert_once_per_request(ward: Ward) -> None:
    call = ward.call()
    for severity in ("medium", "medium", "low"):
        model_alert_submit(
            patient=ward.patient,
            call=call,
            severity=severity,
            alert_type="symptom_worsening",
            description="sounds breathless",
            reference="call_1",
        )
    [alert] = ward.alerts()
    assert (alert.source, alert.rule_id, alert.severity, alert.occurrences) == ("model", "model", "medium", 1)


def test_what_the_voice_model_adds_joins_the_alert_the_rules_raised(ward: Ward) -> None:
    call = ward.call()
    answers_submit(patient=ward.patient, call=call, answers={"swelling": 4})
    alert = model_alert_submit(
        patient=ward.patient,
        call=call,
        severity="low",
        alert_type="symptom_worsening",
        description="shoes no longer fit",
        reference="call_1",
    )
    assert (alert.topic, alert.severity, alert.rule_id) == ("symptom_scales", "high", "S10")
    assert "shoes no longer fit" in alert.description and len(ward.alerts()) == 1


def test_an_emergency_of_the_voice_model_stands_beside_those_of_the_rules(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    hear(call, "chest_pain")
    model_alert_submit(
        patient=ward.patient,
        call=call,
        severity="critical",
        alert_type="emergency",
        description="fell off a ladder",
        reference="call_1",
    )
    assert sorted(alert.rule_id for alert in ward.alerts()) == ["E01", "model"]


def test_several_emergencies_at_once_ring_a_telephone_once_and_show_each(ward: Ward, hear: Hear) -> None:
    hear(ward.call(), "chest_pain", "syncope", "stroke_signs")
    pages = Notification.objects.filter(recipient=ward.nurse)
    waiting = list(pages.filter(state="pending").values_list("channel", flat=True))
    assert sorted(waiting) == ["dashboard", "dashboard", "dashboard", "sms", "voice"]
    assert set(pages.filter(state="cancelled").values_list("error_code", flat=True)) == {"merged"}


def test_a_worse_alert_of_the_same_card_rings_again(ward: Ward, hear: Hear) -> None:
    call = ward.call()
    hear(call, Said("safeguarding", "high", "emergency", "E18"))
    hear(call, "chest_pain")
    waiting = Notification.objects.filter(state="pending", channel="sms").values_list(
        "alert__rule_id", flat=True
    )
    assert sorted(waiting) == ["E01", "E18"]


def test_what_the_voice_model_calls_immediate_is_at_least_high(ward: Ward) -> None:
    alert = model_alert_submit(
        patient=ward.patient,
        call=ward.call(),
        severity="low",
        alert_type="emergency",
        description="something is wrong",
        immediate=True,
        reference="call_1",
    )
    assert alert.severity == "high" and ward.pages(alert) >= {("ann", "sms", 0)}


def test_no_page_or_timeline_key_names_the_patient(
    ward: Ward, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []

    def take(**what: str) -> Sent:
        handed.append(" ".join(what.values()))
        return Sent()

    for channel in ("sms_send", "voice_send", "email_send"):
        monkeypatch.setattr(channels, channel, take)
    hear(ward.call(), "chest_pain", words="this is Ann Example and my chest hurts")
    for row in Notification.objects.all():
        notification_send(notification_id=row.pk)
    assert len(handed) == 2
    for row in Notification.objects.all():
        texts = " ".join([*handed, row.dedupe_key])
        for secret in (ward.patient.first_name, ward.patient.last_name, ward.patient.phone, "chest", "hurts"):
            assert secret.lower() not in texts.lower()
