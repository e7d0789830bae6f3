"""Claiming, snoozing, escalating, resolving: rows, timeline, and who is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert, AlertEvent, Episode, Notification
from alerts.services import (
    alert_claim,
    alert_contact_record,
    alert_escalate,
    alert_note_add,
    alert_release,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_start,
    alert_take_over,
)
from heartvoice.dashboard.wording import REFUSALS
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed
from tests.integration.alerts.conftest import Hear, Said, Ward, later
from tests.support.factories import make_team, make_user

pytestmark = pytest.mark.django_db
DIZZY = Said("dizziness", "medium", "symptom_worsening", "S11")
WELL_DONE: dict[str, Any] = {"disposition": "education", "note": "explained salt"}


@pytest.fixture
def critical(ward: Ward, hear: Hear) -> Alert:
    return hear(ward.call(), "chest_pain")[0]


@pytest.fixture
def medium(ward: Ward, hear: Hear) -> Alert:
    return hear(ward.call(), DIZZY)[0]


def kinds(alert: Alert) -> list[str]:
    return list(AlertEvent.objects.filter(alert=alert).values_list("kind", flat=True))


def test_claiming_owns_the_alert_and_stops_its_pages_only(ward: Ward, hear: Hear, critical: Alert) -> None:
    [other] = hear(ward.call(), "syncope")
    alert_claim(alert=critical, by=ward.nurse)
    critical.refresh_from_db()
    assert (critical.state, critical.owner) == ("acknowledged", ward.nurse)
    assert critical.acknowledged_at is not None
    assert set(critical.notifications.values_list("state", flat=True)) == {"cancelled"}
    assert sorted(other.notifications.values_list("channel", "state")) == [
        ("dashboard", "pending"), ("sms", "pending"), ("voice", "pending"),
    ]  # fmt: skip


def test_a_page_left_out_for_one_that_never_left_is_sent_after_all(
    ward: Ward, hear: Hear, critical: Alert
) -> None:
    [other] = hear(ward.call(), "syncope")
    merged = other.notifications.filter(error_code="merged")
    assert merged.count() == 2
    critical.notifications.filter(channel="sms").update(state="sent")
    alert_claim(alert=critical, by=ward.second)
    assert list(merged.values_list("channel", flat=True)) == ["sms"]
    assert other.notifications.get(channel="voice").state == "pending"


def test_what_somebody_has_cannot_be_claimed_again(ward: Ward, critical: Alert) -> None:
    alert_claim(alert=critical, by=ward.nurse)
    with pytest.raises(Conflict) as refusal:
        alert_claim(alert=critical, by=ward.second)
    assert refusal.value.code == "already_claimed"


def test_nobody_outside_the_team_may_act_on_its_alerts(critical: Alert) -> None:
    stranger = make_user(make_team())
    for act in (alert_claim, alert_start, alert_release, alert_take_over, alert_contact_record):
        with pytest.raises(NotAllowed):
            act(alert=critical, by=stranger)
    with pytest.raises(NotAllowed):
        alert_note_add(alert=critical, by=stranger, text="hello")
    assert kinds(critical) == ["raised"]


def test_an_administrator_may_note_but_not_claim(ward: Ward, critical: Alert) -> None:
    admin = make_user(ward.team, "admin")
    with pytest.raises(NotAllowed):
        alert_claim(alert=critical, by=admin)
    alert_note_add(alert=critical, by=admin, text="paging provider informed")
    assert kinds(critical) == ["raised", "note"]


def test_a_nurse_who_left_can_do_nothing(ward: Ward, critical: Alert) -> None:
    ward.nurse.is_active = False
    ward.nurse.save()
    with pytest.raises(NotAllowed):
        alert_claim(alert=critical, by=ward.nurse)


@pytest.mark.parametrize("which", ["critical", "emergency_high"])
def test_critical_high_and_emergency_alerts_are_never_snoozed(ward: Ward, hear: Hear, which: str) -> None:
    hit = "chest_pain" if which == "critical" else Said("safeguarding", "high", "emergency", "E18")
    [alert] = hear(ward.call(), hit)
    with pytest.raises(DomainError) as refusal:
        alert_snooze(alert=alert, by=ward.nurse, until=later(hours=1), reason="later")
    assert refusal.value.code == "never_snoozed"
    alert.refresh_from_db()
    assert alert.state == "new" and kinds(alert) == ["raised"]


@pytest.mark.parametrize(
    ("hours", "reason", "code"),
    [
        pytest.param(25, "asleep", "snooze_too_long", id="over a day"),
        pytest.param(-1, "asleep", "snooze_too_long", id="in the past"),
        pytest.param(1, " ", "reason_missing", id="no reason"),
    ],
)
def test_a_snooze_outside_its_limits_is_refused(
    ward: Ward, medium: Alert, hours: float, reason: str, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        alert_snooze(alert=medium, by=ward.nurse, until=later(hours=hours), reason=reason)
    assert refusal.value.code == code
    medium.refresh_from_db()
    assert medium.state == "new"


def test_resolving_closes_the_card_with_its_last_alert(ward: Ward, hear: Hear, medium: Alert) -> None:
    [other] = hear(ward.call(), Said("sick_day", "high", "medication_issue", "M06"))
    for alert, is_last in ((medium, False), (other, True)):
        alert_claim(alert=alert, by=ward.nurse)
        alert_resolve(alert=alert, by=ward.nurse, **WELL_DONE)
        assert (Episode.objects.get().closed_at is not None) is is_last
    medium.refresh_from_db()
    assert (medium.disposition, medium.resolution_note) == ("education", "explained salt")
    assert medium.resolved_at is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"note": ""}, "note_missing", id="no note"),
        pytest.param({"disposition": ""}, "disposition_missing", id="no disposition"),
        pytest.param({"disposition": "went_away"}, "unknown_disposition", id="unknown disposition"),
        pytest.param({"disposition": "false_alarm"}, "false_alarm_reason", id="false alarm without a reason"),
        pytest.param({"false_alarm_reason": "boring"}, "unknown_reason", id="unknown reason"),
    ],
)
def test_a_resolution_without_what_it_needs_is_refused(
    ward: Ward, medium: Alert, changes: dict[str, str], code: str
) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    with pytest.raises(DomainError) as refusal:
        alert_resolve(alert=medium, by=ward.nurse, **{**WELL_DONE, **changes})
    assert refusal.value.code == code
    medium.refresh_from_db()
    assert medium.state == "acknowledged"


def test_a_false_alarm_keeps_its_reason_for_tuning(ward: Ward, medium: Alert) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    alert_resolve(
        alert=medium,
        by=ward.nurse,
        disposition="false_alarm",
        note="chest of drawers",
        false_alarm_reason="misheard",
    )
    medium.refresh_from_db()
    assert (medium.disposition, medium.false_alarm_reason) == ("false_alarm", "misheard")


def test_another_nurse_cannot_resolve_but_a_lead_can(ward: Ward, medium: Alert) -> None:
    alert_start(alert=medium, by=ward.nurse)
    with pytest.raises(Conflict):
        alert_resolve(alert=medium, by=ward.second, **WELL_DONE)
    alert_resolve(alert=medium, by=ward.lead, **WELL_DONE)
    medium.refresh_from_db()
    assert (medium.state, medium.owner) == ("resolved", ward.lead)


def test_escalating_pages_the_role_and_lets_it_claim(ward: Ward, medium: Alert) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    alert_escalate(alert=medium, by=ward.nurse, to_role="lead", reason="needs a decision on the diuretic")
    medium.refresh_from_db()
    assert (medium.state, medium.owner, medium.escalated_to) == ("escalated", None, "lead")
    assert ("lea", "sms", 0) in ward.pages(medium)
    alert_claim(alert=medium, by=ward.lead)
    assert kinds(medium) == ["raised", "acknowledged", "escalated", "acknowledged"]


def test_escalating_twice_to_one_role_pages_it_once(ward: Ward, medium: Alert) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    alert_escalate(alert=medium, by=ward.nurse, to_role="lead", reason="needs a decision")
    before = Notification.objects.count()
    with pytest.raises(Conflict) as refusal:
        alert_escalate(alert=medium, by=ward.second, to_role="lead", reason="needs a decision")
    assert refusal.value.code == "already_escalated" and refusal.value.code in REFUSALS
    assert Notification.objects.count() == before
    assert kinds(medium) == ["raised", "acknowledged", "escalated"]
    alert_escalate(alert=medium, by=ward.second, to_role="secondary", reason="the lead is away")
    medium.refresh_from_db()
    assert medium.escalated_to == "secondary"


@pytest.mark.parametrize(
    ("role", "reason", "code"),
    [("janitor", "because", "unknown_role"), ("lead", "", "reason_missing")],
    ids=["unknown role", "no reason"],
)
def test_an_escalation_names_a_role_and_a_reason(
    ward: Ward, medium: Alert, role: str, reason: str, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        alert_escalate(alert=medium, by=ward.nurse, to_role=role, reason=reason)
    assert refusal.value.code == code


def test_giving_an_alert_back_starts_its_clocks_and_pages_again(ward: Ward, critical: Alert) -> None:
    alert_claim(alert=critical, by=ward.nurse)
    alert_release(alert=critical, by=ward.nurse, reason="end of shift")
    critical.refresh_from_db()
    assert (critical.state, critical.owner, critical.acknowledged_at) == ("new", None, None)
    again = Notification.objects.filter(alert=critical, state="pending")
    assert {row.recipient.username for row in again} == {"ann"}


def test_a_lead_takes_over_from_its_owner(ward: Ward, critical: Alert) -> None:
    alert_start(alert=critical, by=ward.nurse)
    alert_take_over(alert=critical, by=ward.lead, reason="shift ended")
    critical.refresh_from_db()
    assert (critical.state, critical.owner) == ("acknowledged", ward.lead)


def test_reaching_the_patient_is_written_down_once(ward: Ward, critical: Alert) -> None:
    alert_contact_record(alert=critical, by=ward.nurse)
    critical.refresh_from_db()
    first = critical.contacted_at
    alert_contact_record(alert=critical, by=ward.nurse)
    critical.refresh_from_db()
    assert first is not None and critical.contacted_at == first and critical.state == "in_progress"


def test_reopening_starts_again_without_an_owner(ward: Ward, medium: Alert) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    alert_resolve(alert=medium, by=ward.nurse, **WELL_DONE)
    alert_reopen(alert=medium, by=ward.second, reason="called back, dizzy again")
    medium.refresh_from_db()
    assert (medium.state, medium.owner, medium.resolved_at, medium.disposition) == (
        "reopened",
        None,
        None,
        "",
    )
    assert medium.acknowledge_due_at is not None and medium.acknowledge_due_at > timezone.now()
    assert Episode.objects.get().closed_at is None


def test_reopening_beside_a_newer_card_leaves_that_one_open(ward: Ward, hear: Hear, medium: Alert) -> None:
    alert_claim(alert=medium, by=ward.nurse)
    alert_resolve(alert=medium, by=ward.nurse, **WELL_DONE)
    [newer] = hear(ward.call(), "chest_pain")
    alert_reopen(alert=medium, by=ward.nurse, reason="too early")
    open_cards = Episode.objects.filter(patient=ward.patient, closed_at__isnull=True)
    assert [card.pk for card in open_cards] == [newer.episode_id]


def test_notes_stay_protected_on_the_timeline(ward: Ward, medium: Alert) -> None:
    alert_note_add(alert=medium, by=ward.nurse, text="daughter will visit tonight")
    note = AlertEvent.objects.get(alert=medium, kind="note")
    assert note.data == {"text": "daughter will visit tonight"} and note.actor == ward.nurse
    with pytest.raises(DomainError):
        alert_note_add(alert=medium, by=ward.nurse, text="  ")


def test_an_alert_that_was_never_claimed_cannot_be_resolved(ward: Ward, critical: Alert) -> None:
    with pytest.raises(Conflict):
        alert_resolve(alert=critical, by=ward.nurse, **WELL_DONE)


def test_deadlines_run_from_the_raise(ward: Ward, critical: Alert) -> None:
    assert critical.paging_since is not None
    assert critical.notify_due_at == critical.paging_since + timedelta(seconds=30)
    assert critical.contact_due_at == critical.paging_since + timedelta(minutes=10)
