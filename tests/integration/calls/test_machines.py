"""A machine answers: nothing private is said to it, and a message only where the patient agreed to one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from calls.models import Call
from calls.services import answer_type_note, turn_add
from calls.tasks import end_machine_call
from calls.twilio.client import CarrierError
from patients.models import Consent, Patient
from patients.services import consent_give
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.rules_in_force import put_into_force


@pytest.fixture
def carrier(settings: Any) -> Iterator[TwilioRest]:
    with twilio_rest() as peer:
        settings.TWILIO_API_BASE = peer.url
        yield peer


@pytest.fixture
def call(joan: Patient) -> Call:
    joan.care_team.phone = "+12015550198"
    joan.care_team.save()
    now = timezone.now()
    return Call.objects.create(
        patient=joan, direction="outbound", purpose="scheduled", planned_for=now, answered_at=now,
        state="in_progress", call_sid="CA" + "1" * 32,
    )  # fmt: skip


def answered_by(call: Call, word: str) -> None:
    answer_type_note(call_sid=str(call.call_sid), call_id=None, answered_by=word)
    end_machine_call(str(call.pk))
    call.refresh_from_db()


def test_without_consent_the_line_ends_without_a_word(call: Call, carrier: TwilioRest) -> None:
    answered_by(call, "machine_end_beep")
    ((_, form),) = carrier.asked
    assert "<Say" not in form["Twiml"] and "<Hangup" in form["Twiml"]
    assert (call.state, call.end_reason, call.answer_type) == ("completed", "voicemail", "voicemail")


def test_with_consent_the_message_names_a_number_and_no_reason(call: Call, carrier: TwilioRest) -> None:
    consent_give(patient=call.patient, scope=Consent.Scope.VOICEMAIL, wording_version="1", method="paper")
    answered_by(call, "machine_end_beep")
    ((_, form),) = carrier.asked
    assert "2 0 1 5 5 5 0 1 9 8" in form["Twiml"]
    for private in ("Baker", "heart", "medicine", "check-in"):
        assert private not in form["Twiml"]


def left_a_message(call: Call, *, hours_ago: int) -> None:
    consent_give(patient=call.patient, scope=Consent.Scope.VOICEMAIL, wording_version="1", method="paper")
    Call.objects.create(
        patient=call.patient, direction="outbound", purpose="scheduled", planned_for=timezone.now(),
        state="completed", end_reason="voicemail", ended_at=timezone.now() - timedelta(hours=hours_ago),
    )  # fmt: skip


def test_one_message_a_day_is_enough(call: Call, carrier: TwilioRest) -> None:
    left_a_message(call, hours_ago=3)
    answered_by(call, "machine_end_silence")
    assert "<Say" not in carrier.asked[0][1]["Twiml"]


@pytest.mark.parametrize(("gap_h", "is_left"), [(20, True), (48, False)])
def test_how_long_after_a_message_the_next_one_may_be_left_is_what_the_rule_set_says(
    call: Call, carrier: TwilioRest, gap_h: int, is_left: bool
) -> None:
    left_a_message(call, hours_ago=21)
    put_into_force(voicemail_gap_h=gap_h)
    answered_by(call, "machine_end_silence")
    assert ("<Say" in carrier.asked[0][1]["Twiml"]) is is_left


@pytest.mark.parametrize("word", ["human", "unknown", "", "odd"])
def test_a_person_and_what_may_be_one_is_talked_to(call: Call, word: str) -> None:
    assert answer_type_note(call_sid=str(call.call_sid), call_id=None, answered_by=word) in (
        "human",
        "unknown",
        "",
    )
    call.refresh_from_db()
    assert call.state == "in_progress"


def test_a_call_that_is_over_already_is_left_alone(call: Call, carrier: TwilioRest) -> None:
    carrier.refuse(400, 21220)
    answered_by(call, "machine_end_beep")
    end_machine_call(str(call.pk))
    assert len(carrier.asked) == 1


def test_a_carrier_that_refuses_is_an_error_of_the_task(call: Call, carrier: TwilioRest) -> None:
    carrier.refuse(500, 20500)
    with pytest.raises(CarrierError):
        answered_by(call, "fax")


# --- a verdict by sound alone is a hint


def said(call: Call, *texts: str) -> None:
    for number, text in enumerate(texts):
        turn_add(
            call_id=call.pk, speaker="patient", item=f"i{number}", text=text, start_ms=number, end_ms=number
        )


@pytest.mark.parametrize(
    "word", ["machine_start", "machine_end_silence", "machine_end_other", "machine_end_beep"]
)
@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Hi. Please say your name and why you're calling."], "call_screening"),
        (["Hello? Who is this, please? I can hardly hear you."], "human"),
        (["You have reached Joan.", "Leave a message after the tone."], "voicemail"),
        (["Hello, this is Joan.", "I cannot come to the phone right now."], "voicemail"),
        ([], "voicemail"),
    ],
)
def test_what_was_said_counts_for_more_than_what_it_sounded_like(
    call: Call, carrier: TwilioRest, word: str, texts: list[str], kind: str
) -> None:
    """Verdict first, words afterwards: only a mailbox, or somebody who never says a word, is hung up on."""
    answer_type_note(call_sid=str(call.call_sid), call_id=None, answered_by=word)
    said(call, *texts)
    end_machine_call(str(call.pk))
    call.refresh_from_db()
    is_over = kind == "voicemail"
    assert (call.answer_type, call.state == "completed", bool(carrier.asked)) == (kind, is_over, is_over)


@pytest.mark.parametrize(
    ("word", "wait_s"),
    [("machine_end_silence", 8), ("machine_end_beep", 8), ("machine_start", 8), ("fax", 0)],
)
def test_the_words_have_time_to_arrive_before_a_verdict_is_acted_on(
    call: Call, settings: Any, monkeypatch: pytest.MonkeyPatch, word: str, wait_s: int
) -> None:
    asked: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        end_machine_call, "apply_async", lambda args, countdown: asked.append((args, countdown))
    )
    form = {"CallSid": str(call.call_sid), "AnsweredBy": word}
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    signature = validator.compute_signature(settings.PUBLIC_URL + "/voice/amd", form)
    answer = Client().post(
        "/voice/amd",
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 204 and asked == [((str(call.pk),), wait_s)]
