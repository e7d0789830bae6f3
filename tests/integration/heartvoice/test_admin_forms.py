"""Forms of the administration that write what people read at night: proxies, scores, ladders, shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, EscalationPolicy, OnCallShift
from patients.models import PatientRecord, Proxy
from tests.support.administration import act, patient_form
from tests.support.factories import make_patient, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


def proxy_form(**changes: str) -> dict[str, str]:
    return {
        "name": "Rosa Canaryson", "relation": "daughter", "level": "full", "authority": "power of attorney",
        "document": "scan 1174", "valid_until": str(timezone.now().date() + timedelta(days=90)), **changes,
    }  # fmt: skip


def test_a_proxy_is_recorded_shown_to_nurses_and_ended_and_never_edited(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    asked = proxy_form(patient=str(patient.pk))
    address = "/admin/patients/proxy/add/"
    past = clinic["client"].post(address, {**asked, "valid_until": "2020-01-01"})
    assert "valid_until" in past.context["adminform"].form.errors and not Proxy.objects.exists()
    assert clinic["client"].post(address, asked).status_code == 302
    proxy = Proxy.objects.get(patient=patient)
    assert (proxy.name, proxy.document, proxy.recorded_by) == ("Rosa Canaryson", "scan 1174", clinic["boss"])
    clinic["client"].post(f"/admin/patients/proxy/{proxy.pk}/change/", {**asked, "level": "called"})
    proxy.refresh_from_db()
    assert proxy.level == "full"
    page = clinic["client"].get(f"/patients/{patient.pk}/").content.decode()
    assert "Rosa Canaryson" in page and "may hear and answer everything" in page
    assert "Rosa" not in clinic["client"].get("/admin/patients/proxy/").content.decode()
    act(clinic, "/admin/patients/proxy/", "revoke", proxy)
    proxy.refresh_from_db()
    assert proxy.revoked_at is not None
    assert "Rosa Canaryson" not in clinic["client"].get(f"/patients/{patient.pk}/").content.decode()


def test_a_proxy_is_recorded_on_the_patients_own_page(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    rows = {f"proxies-0-{name}": value for name, value in proxy_form().items()}
    data = patient_form(clinic["team"].pk, **rows, **{"proxies-TOTAL_FORMS": "1"})
    answer = clinic["client"].post(f"/admin/patients/patient/{patient.pk}/change/", data)
    assert answer.status_code == 302, answer.context["errors"]
    assert Proxy.objects.get(patient=patient).recorded_by == clinic["boss"]


def test_a_kccq_score_is_entered_and_its_fall_raises_an_alert(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    today = timezone.now().date()

    def enter(score: str, days_ago: int) -> Any:
        data = {
            "patient": str(patient.pk),
            "kccq12": score,
            "taken_on": str(today - timedelta(days=days_ago)),
        }
        return clinic["client"].post("/admin/patients/kccqscore/add/", data)

    for score, days_ago in (("101", 0), ("50", -3)):
        assert enter(score, days_ago).status_code == 200
    assert not PatientRecord.objects.exists()
    assert enter("61.5", 120).status_code == 302 and enter("57.5", 60).status_code == 302
    assert not Alert.objects.exists()  # four points are within what may be chance
    assert enter("46.5", 1).status_code == 302
    alert = Alert.objects.get()
    assert (alert.rule_id, alert.severity, alert.call_id) == ("S12", "high", None)
    assert enter("20", 90).status_code == 302 and Alert.objects.count() == 1  # an old score is history
    assert not PatientRecord.objects.check_ins().exists()
    page = clinic["client"].get(f"/patients/{patient.pk}/?days=365").content.decode()
    assert "KCCQ-12" in page
    assert clinic["client"].get("/admin/patients/kccqscore/").context["cl"].result_count == 4


def test_a_ladder_is_written_step_by_step(clinic: dict[str, Any]) -> None:
    asked = {
        "team": str(clinic["team"].pk), "severity": "high", "repeat_every_minutes": "",
        "after_1": "0", "role_1": "primary", "after_2": "10", "role_2": "lead",
    }  # fmt: skip
    address = "/admin/alerts/escalationpolicy/add/"
    half = clinic["client"].post(address, {**asked, "role_2": ""})
    assert "after_2" in half.context["adminform"].form.errors
    assert clinic["client"].post(address, asked).status_code == 302
    policy = EscalationPolicy.objects.get()
    assert policy.steps == [
        {"after_minutes": 0, "level": "primary"},
        {"after_minutes": 10, "level": "lead"},
    ]
    shown = clinic["client"].get(f"/admin/alerts/escalationpolicy/{policy.pk}/change/")
    assert shown.context["adminform"].form["after_2"].value() == 10
    none = {"team": str(clinic["team"].pk), "severity": "low"}
    assert clinic["client"].post(address, none).status_code == 200 and EscalationPolicy.objects.count() == 1


def test_a_shift_is_written_in_the_teams_zone_for_a_member_of_the_team(clinic: dict[str, Any]) -> None:
    asked = {
        "team": str(clinic["team"].pk), "user": str(clinic["boss"].pk), "level": "primary",
        "starts_at_0": "2026-12-01", "starts_at_1": "08:00", "ends_at_0": "2026-12-01", "ends_at_1": "20:00",
    }  # fmt: skip
    address = "/admin/alerts/oncallshift/add/"
    stranger = make_user(make_team("Theirs"))
    refused = clinic["client"].post(address, {**asked, "user": str(stranger.pk)})
    assert "user" in refused.context["adminform"].form.errors
    backwards = clinic["client"].post(address, {**asked, "ends_at_1": "07:00"})
    assert "A shift ends after it starts." in backwards.content.decode()
    assert clinic["client"].post(address, asked).status_code == 302
    shift = OnCallShift.objects.get()
    assert clinic["team"].time_zone == "America/New_York"
    assert shift.starts_at == datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
    page = clinic["client"].get(f"/admin/alerts/oncallshift/{shift.pk}/change/").content.decode()
    assert 'value="08:00"' in page and 'value="20:00"' in page


def test_a_lost_second_factor_is_taken_away_and_no_secret_is_shown(clinic: dict[str, Any]) -> None:
    nurse = make_user(clinic["team"])
    row = Authenticator.objects.create(user=nurse, type="totp", data={"secret": "CANARYSECRET"})
    for address in ("/admin/patients/secondfactor/", f"/admin/patients/secondfactor/{row.pk}/change/"):
        page = clinic["client"].get(address).content.decode()
        assert nurse.username in page and "CANARYSECRET" not in page
    clinic["client"].post(f"/admin/patients/secondfactor/{row.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()
    assert clinic["client"].get("/admin/mfa/authenticator/").status_code == 404


def test_the_administration_has_no_way_in_of_its_own(clinic: dict[str, Any]) -> None:
    """Django's own log-in would ask for no second factor."""
    assert clinic["client"].get("/admin/login/?next=/admin/texts/")["Location"] == "/admin/texts/"
    stranger = Client()
    clinic["boss"].set_password("a long enough password")
    clinic["boss"].save()
    asked = stranger.post(
        "/admin/login/?next=/admin/patients/user/",
        {"username": "boss", "password": "a long enough password"},
    )
    assert asked.status_code == 302 and asked["Location"] == "/accounts/login/?next=/admin/patients/user/"
    assert "_auth_user_id" not in stranger.session
    away = stranger.get("/admin/login/?next=//evil.example/")
    assert away["Location"] == "/accounts/login/?next=/admin/"
    nurse = Client()
    nurse.force_login(
        make_user(clinic["team"]), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert nurse.get("/admin/", follow=True).status_code == 403
