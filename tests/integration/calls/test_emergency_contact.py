"""The emergency contact is rung once, told to look in on the patient, and told nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from alerts.models import AlertEvent
from alerts.phrases.model import FlagHit
from alerts.services import flags_submit
from calls.models import Call
from calls.scheduling.placing import place_due
from calls.scheduling.redials import emergency_redials
from patients.models import Patient
from tests.integration.calls.people import _nurse
from tests.standins.twilio_rest import TwilioRest, twilio_rest

CONTACT = "+12015550177"


@pytest.fixture
def carrier(settings: Any) -> Iterator[TwilioRest]:
    with twilio_rest() as peer:
        settings.TWILIO_API_BASE = peer.url
        yield peer


@pytest.fixture
def lost(joan: Patient) -> Call:
    """A call whose line was lost after chest pain, and two redials that nobody heard."""
    _nurse(joan)
    joan.emergency_contact_phone = CONTACT
    joan.save()
    now = timezone.now()
    call = Call.objects.create(
        patient=joan, direction="outbound", purpose="scheduled", planned_for=now - timedelta(minutes=9),
        answered_at=now - timedelta(minutes=8), ended_at=now - timedelta(minutes=6), state="interrupted",
        end_reason="hangup", call_sid="CA" + "1" * 32,
    )  # fmt: skip
    hit = FlagHit("chest_pain", "critical", "emergency", "chest", 0, 5, "affirmed", "E01", "test")
    flags_submit(patient=joan, call=call, hits=[hit])
    for number in (1, 2):
        Call.objects.create(
            patient=joan, direction="outbound", purpose="emergency_redial", retry_of=call, attempt_no=number,
            planned_for=now - timedelta(minutes=4), state="no_answer", ended_at=now - timedelta(minutes=3),
        )  # fmt: skip
    return call


def contact_call(lost: Call) -> Call:
    return Call.objects.get(retry_of=lost, purpose="emergency_contact")


def post(settings: Any, path: str, **form: str) -> str:
    """A signed webhook; its TwiML."""
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    signature = validator.compute_signature(settings.PUBLIC_URL + path, form)
    answer = Client().post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_after_two_redials_the_contact_is_rung_once_whoever_looks(lost: Call) -> None:
    for _ in range(3):
        emergency_redials()
    assert Call.objects.filter(purpose="emergency_contact").count() == 1
    assert list(lost.patient.care_tasks.values_list("kind", flat=True)) == ["emergency_contact"]
    assert AlertEvent.objects.filter(kind="contact_rung").count() == 1


def test_the_contacts_number_is_dialled_and_not_the_patients(lost: Call, carrier: TwilioRest) -> None:
    emergency_redials()
    assert place_due() == 1
    ((_, form),) = carrier.asked
    assert form["To"] == CONTACT and "/voice/contact?" in form["Url"]


def test_the_contact_hears_whom_to_look_in_on_and_nothing_of_why(lost: Call, settings: Any) -> None:
    emergency_redials()
    call = contact_call(lost)
    text = post(settings, f"/voice/contact?call={call.pk}", CallSid="CA" + "2" * 32)
    assert "Joan" in text and "check on" in text and "nine one one" in text
    for private in ("Baker", "chest", "pain", "heart failure", "medicine", "1948"):
        assert private not in text


@pytest.mark.parametrize(
    ("key", "hears", "noted"), [("1", "Thank you", "will_check"), ("2", "<Dial", "connected")]
)
def test_a_key_says_what_the_contact_does(
    lost: Call, settings: Any, key: str, hears: str, noted: str
) -> None:
    emergency_redials()
    call = contact_call(lost)
    path = f"/voice/contact?call={call.pk}"
    post(settings, path, CallSid="CA" + "2" * 32)
    assert hears in post(settings, f"{path}&n=1", CallSid="CA" + "2" * 32, Digits=key)
    (told,) = AlertEvent.objects.filter(kind="contact_told", alert__patient=lost.patient)
    assert told.data["result"] == noted
    call.refresh_from_db()
    assert (call.state, call.end_reason) == ("completed", "contact_told")


def test_without_a_key_the_message_is_heard_twice_and_the_call_ends(lost: Call, settings: Any) -> None:
    emergency_redials()
    path = f"/voice/contact?call={contact_call(lost).pk}"
    sid = "CA" + "2" * 32
    assert "<Gather" in post(settings, path, CallSid=sid)
    assert "<Gather" in post(settings, f"{path}&n=1", CallSid=sid)
    assert "<Hangup" in post(settings, f"{path}&n=2", CallSid=sid)


def test_a_contact_who_pressed_no_key_is_not_known_to_be_told(lost: Call, settings: Any) -> None:
    """An answering machine that nobody recognized hears the message as well."""
    emergency_redials()
    path = f"/voice/contact?call={contact_call(lost).pk}"
    for part in ("", "&n=1", "&n=2"):
        post(settings, path + part, CallSid="CA" + "2" * 32)
    assert emergency_redials() == 0
    task = lost.patient.care_tasks.get()
    assert "no key was pressed" in task.detail and "welfare check" in task.detail
    kinds = set(AlertEvent.objects.filter(alert__patient=lost.patient).values_list("kind", flat=True))
    assert "contact_unreached" in kinds and "contact_told" not in kinds
    assert lost.retries.filter(purpose="emergency_contact").count() == 1


def test_a_contact_whom_the_network_did_not_ring_is_rung_again(lost: Call) -> None:
    emergency_redials()
    Call.objects.filter(pk=contact_call(lost).pk).update(
        state="failed", end_reason="carrier_503", ended_at=timezone.now() - timedelta(minutes=1)
    )
    emergency_redials()
    assert lost.retries.filter(purpose="emergency_contact", state="planned").count() == 1
    assert lost.patient.care_tasks.get().detail == ""


def test_without_a_number_on_file_it_is_on_the_timeline_and_a_nurse_has_the_task(lost: Call) -> None:
    Patient.objects.filter(pk=lost.patient_id).update(emergency_contact_phone="")
    for _ in range(2):
        emergency_redials()
    assert not Call.objects.filter(purpose="emergency_contact").exists()
    assert AlertEvent.objects.filter(kind="contact_missing").count() == 1
    task = lost.patient.care_tasks.get()
    assert task.kind == "emergency_contact" and task.due_at <= timezone.now() + timedelta(minutes=10)
    assert "no emergency contact is on file" in task.detail and "welfare check" in task.detail


@pytest.mark.parametrize(
    ("state", "reason"), [("no_answer", ""), ("failed", "bad_number"), ("completed", "voicemail")]
)
def test_a_contact_who_is_not_reached_leaves_the_welfare_check_to_the_nurse(
    lost: Call, state: str, reason: str
) -> None:
    emergency_redials()
    assert lost.patient.care_tasks.get().detail == ""
    Call.objects.filter(pk=contact_call(lost).pk).update(
        state=state, end_reason=reason, ended_at=timezone.now()
    )
    for _ in range(2):
        emergency_redials()
    task = lost.patient.care_tasks.get()
    assert "did not answer" in task.detail and "welfare check" in task.detail
    assert AlertEvent.objects.filter(kind="contact_unreached").count() == 1


def test_a_contact_who_was_told_leaves_the_task_as_it_is(lost: Call, settings: Any) -> None:
    emergency_redials()
    path = f"/voice/contact?call={contact_call(lost).pk}"
    post(settings, path, CallSid="CA" + "2" * 32)
    post(settings, f"{path}&n=1", CallSid="CA" + "2" * 32, Digits="1")
    emergency_redials()
    assert lost.patient.care_tasks.get().detail == ""
    assert not AlertEvent.objects.filter(kind="contact_unreached").exists()
