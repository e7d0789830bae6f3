"""Staff on the telephone: a call taken over, a call ended, a patient rung through the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from alerts.models import CareTask
from calls.models import Call, CallIntervention, StaffCall
from calls.services import call_finish, call_status_note
from calls.services.staff_calls import staff_call_start
from calls.services.takeover import call_end, call_take_over
from heartvoice.shared.errors import Conflict, DomainError
from patients.models import Patient, User
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.factories import make_call, make_patient, make_team, make_user
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.django_db

NURSE_PHONE = "+19895550101"
Ask = Callable[..., Any]


@pytest.fixture
def carrier(settings: Any) -> Iterator[TwilioRest]:
    with twilio_rest() as peer:
        settings.TWILIO_API_BASE = peer.url
        yield peer


@pytest.fixture
def nurse() -> User:
    return make_user(make_team(), phone=NURSE_PHONE)


@pytest.fixture
def patient(nurse: User) -> Patient:
    return make_patient(nurse.care_teams.get())


@pytest.fixture
def live(patient: Patient) -> Call:
    return make_call(patient, call_sid="CA" + "1" * 32, answered_at=timezone.now())


@pytest.fixture
def ask(client: Client) -> Ask:
    """The telephone network asks, signed."""

    def asked(path: str, *, call_sid: str, signed: bool = True, **fields: str) -> Any:
        form = {"CallSid": call_sid, **fields}
        url = django_settings.PUBLIC_URL + path
        signature = RequestValidator(django_settings.TWILIO_AUTH_TOKEN).compute_signature(url, form)
        return client.post(
            path,
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature if signed else "no"},
        )

    return asked


def test_the_patients_line_rings_the_nurses_own_telephone(carrier: TwilioRest, live: Call, nurse: User):
    row = call_take_over(call=live, by=nurse)
    ((resource, form),) = carrier.asked
    assert resource == live.call_sid
    assert NURSE_PHONE in form["Twiml"] and "/voice/staff/whisper" in form["Twiml"]
    assert live.patient.first_name not in form["Twiml"]
    assert (row.kind, row.state, row.by) == ("take_over", "asked", nurse)


def test_a_call_that_was_taken_over_is_completed_and_never_redialled(
    carrier: TwilioRest, live: Call, nurse: User
):
    call_take_over(call=live, by=nurse)
    call_finish(call_id=live.pk, reason="hangup")  # what the media stream's end looks like from here
    live.refresh_from_db()
    assert (live.state, live.end_reason) == ("completed", "taken_over")


def test_the_networks_own_report_of_the_end_says_the_same(carrier: TwilioRest, live: Call, nurse: User):
    call_end(call=live, by=nurse)
    call_status_note(
        call_sid=str(live.call_sid), call_id=None, status="completed", sequence=4, receipt_key="r1"
    )
    live.refresh_from_db()
    assert (live.state, live.end_reason) == ("completed", "staff_ended")


def test_nobody_takes_over_what_somebody_has_in_hand(carrier: TwilioRest, live: Call, nurse: User):
    colleague = make_user(nurse.care_teams.get(), phone="+19895550102")
    call_take_over(call=live, by=nurse)
    for service in (call_take_over, call_end):
        with pytest.raises(Conflict) as refused:
            service(call=live, by=colleague)
        assert refused.value.code == "taken_over"
    assert len(carrier.asked) == 1


def test_a_refusal_of_the_network_leaves_the_call_with_maya(carrier: TwilioRest, live: Call, nurse: User):
    carrier.refuse(500, 20500)
    with pytest.raises(DomainError) as refused:
        call_take_over(call=live, by=nurse)
    assert refused.value.code == "carrier"
    live.refresh_from_db()
    row = CallIntervention.objects.get()
    assert (live.state, live.end_reason, row.state, row.code) == ("in_progress", "", "failed", "20500")
    call_take_over(call=live, by=nurse)  # may be tried again


def test_a_line_that_is_gone_is_a_conflict_and_no_end(carrier: TwilioRest, live: Call, nurse: User):
    carrier.refuse(400, 21220)
    with pytest.raises(Conflict) as refused:
        call_end(call=live, by=nurse)
    assert refused.value.code == "over"
    live.refresh_from_db()
    assert (live.state, live.end_reason) == ("in_progress", "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "completed", "ended_at": timezone.now()}, "over"),
        ({"call_sid": None}, "over"),
        ({"state": "ringing"}, "not_connected"),
        ({"purpose": "softphone"}, "softphone"),
    ],
)
def test_what_cannot_be_taken_over(
    carrier: TwilioRest, live: Call, nurse: User, changes: dict[str, Any], code: str
):
    Call.objects.filter(pk=live.pk).update(**changes)
    with pytest.raises(DomainError) as refused:
        call_take_over(call=live, by=nurse)
    assert refused.value.code == code
    assert carrier.asked == [] and not CallIntervention.objects.exists()


def test_a_call_that_rings_is_ended_without_words(carrier: TwilioRest, live: Call, nurse: User):
    Call.objects.filter(pk=live.pk).update(state="ringing", answered_at=None)
    call_end(call=live, by=nurse)
    assert carrier.asked == [(live.call_sid, {"Status": "completed"})]
    live.refresh_from_db()
    assert live.state == "completed" and live.interventions.get().state == "done"


def test_without_a_telephone_nobody_takes_over(carrier: TwilioRest, live: Call, nurse: User):
    nurse.phone = ""
    with pytest.raises(DomainError) as refused:
        call_take_over(call=live, by=nurse)
    assert refused.value.code == "no_phone"


def test_the_nurse_accepts_with_a_key_and_hears_no_health_data(ask: Ask, live: Call):
    first = ask("/voice/staff/whisper", call_sid="CAx").content.decode()
    assert "Press 1" in first and live.patient.first_name not in first
    assert "<Hangup" in ask("/voice/staff/whisper", call_sid="CAx", Digits="3").content.decode()
    accepted = ask("/voice/staff/whisper", call_sid="CAx", Digits="1").content.decode()
    assert "<Hangup" not in accepted and "<Gather" not in accepted


def test_a_take_over_that_was_answered_is_on_record(carrier: TwilioRest, ask: Ask, live: Call, nurse: User):
    call_take_over(call=live, by=nurse)
    answer = ask("/voice/staff/take-over", call_sid=str(live.call_sid), DialCallStatus="completed")
    assert "<Hangup" in answer.content.decode()
    assert live.interventions.get().state == "connected"
    assert not CareTask.objects.exists()


def test_a_take_over_that_was_not_answered_becomes_a_call_back_before_the_patient_hears_so(
    carrier: TwilioRest, ask: Ask, live: Call, nurse: User
):
    call_take_over(call=live, by=nurse)
    for _ in range(2):  # the network may ask twice
        answer = ask(
            "/voice/staff/take-over",
            call_sid=str(live.call_sid),
            DialCallStatus="completed",
            DialBridged="false",
        )
        assert "will call you back" in answer.content.decode()
    assert live.interventions.get().state == "unanswered"
    task = CareTask.objects.get()
    assert (task.kind, task.patient) == ("call_back", live.patient)


def test_in_an_emergency_the_nurse_line_rings_when_the_nurse_did_not_answer(
    carrier: TwilioRest, ask: Ask, live: Call, nurse: User
):
    raise_alert(live.patient, "critical", kind="emergency", call=live)
    call_take_over(call=live, by=nurse)
    answer = ask("/voice/staff/take-over", call_sid=str(live.call_sid), DialCallStatus="no-answer")
    assert django_settings.NURSE_LINE_NUMBER in answer.content.decode()


def test_a_patient_is_rung_from_the_clinics_number_after_the_nurse_accepts(
    carrier: TwilioRest, ask: Ask, patient: Patient, nurse: User
):
    row = staff_call_start(patient=patient, by=nurse)
    ((_, form),) = carrier.asked
    assert form["To"] == NURSE_PHONE and patient.phone not in str(form)
    path, sid = f"/voice/staff/call?id={row.pk}", str(row.call_sid)
    assert "Press 1" in ask(path, call_sid=sid).content.decode()
    dialled = ask(path, call_sid=sid, Digits="1").content.decode()
    assert patient.phone in dialled and django_settings.TWILIO_FROM_NUMBER in dialled
    result = f"/voice/staff/result?id={row.pk}"
    ask(result, call_sid=sid, DialCallStatus="completed", DialCallDuration="312")
    ask(f"/voice/staff/status?id={row.pk}", call_sid=sid, CallStatus="completed")
    row.refresh_from_db()
    assert (row.state, row.talked_s) == ("ended", 312)
    patient.refresh_from_db()
    assert patient.last_contact_at is not None


def test_a_nurse_who_does_not_pick_up_rings_nobody(
    carrier: TwilioRest, ask: Ask, patient: Patient, nurse: User
):
    row = staff_call_start(patient=patient, by=nurse)
    ask(f"/voice/staff/status?id={row.pk}", call_sid=str(row.call_sid), CallStatus="no-answer")
    row.refresh_from_db()
    assert (row.state, row.code) == ("failed", "no-answer")
    late = ask(f"/voice/staff/call?id={row.pk}", call_sid=str(row.call_sid), Digits="1").content.decode()
    assert patient.phone not in late


def test_two_clicks_ring_once_and_a_patient_on_the_line_is_not_rung(
    carrier: TwilioRest, live: Call, patient: Patient, nurse: User
):
    with pytest.raises(Conflict) as refused:
        staff_call_start(patient=patient, by=nurse)
    assert refused.value.code == "on_call"
    other = make_patient(patient.care_team)
    staff_call_start(patient=other, by=nurse)
    with pytest.raises(Conflict) as refused:
        staff_call_start(patient=other, by=nurse)
    assert refused.value.code == "busy"
    assert len(carrier.asked) == 1


def test_a_call_that_the_network_refuses_is_no_call_under_way(
    carrier: TwilioRest, patient: Patient, nurse: User
):
    carrier.refuse(400, 21211)
    with pytest.raises(DomainError):
        staff_call_start(patient=patient, by=nurse)
    assert StaffCall.objects.get().state == "failed"
    staff_call_start(patient=patient, by=nurse)


def test_another_lines_id_and_an_unsigned_question_lead_nowhere(
    carrier: TwilioRest, ask: Ask, patient: Patient, nurse: User
):
    row = staff_call_start(patient=patient, by=nurse)
    for path, sid in (
        (f"/voice/staff/call?id={row.pk}", "CAother"),
        (f"/voice/staff/call?id={uuid4()}", "CA1"),
    ):
        assert patient.phone not in ask(path, call_sid=sid, Digits="1").content.decode()
    for name in ("whisper", "take-over", f"call?id={row.pk}", "result", "status"):
        assert ask(f"/voice/staff/{name}", call_sid=str(row.call_sid), signed=False).status_code == 403
