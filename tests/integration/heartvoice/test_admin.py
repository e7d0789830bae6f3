"""An administrator runs the clinic from Django admin, within the wall of the care team."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert, Notification, OnCallShift, RuleSetVersion
from alerts.selectors import ruleset_in_force
from calls.instructions import load_prompts
from calls.models import CallSchedule
from calls.scheduling.audit import checkins_audit
from patients.access import patient_hash
from patients.admin_base import TeamWallAdmin
from patients.models import Consent, Patient, PhiAccess, ThresholdOverride, User
from patients.services import consent_give
from patients.services.documents import time_log_add, time_log_withdraw
from tests.support.administration import act, patient_form
from tests.support.factories import (
    make_call,
    make_patient,
    make_schedule,
    make_shift,
    make_team,
    make_user,
)
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.django_db


CHOICE = {"app_label": "calls", "model_name": "callschedule", "field_name": "patient"}


def searched(clinic: dict[str, Any], address: str, text: str) -> Any:
    """The list as its search form shows it."""
    return clinic["client"].post(address, {"search_term": text}, follow=True)


def test_a_patient_is_added_with_a_normal_phone_and_a_blind_index(clinic: dict[str, Any]) -> None:
    answer = clinic["client"].post("/admin/patients/patient/add/", patient_form(clinic["team"].pk))
    assert answer.status_code == 302, answer.context and answer.context["adminform"].form.errors
    patient = Patient.objects.get()
    assert (patient.phone, patient.first_name, patient.interests) == ("+12015550142", "Zoë", ["roses"])
    assert len(patient.phone_index) == 64
    assert patient.monitoring_priorities == ["weight", "swelling"]
    assert (patient.enrolment_scales, patient.voice_accommodations) == ({"swelling": 2}, {"speed": 0.9})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "twelve"),
        ("emergency_contact_phone", "call her"),
        ("time_zone", "Mars/Olympus"),
        ("nyha_class", "7"),
        ("date_of_birth", "2090-01-01"),
        ("usual_swelling", "5"),
        ("voice_speed", "3"),
        ("enrolment_weight_lb", "9"),
    ],
)
def test_bad_input_is_named_next_to_its_field_and_nothing_is_written(
    clinic: dict[str, Any], name: str, value: str
) -> None:
    answer = clinic["client"].post(
        "/admin/patients/patient/add/", patient_form(clinic["team"].pk, **{name: value})
    )
    assert answer.status_code == 200
    assert name in answer.context["adminform"].form.errors
    assert Patient.objects.count() == 0


def test_a_change_goes_through_the_service(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    data = patient_form(clinic["team"].pk, phone="201-555-0177")
    answer = clinic["client"].post(f"/admin/patients/patient/{patient.pk}/change/", data)
    assert answer.status_code == 302, answer.context and answer.context["adminform"].form.errors
    patient.refresh_from_db()
    assert patient.phone == "+12015550177" and patient.last_name == "Canaryson"


@pytest.mark.parametrize("text", ["+1 201 555 0142", "canary", "ZOE canaryson", "1948-03-03", "3/3/1948"])
def test_search_finds_by_what_is_encrypted(clinic: dict[str, Any], text: str) -> None:
    wanted = make_patient(clinic["team"], first_name="Zoë", last_name="Canaryson", phone="+12015550142")
    make_patient(clinic["team"], first_name="Bob", last_name="Miller", date_of_birth=date(1950, 1, 1))
    page = searched(clinic, "/admin/patients/patient/", text)
    assert [row.pk for row in page.context["cl"].result_list] == [wanted.pk]


def test_another_teams_patients_are_not_there(clinic: dict[str, Any]) -> None:
    foreign = make_patient(make_team("Theirs"), last_name="Foreigner")
    page = searched(clinic, "/admin/patients/patient/", "foreigner")
    assert list(page.context["cl"].result_list) == []
    assert clinic["client"].get(f"/admin/patients/patient/{foreign.pk}/change/").status_code == 302


def test_every_look_is_logged_and_lists_mask_people(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"], last_name="Canaryson", phone="+12015550142")
    page = clinic["client"].get("/admin/patients/patient/")
    assert "Canaryson" not in page.content.decode() and "+12015550142" not in page.content.decode()
    clinic["client"].get(f"/admin/patients/patient/{patient.pk}/change/")
    looks = list(PhiAccess.objects.order_by("pk").values_list("action", "resource"))
    assert looks == [("list", "admin:patients.patient"), ("view", "admin:patients.patient")]


def test_clinical_rows_cannot_be_deleted_by_anybody(clinic: dict[str, Any]) -> None:
    request = type("Request", (), {"user": clinic["boss"]})()
    for model, page in admin.site._registry.items():
        if (
            model._meta.app_label in {"patients", "alerts", "biomarkers", "calls"}
            and "team" not in model.__name__.lower()
        ):
            if model.__name__ in {"OnCallShift", "EscalationPolicy", "SecondFactor"}:
                continue
            assert not page.has_delete_permission(request, None), model


def test_nurses_do_not_reach_the_admin() -> None:
    client = Client()
    client.force_login(make_user(make_team()), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/patients/patient/").status_code == 302
    assert User.objects.count() == 1


def pages() -> list[str]:
    """The list page of every registered model, and the pages that no model has."""
    names = [f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist" for m in admin.site._registry]
    return [reverse(name) for name in [*names, "admin:index", "admin:texts", "admin:patients_import"]]


def test_every_page_of_the_administration_opens_and_allows_no_inline_code(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    call = make_call(patient)
    raise_alert(patient, call=call)
    make_shift(clinic["team"])
    addresses = pages()
    assert len(addresses) > 25
    for address in addresses:
        answer = clinic["client"].get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html), address
        assert not re.search(r'\son[a-z]+="|\sstyle="|<style', html), address
        assert "unsafe" not in answer["Content-Security-Policy"]


def test_every_page_with_patients_is_written_into_the_access_log_first(
    clinic: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = make_patient(clinic["team"], last_name="Unseen")
    make_schedule(patient)
    alert = raise_alert(patient, call=make_call(patient), text="Unseen words")

    def fail(**look: Any) -> None:
        raise OSError("no log")

    monkeypatch.setattr("patients.access.access_record", fail)
    walled = [m for m, page in admin.site._registry.items() if isinstance(page, TeamWallAdmin)]
    addresses = [reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in walled]
    addresses += [
        f"/admin/patients/patient/{patient.pk}/change/",
        f"/admin/patients/patient/{patient.pk}/history/",
        f"/admin/alerts/alert/{alert.pk}/change/",
    ]
    assert len(addresses) > 15
    answers = {address: clinic["client"].get(address) for address in addresses}
    answers["choice"] = clinic["client"].post("/admin/autocomplete/", CHOICE | {"term": "unseen"})
    for address, answer in answers.items():
        assert answer.status_code == 503, address
        assert b"Unseen" not in answer.content and patient.pk.hex[:6].encode() not in answer.content


def test_choices_of_patients_stop_at_the_wall_and_name_nobody_in_full(clinic: dict[str, Any]) -> None:
    ours = make_patient(clinic["team"], first_name="Zoë", last_name="Canaryson", phone="+12015550142")
    theirs = make_patient(make_team("Theirs"), first_name="Zoë", last_name="Canaryson")
    answer = clinic["client"].post("/admin/autocomplete/", CHOICE | {"term": "canary"})
    (found,) = answer.json()["results"]
    assert found["id"] == str(ours.pk) and found["text"].startswith("Z. C. (") and "0142" in found["text"]
    assert PhiAccess.objects.get(action="search").patient_hash == patient_hash(ours.pk)
    form = schedule_form(patient=str(theirs.pk))
    refused = clinic["client"].post("/admin/calls/callschedule/add/", form)
    assert refused.status_code == 200 and "patient" in refused.context["adminform"].form.errors
    assert CallSchedule.objects.count() == 0


def schedule_form(**changes: Any) -> dict[str, Any]:
    return {
        "is_active": "on", "weekdays": ["1", "3"], "window_start": "09:00", "window_end": "12:00",
        "quiet_dates": "2026-12-25", "attempts_max": "3", "attempt_gap_minutes": "90", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("window_end", "22:00"), ("window_end", "08:00"), ("weekdays", []), ("quiet_dates", "soon")],
)
def test_a_schedule_that_cannot_be_is_refused_next_to_its_field(
    clinic: dict[str, Any], name: str, value: Any
) -> None:
    patient = make_patient(clinic["team"])
    form = schedule_form(patient=str(patient.pk), **{name: value})
    answer = clinic["client"].post("/admin/calls/callschedule/add/", form)
    assert answer.status_code == 200 and name in answer.context["adminform"].form.errors


def test_a_schedule_is_made_and_patients_without_a_next_call_are_listed_with_the_reason(
    clinic: dict[str, Any],
) -> None:
    planned, dead = make_patient(clinic["team"]), make_patient(clinic["team"], consents=())
    make_schedule(dead)
    form = schedule_form(patient=str(planned.pk))
    assert clinic["client"].post("/admin/calls/callschedule/add/", form).status_code == 302
    assert CallSchedule.objects.get(patient=planned).weekdays == [1, 3]
    checkins_audit()
    page = clinic["client"].get("/admin/calls/callschedule/?next=none")
    assert [row.patient_id for row in page.context["cl"].result_list] == [dead.pk]
    assert "no consent to AI calls" in page.content.decode()
    lost = clinic["client"].get("/admin/patients/patient/?next=none")
    assert [row.pk for row in lost.context["cl"].result_list] == [dead.pk]
    counts = {str(each.text): each.count for each in clinic["client"].get("/admin/").context["attention"]}
    assert counts["Active patients without a next call"] == 1


def test_consents_are_given_and_revoked_and_never_edited(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"], consents=())
    form = {
        "patient": str(patient.pk), "scope": "sms", "wording_version": "2026-01", "language": "en",
        "method": "paper", "given_at_0": "2026-11-01", "given_at_1": "10:00",
    }  # fmt: skip
    assert clinic["client"].post("/admin/patients/consent/add/", form).status_code == 302
    consent = Consent.objects.get(patient=patient)
    assert consent.recorded_by == clinic["boss"]
    again = clinic["client"].post("/admin/patients/consent/add/", form)
    assert again.status_code == 200 and Consent.objects.count() == 1
    changed = {**form, "scope": "research"}
    clinic["client"].post(f"/admin/patients/consent/{consent.pk}/change/", changed)
    consent.refresh_from_db()
    assert consent.scope == "sms"
    act(clinic, "/admin/patients/consent/", "revoke", consent)
    consent.refresh_from_db()
    assert consent.revoked_at is not None and consent.revoked_how == "administrator"


def test_a_threshold_is_set_only_as_the_rules_allow_and_revoked(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    rule_id, parameter, value = next(
        (rule.id, each.name, each.highest)
        for rule in ruleset_in_force().rules.values()
        for each in rule.params.values()
        if not rule.is_emergency and each.stricter != "fixed" and each.highest is not None
    )
    form = {
        "patient": str(patient.pk), "number": f"{rule_id}.{parameter}", "value": str(value),
        "reason": "known to be well", "valid_until": str(timezone.now().date() + timedelta(days=20)),
    }  # fmt: skip
    for name, wrong in (("number", "E01.anything"), ("value", "99999"), ("valid_until", "2090-01-01")):
        bad = clinic["client"].post("/admin/patients/thresholdoverride/add/", {**form, name: wrong})
        assert bad.status_code == 200 and name in bad.context["adminform"].form.errors
    assert ThresholdOverride.objects.count() == 0
    good = clinic["client"].post("/admin/patients/thresholdoverride/add/", form)
    assert good.status_code == 302, good.context["adminform"].form.errors
    row = ThresholdOverride.objects.get()
    assert (row.rule_id, row.set_by) == (rule_id, clinic["boss"])
    act(clinic, "/admin/patients/thresholdoverride/", "revoke", row)
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_failed_message_is_sent_again_unless_its_alert_is_over(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    over = raise_alert(patient)
    failed, sent, late = (
        Notification.objects.create(
            team=clinic["team"],
            channel="sms",
            state=state,
            attempts=5,
            next_attempt_at=timezone.now(),
            dedupe_key=f"k{number}",
            alert=alert,
        )
        for number, (state, alert) in enumerate((("failed", None), ("sent", None), ("failed", over)))
    )
    Alert.objects.filter(pk=over.pk).update(state="resolved", resolved_at=timezone.now(), disposition="other")
    act(clinic, "/admin/alerts/notification/", "send_again", failed, sent, late)
    states = dict(
        Notification.objects.filter(pk__in=[failed.pk, sent.pk, late.pk]).values_list("pk", "state")
    )
    assert states == {failed.pk: "pending", sent.pk: "sent", late.pk: "failed"}
    failed.refresh_from_db()
    assert failed.attempts == 0
    foreign = Notification.objects.create(
        team=make_team(), channel="sms", next_attempt_at=timezone.now(), dedupe_key="f", state="failed"
    )
    act(clinic, "/admin/alerts/notification/", "send_again", foreign)
    foreign.refresh_from_db()
    assert foreign.state == "failed"


def test_the_texts_that_maya_says_are_shown_with_version_and_use_and_have_no_form(
    clinic: dict[str, Any],
) -> None:
    make_call(make_patient(clinic["team"]), prompt_version="prompts-1")
    page = clinic["client"].get("/admin/texts/").content.decode()
    assert "prompts-1: 1 call" in page and "system.txt" in page and "en.toml" in page
    one = clinic["client"].get("/admin/texts/prompts/prompts-1--system.txt/")
    assert load_prompts().system.splitlines()[0] in html.unescape(one.content.decode())
    assert "<textarea" not in one.content.decode()
    for nonsense in ("prompts/..--..--bridge.py", "nothing/x", "education/en.toml.bak"):
        assert clinic["client"].get(f"/admin/texts/{nonsense}/").status_code == 404
    assert clinic["client"].post("/admin/texts/prompts/prompts-1--system.txt/").status_code == 405


def test_rules_that_were_in_force_and_duties_that_began_are_history(clinic: dict[str, Any]) -> None:
    request = type("Request", (), {"user": clinic["boss"]})()
    begun = make_shift(clinic["team"])
    coming = make_shift(clinic["team"], starts_at=timezone.now() + timedelta(days=2),
                        ends_at=timezone.now() + timedelta(days=3))  # fmt: skip
    page = admin.site._registry[OnCallShift]
    assert not page.has_delete_permission(request, begun) and page.has_delete_permission(request, coming)
    used = RuleSetVersion.objects.create(version="r", body="x", in_force_since=timezone.now())
    rules = admin.site._registry[RuleSetVersion]
    assert not rules.has_change_permission(request, used) and not rules.has_delete_permission(request, used)


def test_the_access_log_finds_who_looked_at_a_patient(clinic: dict[str, Any]) -> None:
    wanted = make_patient(clinic["team"], last_name="Canaryson")
    other = make_patient(clinic["team"])
    for patient in (wanted, other):
        clinic["client"].get(f"/admin/patients/patient/{patient.pk}/change/")
    page = searched(clinic, "/admin/patients/phiaccess/", "canaryson")
    rows = list(page.context["cl"].result_list)
    assert [row.patient_hash for row in rows] == [patient_hash(wanted.pk)]
    assert "boss" in page.content.decode() and "Canaryson" not in page.content.decode().split("<table")[1]


def test_what_a_time_entry_said_before_stands_with_it(clinic: dict[str, Any]) -> None:
    nurse, began = make_user(clinic["team"]), timezone.now() - timedelta(hours=2)
    entry = time_log_add(
        patient=make_patient(clinic["team"]),
        staff=nurse,
        started_at=began,
        ended_at=began + timedelta(minutes=20),
        activity="documentation",
    )
    time_log_withdraw(entry=entry, by=nurse, reason="entered twice")
    page = clinic["client"].get(f"/admin/patients/timelog/{entry.pk}/change/").content.decode()
    assert "entered twice" in page and "Documented" in page
    assert 'name="_save"' not in page


def test_how_a_consent_was_given_is_said_in_words_on_the_patients_page(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"], consents=())
    consent_give(patient=patient, scope="ai_voice_call", wording_version="2", method="portal")
    page = clinic["client"].get(f"/admin/patients/patient/{patient.pk}/change/").content.decode()
    assert '<div class="readonly">in the portal</div>' in page
