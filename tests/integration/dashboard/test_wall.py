"""A nurse of another team, wrong methods, forged and oversized forms: every address of the care team's pages, API and FHIR."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from alerts.models import Alert, CareTask
from alerts.services import task_open, threshold_set
from alerts.services.handovers import SECTIONS, handover_give
from biomarkers.models import VoiceBiomarker
from calls.models import Call
from heartvoice.web.sessions import LAST_SEEN
from patients.models import CareTeam, Membership, Patient, User
from patients.services import note_add, time_log_add
from tests.support.factories import make_call, make_patient, make_team, make_user
from tests.support.signing_in import prove
from tests.support.worklist import check_in, raise_alert, talk

pytestmark = pytest.mark.django_db

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
SECRETS = ("Zebedee", "Quillfeather", "+12015550999", "(201) 555-0999", "swallowed a button", "Secret note")
# Pages that name no patient, or lists that are only shorter for somebody else.
WHOLE_LISTS = {
    "worklist", "patients", "calls", "live", "handover", "banner", "weekly_report", "weekly_json", "weekly_pdf",
    "simulator", "paging", "search", "softphone", "favicon", "theme", "language", "activate_rules", "bulk",
}  # fmt: skip


@dataclass(frozen=True)
class Theirs:
    """What another team has, and the ids under which addresses know it."""

    team: CareTeam
    nurse: User
    patient: Patient
    alert: Alert
    ids: dict[str, Any]


@pytest.fixture
def theirs(db: None) -> Theirs:
    team = make_team("Theirs")
    nurse, lead = make_user(team), make_user(team, role="lead")
    patient = make_patient(team, first_name="Zebedee", last_name="Quillfeather", phone="+12015550999")
    call = check_in(patient)
    talk(call, ("patient", "I swallowed a button"))
    alert = raise_alert(patient, "medium", text="Quillfeather swallowed a button", call=call)
    planned = make_call(patient, state=Call.State.PLANNED, planned_for=timezone.now() + timedelta(hours=1))
    make_call(patient, state=Call.State.IN_PROGRESS, call_sid="CAtheirs")
    task = task_open(
        patient=patient, kind="call_back", detail="Secret note", due_at=timezone.now(), key="theirs"
    )
    override = threshold_set(
        patient=patient, rule_id="S01", parameter="gain_lb", value=2.5, reason="Secret note", set_by=lead,
        valid_until=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    handover = handover_give(team=team, by=nurse, note="Secret note", items={name: [] for name in SECTIONS})
    note_add(patient=patient, author=nurse, text="Secret note")
    start = timezone.now() - timedelta(hours=2)
    entry = time_log_add(
        patient=patient, staff=nurse, started_at=start, ended_at=start + timedelta(minutes=10), activity="patient_call",
        programme="rpm", is_interactive=True,
    )  # fmt: skip
    segment = VoiceBiomarker.objects.create(
        patient=patient,
        call=call,
        segment_id="0",
        start_ms=0,
        end_ms=3000,
        state="measured",
        algorithm_version="t",
    )
    ids = {
        "patient_id": patient.pk, "call_id": planned.pk, "alert_id": alert.pk, "task_id": task.pk,
        "override_id": override.pk, "handover_id": handover.pk, "team_id": team.pk, "user_id": nurse.pk,
        "entry_id": entry.pk, "action": "acknowledge", "observation_id": str(segment.pk),
        "patients": patient.pk, "calls": call.pk, "alerts": alert.pk, "records": call.record.pk,
        "biomarkers": segment.pk,
    }  # fmt: skip
    return Theirs(team, nurse, patient, alert, ids)


def routes(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of everything that a member of the care team may ask for."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            if not route.startswith(("admin/", "accounts/")):
                yield from routes(each.url_patterns, route)
        elif isinstance(each, URLPattern) and not route.startswith(
            "voice"
        ):  # those are the telephone network's
            yield each.name or "", route


def address(route: str, ids: dict[str, Any]) -> str | None:
    """The route with the ids in it; None for one that has no place for an id."""
    named = (
        re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "").replace("/?", "/")
    )
    if not PLACE.search(named):
        return None
    kind = next(
        (
            part
            for part in ("patients", "calls", "alerts", "records", "biomarkers")
            if f"api/v1/{part}/" in named
        ),
        "",
    )
    return "/" + PLACE.sub(lambda found: str(ids[kind if found[2] == "pk" else found[2]]), named)


def walled(ids: dict[str, Any]) -> list[tuple[str, str]]:
    """Addresses of one patient's things."""
    found = []
    for name, route in routes():
        if name in WHOLE_LISTS or "format" in route or "<path:" in route:
            continue
        if (place := address(route, ids)) is not None:
            found.append((name, place))
    return found


def rows_of_theirs(patient: Patient) -> list[Any]:
    """Everything of the patient that a form could change."""
    return [
        list(getattr(patient, name).values_list("pk", "state").order_by("pk")) for name in ("alerts", "calls")
    ] + [list(CareTask.objects.values_list("state")), Patient.objects.values().get(pk=patient.pk)]


def test_somebody_elses_patient_does_not_exist_under_any_address(
    client_of: Callable[[User], Client], theirs: Theirs, team: CareTeam
):
    before = rows_of_theirs(theirs.patient)
    missing = {name: uuid4() for name in theirs.ids if isinstance(theirs.ids[name], UUID)}
    nothing = dict(walled(theirs.ids | missing))
    asked = 0
    for name, place in walled(theirs.ids):
        client = prove(client_of(make_user(team)))  # one for each: nobody asks too often
        for ask in ("get", "post", "put", "patch", "delete"):
            answer = getattr(client, ask)(place, {"note": "x", "text": "x"} if ask == "post" else None)
            absent = getattr(client, ask)(
                nothing[name], {"note": "x", "text": "x"} if ask == "post" else None
            )
            assert answer.status_code in (404, 405), (ask, place, answer.status_code)
            assert answer.status_code == absent.status_code, (ask, place)
            assert not [word for word in SECRETS if word in answer.content.decode()], (ask, place)
        asked += 1
    assert asked >= 34
    assert rows_of_theirs(theirs.patient) == before


def test_no_list_names_somebody_elses_patient(client: Client, theirs: Theirs):
    for _name, route in routes():
        if "<" in route or "(?P" in route:
            continue
        place = "/" + route.replace("^", "").replace("$", "")
        for answer in (
            client.get(place),
            client.post(place, {"q": "Quillfeather", "alert": str(theirs.alert.pk)}),
        ):
            assert not [word for word in SECRETS if word in answer.content.decode(errors="replace")], place
            assert answer.status_code < 500 or place.startswith("/health"), (place, answer.status_code)
    theirs.alert.refresh_from_db()
    assert theirs.alert.state == "new"


def test_no_address_answers_a_wrong_method_with_a_fault(client: Client, theirs: Theirs, nurse: User):
    Membership.objects.create(user=nurse, team=theirs.team, role="lead")
    for _name, place in walled(theirs.ids):
        for ask in ("put", "patch", "delete", "options"):
            answer = getattr(client, ask)(place)
            assert answer.status_code < 500, (ask, place)
            if ask != "options":
                assert answer.status_code in (403, 404, 405), (ask, place, answer.status_code)


def test_no_form_is_taken_without_its_token(nurse: User, theirs: Theirs):
    Membership.objects.create(user=nurse, team=theirs.team, role="lead")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nurse)
    session = strict.session
    session[LAST_SEEN] = time.time() + 600
    session.save()
    before = rows_of_theirs(theirs.patient)
    for name, place in walled(theirs.ids):
        if not place.startswith("/fhir"):
            answer = strict.post(place, {"note": "x", "text": "x", "reason": "x"})
            assert answer.status_code in (403, 405), (name, place, answer.status_code)
    assert rows_of_theirs(theirs.patient) == before


def test_forms_that_are_too_large_or_not_text_are_refused_calmly(client: Client, nurse: User, theirs: Theirs):
    Membership.objects.create(user=nurse, team=theirs.team, role="lead")
    for _name, place in walled(theirs.ids):
        if place.startswith(("/api", "/fhir")):
            continue
        for body in (
            {"note": "x" * 4_000_000},
            {"text": "a\x00b", "reason": "a\x00b", "note": "a\x00b", "detail": "\x00"},
        ):
            answer = client.post(place, body)
            assert answer.status_code < 500, (place, answer.status_code)
