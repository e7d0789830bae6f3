"""Rule sets, ladders and opening hours that people edit: checked when written, and never able to stop an alert."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
from django.contrib.admin.sites import site
from django.contrib.messages.storage.fallback import FallbackStorage
from django.utils import timezone

from alerts.admin.rosters import EscalationPolicyForm
from alerts.admin.rulesets import RuleSetVersionForm
from alerts.models import Notification, OnCallShift, RuleSetVersion
from alerts.selectors import ruleset_in_force
from alerts.services import answers_submit, escalations_sweep, ruleset_activate, task_open
from calls.services.follow_ups import follow_up_schedule
from heartvoice.shared.errors import Conflict, DomainError
from tests.integration.alerts.conftest import Hear, Ward

pytestmark = pytest.mark.django_db
PACKAGED = (Path(__file__).parents[3] / "alerts" / "rulesets" / "rules-1.toml").read_text(encoding="utf-8")
STRICTER = PACKAGED.replace('version = "rules-1"', 'version = "rules-2"').replace(
    "value = 3.0,", "value = 2.5,", 1
)


def a_version(body: str = STRICTER, version: str = "rules-2", *, signed: bool = True) -> RuleSetVersion:
    return RuleSetVersion.objects.create(
        version=version,
        body=body,
        signed_off_by="Dr. Lopez" if signed else "",
        signed_off_on=timezone.now().date() if signed else None,
    )


def test_without_a_row_the_packaged_rules_judge() -> None:
    assert ruleset_in_force().version == "rules-1"


def test_a_version_in_force_judges_and_is_named_on_the_alert(ward: Ward) -> None:
    ruleset_activate(version=a_version(), by=ward.lead)
    [alert] = answers_submit(patient=ward.patient, call=ward.call(), answers={"weight_change_lb": 2.6}).alerts
    assert (alert.rule_id, alert.rule_version) == ("S01", "rules-2")


def test_how_long_work_may_wait_is_what_the_version_in_force_says(ward: Ward) -> None:
    times = {
        "human_request = { value = 4": "human_request = { value = 1",
        "urgent = { value = 4": "urgent = { value = 2",
    }
    body = STRICTER
    for old, new in times.items():
        assert body.count(old) == 1
        body = body.replace(old, new)
    ruleset_activate(version=a_version(body), by=ward.lead)
    now = timezone.now()
    task = task_open(patient=ward.patient, kind="human_request", call=ward.call(), now=now)
    promised = follow_up_schedule(
        call_id=ward.call().pk,
        model_call_id="call_1",
        follow_up_type="voice_call",
        urgency="urgent",
        reason="breathing",
        now=now,
    )
    assert (task.due_at - now, promised.due_at - now) == (timedelta(hours=1), timedelta(hours=2))


def test_putting_one_into_force_retires_the_other_for_good(ward: Ward) -> None:
    first = ruleset_activate(version=a_version(), by=ward.lead)
    second = a_version(STRICTER.replace("rules-2", "rules-3"), "rules-3")
    ruleset_activate(version=second, by=ward.lead)
    first.refresh_from_db()
    assert first.retired_at is not None and ruleset_in_force().version == "rules-3"
    with pytest.raises(Conflict):
        ruleset_activate(version=first, by=ward.lead)


@pytest.mark.parametrize(
    ("body", "version", "signed", "code"),
    [
        pytest.param(STRICTER, "rules-2", False, "not_signed_off", id="not signed off"),
        pytest.param("nonsense = ", "rules-2", True, "unusable_ruleset", id="not TOML"),
        pytest.param(
            STRICTER.replace('flags = ["chest_pain"]', "flags = []"),
            "rules-2",
            True,
            "weakens_emergency",
            id="an emergency rule deaf to its words",
        ),
        pytest.param(STRICTER, "rules-9", True, "unusable_ruleset", id="another name in the text"),
        pytest.param(
            STRICTER.replace('id = "E11"', 'id = "E99"'),
            "rules-2",
            True,
            "unusable_ruleset",
            id="a rule lost",
        ),
    ],
)
def test_what_is_not_usable_is_never_put_into_force(
    ward: Ward, body: str, version: str, signed: bool, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        ruleset_activate(version=a_version(body, version, signed=signed), by=ward.lead)
    assert refusal.value.code == code
    assert ruleset_in_force().version == "rules-1"


def test_a_text_in_force_that_a_newer_engine_cannot_read_does_not_stop_judging(
    ward: Ward, hear: Hear
) -> None:
    row = a_version("written = 'by hand'")
    RuleSetVersion.objects.filter(pk=row.pk).update(in_force_since=timezone.now())
    [alert] = hear(ward.call(), "chest_pain")
    assert (alert.rule_version, alert.severity) == ("rules-1", "critical")


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([{"after": 2}], id="a key missing"),
        pytest.param([{"after_minutes": 2, "level": "janitor"}], id="an unknown level"),
        pytest.param(
            [{"after_minutes": 2, "level": "lead", "channels": ["pigeon"]}], id="an unknown channel"
        ),
        pytest.param("lead", id="no list at all"),
    ],
)
def test_a_ladder_that_does_not_hold_is_ignored_at_night_and_can_be_put_right(
    ward: Ward, hear: Hear, steps: object
) -> None:
    row = ward.team.escalation_policies.create(severity="critical", steps=steps)
    asked = {"team": ward.team.pk, "severity": "critical", "after_1": "2", "role_1": "lead"}
    assert EscalationPolicyForm({**asked, "role_1": "janitor"}, instance=row).errors.keys() == {"role_1"}
    assert EscalationPolicyForm(instance=row).as_p() and EscalationPolicyForm(asked, instance=row).is_valid()
    [alert] = hear(ward.call(), "chest_pain")
    assert alert.paging_since is not None
    escalations_sweep(now=alert.paging_since + timedelta(minutes=5))
    assert {name for name, _, _ in ward.pages()} == {"ann", "bea"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"time_zone": "Mars/Olympus"}, id="unknown zone"),
        pytest.param({"staffed_from": time(18), "staffed_until": time(8)}, id="closes before it opens"),
        pytest.param({"staffed_weekdays": [0, 9]}, id="days that do not exist"),
    ],
)
def test_impossible_opening_hours_do_not_stop_an_alert(ward: Ward, wrong: dict[str, object]) -> None:
    type(ward.team).objects.filter(pk=ward.team.pk).update(**wrong)
    [alert] = answers_submit(patient=ward.patient, call=ward.call(), answers={"missed_doses_week": 3}).alerts
    assert alert.acknowledge_due_at is not None and alert.severity == "medium"


def test_the_form_of_a_rule_set_shows_what_is_wrong_with_its_text() -> None:
    form = RuleSetVersionForm(
        {"version": "rules-2", "body": STRICTER.replace("value = 2.5,", "value = 'much',", 1)}
    )
    assert "S01" in str(form.errors["body"]) or "gain_lb" in str(form.errors["body"])
    assert RuleSetVersionForm({"version": "rules-2", "body": STRICTER}).is_valid()


def test_a_test_page_goes_to_everybody_chosen_by_text_and_telephone(ward: Ward, rf: object) -> None:
    request = rf.post("/admin/")  # type: ignore[attr-defined]
    request.user, request.session = ward.lead, {}
    request._messages = FallbackStorage(request)
    shifts = OnCallShift.objects.filter(user__in=[ward.nurse, ward.second])
    site.get_model_admin(OnCallShift).test_pages(request, shifts)
    rows = Notification.objects.filter(purpose="test").values_list("recipient__username", "channel")
    assert sorted(rows) == [("ann", "sms"), ("ann", "voice"), ("bea", "sms"), ("bea", "voice")]
