"""The rule simulator: leads only, the same figures as the command, looks recorded, a version that keeps its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, RuleSetVersion
from alerts.rules import parse_ruleset
from alerts.selectors import ruleset_in_force
from patients.models import CareTeam, Patient, PatientRecord, PhiAccess, User
from tests.support.factories import make_patient, make_team, make_user

pytestmark = pytest.mark.django_db

Sign = Callable[[User], Client]
SINCE = (timezone.now() - timedelta(days=20)).date().isoformat()
TRY = {"since": SINCE, "number1": "S01.gain_lb", "value1": "5"}
FORCE = TRY | {"reason": "too many alerts", "is_signed": "on"}


def weighed(patient: Patient, *pounds: float) -> None:
    """One check-in a day with this weight, the last one today."""
    for ago, weight in zip(range(len(pounds) - 1, -1, -1), pounds, strict=True):
        PatientRecord.objects.create(
            patient=patient,
            recorded_at=timezone.now() - timedelta(days=ago, minutes=5),
            is_identity_verified=True,
            weight_lb=Decimal(str(weight)),
            shortness_of_breath=1,
        )


@pytest.fixture
def patient(team: CareTeam) -> Patient:
    person = make_patient(team, last_name="Weigher")
    weighed(person, 180, 180, 184, 184)
    return person


@pytest.fixture
def lead_user(team: CareTeam) -> User:
    return make_user(team, role="lead", first_name="Lea", last_name="Lead")


@pytest.fixture
def lead(lead_user: User, client_of: Sign) -> Client:
    return client_of(lead_user)


def figures(client: Client) -> dict[str, object]:
    response = client.get("/rules/", TRY)
    assert response.status_code == 200
    return dict(response.context["shown"])


def test_only_leads_see_and_change_the_rules(client: Client, team: CareTeam, client_of: Sign) -> None:
    admin = client_of(make_user(team, role="admin"))
    for somebody in (client, admin):
        assert somebody.get("/rules/").status_code == 403
        assert somebody.get("/rules/", TRY).status_code == 403
        assert somebody.post("/rules/activate/", FORCE).status_code == 403
        assert "Rule simulator" not in somebody.get("/").content.decode()
    assert not RuleSetVersion.objects.exists()


def test_a_lead_finds_it_in_the_menu(lead: Client, team: CareTeam) -> None:
    assert 'href="/rules/"' in lead.get("/").content.decode()


def test_the_figures_are_those_of_the_command(lead: Client, patient: Patient, team: CareTeam) -> None:
    out = StringIO()
    call_command(
        "simulate_rules",
        "--since",
        SINCE,
        "--set",
        "S01.gain_lb=5",
        "--team",
        team.name,
        "--json",
        stdout=out,
    )
    shown = figures(lead)
    assert shown == json.loads(out.getvalue())
    assert shown["difference_count"] and not Alert.objects.exists()


def test_a_check_in_that_differs_is_shown_and_the_look_is_recorded(lead: Client, patient: Patient) -> None:
    before = PhiAccess.objects.count()
    page = lead.get("/rules/", TRY).content.decode()
    assert "Weigher" in page and "S01" in page
    looks = PhiAccess.objects.filter(resource="rule_simulation")
    assert looks.count() == PhiAccess.objects.count() - before == 1


def test_other_teams_patients_are_not_judged(lead: Client, patient: Patient) -> None:
    before = figures(lead)
    weighed(make_patient(make_team(), last_name="Stranger"), 150, 160, 170)
    assert figures(lead) == before
    assert "Stranger" not in lead.get("/rules/", TRY).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"since": "2020-01-01"},
        {"value1": ""},
        {"value1": "much"},
        {"number1": "S01.nothing"},
        {"number2": "S02.week_gain_lb"},
        {"number1": "E16.spo2_critical_percent", "value1": "10"},
    ],
    ids=lambda changed: ",".join(changed),
)
def test_what_cannot_be_tried_is_told(lead: Client, patient: Patient, changed: dict[str, str]) -> None:
    response = lead.get("/rules/", TRY | changed)
    assert response.status_code == 422 and "errorlist" in response.content.decode()


def test_a_change_becomes_a_signed_version_in_force_and_the_old_one_is_kept(
    lead: Client, lead_user: User, patient: Patient
) -> None:
    assert ruleset_in_force().version == "rules-1"
    answer = lead.post("/rules/activate/", FORCE, follow=True)
    assert "The rules rules-1.1 are in force." in answer.content.decode()
    row = RuleSetVersion.objects.get()
    assert (row.version, row.signed_off_by, row.activated_by) == ("rules-1.1", "Lea Lead", lead_user)
    assert "too many alerts" in row.body
    rules = ruleset_in_force()
    assert rules.version == "rules-1.1" and rules.rule("S01")["gain_lb"] == 5.0
    lead.post("/rules/activate/", FORCE | {"value1": "4"})
    first, second = RuleSetVersion.objects.order_by("in_force_since")
    assert (second.version, first.retired_at) == ("rules-1.2", second.in_force_since)
    assert parse_ruleset(first.body).rule("S01")["gain_lb"] == 5.0


@pytest.mark.parametrize(
    "changed", [{"reason": " "}, {"is_signed": ""}, {"number1": "E16.spo2_critical_percent", "value1": "10"}]
)
def test_nothing_comes_into_force_unsigned_unexplained_or_weaker_in_an_emergency(
    lead: Client, patient: Patient, changed: dict[str, str]
) -> None:
    assert lead.post("/rules/activate/", FORCE | changed).status_code == 422
    assert not RuleSetVersion.objects.exists()
