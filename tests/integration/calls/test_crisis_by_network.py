"""No voice model: an emergency in the telephone network's own voice. Script, claim, screen, offer, person, alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from alerts.models import Alert, CallFlag, Notification
from alerts.phrases import scan
from alerts.phrases.model import ScanContext, Segment
from calls import remembered
from calls.models import Call, CallFailure, ScreenResult, ToolCall, Turn
from calls.recordings import scripts
from calls.scheduling.redials import emergency_redials
from calls.services import calls_close_lost
from heartvoice.demo.phone import twiml
from patients.models import Consent, Patient
from tests.integration.calls.people import _nurse

SID = "CA" + "7" * 32


class Line:
    """A patient at a telephone, asked by the network's own voice."""

    def __init__(self, call: Call, settings: Any) -> None:
        self.call = call
        self._settings = settings
        self.verbs: tuple[Any, ...] = ()

    def post(self, path: str, **form: str) -> Line:
        """A signed webhook; its verbs are kept."""
        form = {"CallSid": SID, "CallStatus": "in-progress", **form}
        validator = RequestValidator(self._settings.TWILIO_AUTH_TOKEN)
        url = self._settings.PUBLIC_URL + path
        answer = Client().post(
            path,
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": validator.compute_signature(url, form)},
        )
        assert answer.status_code in (200, 204), answer.status_code
        self.verbs = twiml.parse(answer.content.decode(), url).verbs if answer.content else ()
        self.call.refresh_from_db()
        return self

    def ask(self, question: str) -> Line:
        """As if this question had just been put."""
        self.verbs = (twiml.Gather(action=f"/voice/questionnaire?q={question}&n=0"),)
        return self

    def says(self, text: str) -> Line:
        return self._answers(SpeechResult=text)

    def presses(self, keys: str) -> Line:
        return self._answers(Digits=keys)

    def is_silent(self) -> Line:
        return self._answers()

    def _answers(self, **form: str) -> Line:
        assert isinstance(self.verbs[-1], twiml.Gather), self.verbs
        parts = urlsplit(self.verbs[-1].action)
        return self.post(f"{parts.path}?{parts.query}", **form)

    @property
    def hears(self) -> str:
        """Everything that is said, prompts included."""
        said = [verb for verb in self.verbs if isinstance(verb, twiml.Say)]
        said += [one for verb in self.verbs if isinstance(verb, twiml.Gather) for one in verb.prompts]  # type: ignore[misc]
        return " ".join(one.text for one in said)

    @property
    def is_rung_through(self) -> bool:
        """A person is being rung, and nobody of ours carries the call."""
        return isinstance(self.verbs[-1], twiml.Dial) and self.call.state == "completed"


def script(key: str, language: str = "en") -> str:
    return scripts(language).recorded[key].text


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """As a serving process is: the first scan reads the lexicon, which takes longer than a webhook may."""
    scan(Segment("Good morning."), ScanContext())


@pytest.fixture
def line(joan: Patient, settings: Any) -> Line:
    """Joan, known, in the middle of the questionnaire; a nurse is on call."""
    _nurse(joan)
    return line_of(joan, settings)


def line_of(patient: Patient, settings: Any, **changes: Any) -> Line:
    now = timezone.now()
    values = {
        "patient": patient, "direction": "outbound", "purpose": "scheduled", "planned_for": now,
        "answered_at": now, "state": "in_progress", "call_sid": SID, "identity_result": "verified",
        "protocol_version": "checkin-1", "providers": ["questionnaire"], "language": patient.language,
    }  # fmt: skip
    return Line(Call.objects.create(**{**values, **changes}), settings)


# --- the script, the claim, the page


@pytest.mark.parametrize(
    ("words", "key", "flag"),
    [
        ("I have crushing chest pain right now", "call_911", "chest_pain"),
        ("I took the whole bottle of pills", "overdose_911", "overdose"),
        ("My face is drooping on one side since this morning", "stroke_911", "stroke_signs"),
        ("I fell and hit my head, I am on the floor and cannot get up", "fall_911", "fall"),
        ("I want to kill myself", "crisis_988", "suicidal_ideation"),
    ],
)
def test_the_approved_script_is_said_and_the_claim_only_with_its_alert_committed(
    line: Line, words: str, key: str, flag: str
) -> None:
    """F-28: words."""
    line.ask("swelling").says(words)
    assert line.hears.startswith(f"{script(key)} {script('alert_committed')}")
    alert = Alert.objects.filter(call=line.call, severity="critical", alert_type="emergency").first()
    assert alert is not None and CallFlag.objects.filter(call=line.call, flag=flag).exists()
    assert Notification.objects.filter(alert=alert).exists()
    said = list(Turn.objects.filter(speaker="system").values_list("item_id", flat=True))
    assert [item.split(":")[1] for item in said][:2] == [key, "alert_committed"]


@pytest.mark.parametrize(("question", "keys"), [("chest_pain", "1"), ("shortness_of_breath", "4")])
def test_an_answer_by_key_that_is_an_emergency_has_the_script_too(
    line: Line, question: str, keys: str
) -> None:
    """F-28: keys."""
    line.ask(question).presses(keys)
    assert line.hears.startswith(f"{script('call_911')} {script('alert_committed')}")
    assert Alert.objects.filter(call=line.call, severity="critical").exists()


def test_a_spanish_emergency_is_answered_in_spanish(joan: Patient, settings: Any) -> None:
    joan.language = "es"
    joan.save()
    line = line_of(joan, settings).ask("swelling").says("Me duele mucho el pecho ahora mismo")
    assert line.hears.startswith(f"{script('call_911', 'es')} {script('alert_committed', 'es')}")
    assert script("suicide_offer", "es") in line.hears
    assert line.says("No, gracias").hears.startswith("Sigo aquí")


def test_before_identity_the_emergency_acts_and_nobody_asks_for_a_birthday(
    joan: Patient, settings: Any
) -> None:
    line = line_of(joan, settings, identity_result="not_attempted")
    line.ask("identity").says("I cannot breathe, I am choking for air")
    assert line.hears.startswith(script("call_911")) and "birth" not in line.hears


def test_opting_out_in_the_same_breath_counts_and_the_line_is_kept(line: Line) -> None:
    line.ask("swelling").says("My chest hurts badly, and stop calling me.")
    assert line.hears.startswith(script("call_911"))
    assert Consent.objects.get(scope="ai_voice_call").revoked_at is not None
    assert line.call.state == "in_progress"


def test_who_takes_the_telephone_over_is_asked_who_they_are_again(line: Line) -> None:
    line.ask("swelling").says("Hold on, this is her daughter now.")
    assert line.call.identity_result == "pending" and "your full name" in line.hears
    assert "date of birth" in line.says("Joan Baker").hears
    line.presses("03031948")
    assert line.call.identity_result == "pending", "said by a relative"
    assert "person from your care team" in line.hears and isinstance(line.verbs[-1], twiml.Hangup)
    assert line.call.patient.care_tasks.get().kind == "not_verified"


def test_a_relative_who_picks_up_is_not_the_patient_by_the_birthday(joan: Patient, settings: Any) -> None:
    line = line_of(joan, settings, identity_result="not_attempted")
    line.ask("chest_pain").says("This is her daughter, I do not know.")
    line.ask("identity").presses("03031948")
    assert line.call.identity_result != "verified" and isinstance(line.verbs[-1], twiml.Hangup)
    assert line.call.patient.care_tasks.get().kind == "not_verified"


def test_a_patient_who_takes_the_telephone_back_goes_on_by_name_and_birthday(line: Line) -> None:
    line.ask("swelling").says("Let me get her. Here she is.")
    assert "your full name" in line.hears
    assert "date of birth" in line.says("This is Joan Baker.").hears
    assert "short of breath" in line.presses("03031948").hears
    assert line.call.identity_result == "verified"


def test_whoever_wants_a_person_is_connected_with_one(line: Line) -> None:
    assert line.ask("swelling").says("I want to talk to a real person.").is_rung_through


# --- a person is offered


@pytest.mark.parametrize("reply", ["Yes, please.", "I do not know.", ""])
def test_only_a_plain_no_leaves_the_patient_without_a_person(line: Line, reply: str) -> None:
    """F-28: the offer."""
    line.ask("chest_pain").presses("1")
    assert line.hears.endswith(scripts("en").said["yes_no_keys"]) and script("suicide_offer") in line.hears
    assert (line.says(reply) if reply else line.is_silent()).is_rung_through


def test_a_patient_who_wants_no_person_is_not_left_alone(line: Line) -> None:
    line.ask("chest_pain").presses("1").presses("2")
    for _ in range(3):
        assert "I am still here" in line.hears
        line.says("I am waiting for the ambulance.")
    assert line.call.state == "in_progress" and not Alert.objects.filter(rule_id="E17").exists()
    assert line.presses("1").is_rung_through


def test_a_person_who_is_declined_by_name_is_not_rung(line: Line) -> None:
    line.ask("chest_pain").presses("1").says("No, I do not want to talk to a person.")
    assert line.says("I don't need a nurse.").call.state == "in_progress"
    assert line.says("All right, get me a nurse.").is_rung_through


def test_two_silences_are_an_alarm_and_a_person_is_rung(line: Line) -> None:
    """F-28, E17: silence."""
    line.ask("chest_pain").presses("1").presses("2").is_silent()
    assert not Alert.objects.filter(rule_id="E17").exists()
    assert line.is_silent().is_rung_through
    assert Alert.objects.filter(call=line.call, rule_id="E17", severity="critical").exists()


def test_nobody_waits_for_ever(line: Line) -> None:
    line.ask("chest_pain").presses("1").presses("2")
    for _ in range(8):
        assert isinstance(line.verbs[-1], twiml.Gather)
        line.says("Not yet.")
    assert line.is_rung_through


def test_when_nobody_takes_the_line_the_patient_comes_back_twice(line: Line) -> None:
    line.ask("chest_pain").presses("1").presses("1")
    for _ in range(2):
        line.post("/voice/nurse-result", DialCallStatus="no-answer")
        assert line.hears.startswith(script("person_not_there")) and line.call.state == "in_progress"
        line.presses("1")
    line.post("/voice/nurse-result", DialCallStatus="no-answer")
    assert isinstance(line.verbs[-1], twiml.Hangup) and "has been told" in line.hears
    assert CallFailure.objects.filter(error_type="nobody_took_the_call").count() == 2


def test_a_long_script_is_no_lost_call_and_a_person_on_the_line_neither(line: Line) -> None:
    line.ask("chest_pain").presses("1")
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        assert calls_close_lost() == 0
    line.presses("1")
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert calls_close_lost() == 0
    assert not Alert.objects.filter(rule_id="E17").exists()


# --- screens


def test_thoughts_now_bring_a_person(line: Line) -> None:
    """F-28: the suicide screen, word for word."""
    line.ask("mood").says("I want to kill myself")
    assert script("suicide_now") in line.hears
    assert line.presses("1").is_rung_through
    row = ScreenResult.objects.get(call=line.call)
    assert (row.screen, row.outcome, row.tier, row.replies) == ("suicide", "acute", "acute", {"now": "yes"})


def test_no_thoughts_now_lead_on_to_988_and_the_line_is_kept(line: Line) -> None:
    line.ask("mood").says("I want to kill myself").says("No, not right now.")
    for key, reply in (("suicide_behavior", "2"), ("suicide_company", "1"), ("suicide_offer", "2")):
        assert script(key) in line.hears
        line.presses(reply)
    assert line.hears.startswith(script("suicide_988")) and "I am still here" in line.hears
    assert ScreenResult.objects.get(call=line.call).tier == "non-acute"


def test_preparations_mean_911_and_a_person(line: Line) -> None:
    line.ask("mood").says("I want to kill myself").presses("2").presses("1")
    assert line.is_rung_through and script("suicide_911") in line.hears
    assert ScreenResult.objects.get(call=line.call).tier == "highest"


@pytest.mark.parametrize("words", ["Hm, the weather.", ""])
def test_what_cannot_be_read_is_asked_once_more_and_then_counts(line: Line, words: str) -> None:
    line.ask("mood").says("I want to kill myself")
    for _ in range(2):
        assert script("suicide_now") in line.hears
        _ = line.says(words) if words else line.is_silent()
    assert line.is_rung_through
    assert ScreenResult.objects.get(call=line.call).replies == {"now": "unsure" if words else "silent"}
    assert Alert.objects.filter(rule_id="E17").exists() is not bool(words)


def test_method_and_plan_are_asked_only_when_no_person_could_take_the_line(line: Line) -> None:
    line.ask("mood").says("I want to kill myself").presses("1")
    line.post("/voice/nurse-result", DialCallStatus="busy")
    assert line.hears.startswith(script("person_not_there")) and script("suicide_method") in line.hears
    line.presses("2").presses("2").presses("2").presses("2")
    assert line.hears.startswith(script("suicide_988"))
    assert set(ScreenResult.objects.values_list("screen", "outcome")) == {
        ("suicide", "acute"),
        ("suicide_alone", "acute"),
    }


def test_a_fall_is_asked_about_and_a_harmless_one_leads_back_to_the_questions(line: Line) -> None:
    line.ask("fall").says("Yes, I fell off a chair two days ago.")
    for key, reply in (("fall_head", "2"), ("fall_faint", "2"), ("fall_walk", "1"), ("fall_thinner", "2")):
        assert script(key) in line.hears
        line.presses(reply)
    assert line.hears.startswith(script("screen_thanks")) and "short of breath" in line.hears
    assert "fall" in line.call.questions_answered
    assert not Alert.objects.filter(severity="critical").exists()


def test_a_blow_to_the_head_is_an_emergency_whatever_the_words(line: Line) -> None:
    line.ask("fall").says("Yes, I fell off a chair two days ago.")
    assert line.presses("1").hears.startswith(script("fall_911"))
    assert CallFlag.objects.get(call=line.call, flag="head_injury").severity == "critical"
    assert Alert.objects.filter(rule_id="E06", severity="critical").exists()


def test_after_a_stroke_the_time_last_well_is_asked(line: Line) -> None:
    line.ask("swelling").says("My face is drooping on one side since this morning")
    assert script("stroke_time") in line.hears
    line.says("About eight this morning.")
    assert script("suicide_offer") in line.hears
    assert ScreenResult.objects.get(screen="last_well").outcome == "told"
    assert Turn.objects.get(question_id="last_well.time").text.startswith("About eight")


@pytest.mark.parametrize(
    ("replies", "is_emergency"),
    [
        (("Sunday", "November", "2026"), False),
        (("Friday", "November", "1974"), True),
        (("Sunday", "June", "2026"), False),
    ],
)
def test_orientation_is_judged_by_the_patients_own_clock(
    line: Line, replies: tuple[str, ...], is_emergency: bool
) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 3, tzinfo=UTC), tick=False):  # Sunday evening in New York
        line.call.answered_at = timezone.now()
        line.call.save()
        line.ask("swelling").says("I feel a little mixed up lately.")
        for key, reply in zip(("day", "month", "year"), replies, strict=True):
            assert script(f"orientation_{key}") in line.hears
            line.says(reply)
    assert (script("confusion_911") in line.hears) is is_emergency
    assert Alert.objects.filter(rule_id="E05", severity="critical").exists() is is_emergency


def test_a_breathlessness_of_three_is_asked_about_further(line: Line) -> None:
    line.ask("shortness_of_breath").presses("3")
    assert script("breath_rest") in line.hears
    assert line.presses("1").hears.startswith(script("call_911"))
    assert CallFlag.objects.get(flag="severe_dyspnea").severity == "critical"


def test_something_worse_goes_first_and_the_screen_goes_on_after_it(line: Line) -> None:
    line.ask("fall").says("Yes, I fell off a chair two days ago.")
    line.says("I have terrible chest pain right now")
    assert line.hears.startswith(script("call_911")) and script("fall_head") in line.hears
    for reply in ("2", "2", "1", "2"):
        line.presses(reply)
    assert script("suicide_offer") in line.hears, "in an emergency nobody goes back to the questions"


def test_a_reply_that_is_told_twice_counts_once(line: Line) -> None:
    line.ask("mood").says("I want to kill myself")
    asked = line.verbs
    line.presses("2")
    line.verbs = asked
    assert script("suicide_behavior") in line.presses("2").hears
    assert ToolCall.objects.filter(name="engine.screenReply").count() == 1


def test_a_question_may_be_heard_again(line: Line) -> None:
    line.ask("mood").says("I want to kill myself")
    for _ in range(3):
        line.says("Could you repeat that?")
        assert script("suicide_now") in line.hears and script("screen_again") not in line.hears
    assert line.presses("2").hears.startswith(script("suicide_behavior"))


# --- the line is lost


def test_a_hang_up_after_an_emergency_is_an_alarm_and_the_patient_is_rung_again(line: Line) -> None:
    """F-28, E17: the line."""
    line.ask("chest_pain").presses("1")
    line.post("/voice/status", CallStatus="completed")
    assert (line.call.state, line.call.end_reason) == ("interrupted", "hangup")
    assert Alert.objects.filter(call=line.call, rule_id="E17", severity="critical").exists()
    assert emergency_redials() == 1


def test_a_hang_up_without_an_emergency_is_none(line: Line) -> None:
    line.ask("swelling").presses("1")
    line.post("/voice/status", CallStatus="completed")
    assert line.call.state == "interrupted" and not Alert.objects.filter(rule_id="E17").exists()


def test_a_hang_up_while_a_person_is_rung_is_an_alarm_too(line: Line) -> None:
    line.ask("chest_pain").presses("1").presses("1")
    line.post("/voice/nurse-result", DialCallStatus="no-answer", CallStatus="completed")
    assert line.call.state == "interrupted" and not CallFailure.objects.exists()
    assert Alert.objects.filter(call=line.call, rule_id="E17", severity="critical").exists()
    assert emergency_redials() == 1


def test_a_talk_with_a_person_that_ends_is_no_lost_line(line: Line) -> None:
    line.ask("chest_pain").presses("1").presses("1")
    line.post("/voice/nurse-result", DialCallStatus="completed", DialBridged="true", CallStatus="completed")
    line.post("/voice/status", CallStatus="completed")
    assert line.call.state == "completed" and not Alert.objects.filter(rule_id="E17").exists()


# --- the database is away


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "PROCESS", remembered.Remembered())

    def gone(*args: object) -> Callable[..., Any]:
        raise OperationalError("away")

    monkeypatch.setattr("calls.views.find_call", gone)


@pytest.mark.parametrize(
    ("question", "form", "key"),
    [
        ("swelling", {"SpeechResult": "I have crushing chest pain right now"}, "call_911"),
        ("mood", {"SpeechResult": "I want to kill myself"}, "crisis_988"),
        ("chest_pain", {"Digits": "1"}, "call_911"),
        ("shortness_of_breath", {"Digits": "4"}, "call_911"),
        ("screen.suicide.now", {"SpeechResult": "Yes, I want to die"}, "crisis_988"),
    ],
)
def test_without_a_database_the_script_is_said_nothing_is_claimed_and_a_person_is_rung(
    line: Line, monkeypatch: pytest.MonkeyPatch, question: str, form: dict[str, str], key: str
) -> None:
    """F-32: an emergency in the very answer that could not be looked up."""
    away(monkeypatch)
    line.ask(question)._answers(**form)
    assert isinstance(line.verbs[-1], twiml.Dial)
    assert line.hears.startswith(f"{script(key)} {script('alert_failed')}")
    assert script("alert_committed") not in line.hears
    line.ask("swelling").presses("1")
    assert isinstance(line.verbs[-1], twiml.Dial), "this process remembers whom it has to help"


def test_without_a_database_any_other_answer_ends_with_a_sentence(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(monkeypatch)
    line.call.call_sid = "CA" + "8" * 32
    line.post("/voice/questionnaire?q=swelling&n=0&l=es", CallSid="CA" + "8" * 32, Digits="1")
    assert isinstance(line.verbs[-1], twiml.Hangup) and "Adiós" in line.hears


# --- more than one emergency, and what the rules make of the words


def test_another_emergency_is_said_and_claimed_though_its_script_is_the_same(line: Line) -> None:
    line.ask("swelling").says("I have crushing chest pain right now")
    line.says("And now I cannot breathe, I am choking for air")
    assert line.hears.startswith(f"{script('call_911')} {script('alert_committed')}")
    assert set(CallFlag.objects.values_list("flag", flat=True)) >= {"chest_pain", "severe_dyspnea"}
    line.says("My chest hurts so badly")
    assert script("call_911") not in line.hears, "that is known"


def test_a_fall_on_a_medicine_of_the_list_has_its_script(line: Line) -> None:
    line.call.patient.medications.create(medication_class="anticoagulant", name="apixaban")
    line.ask("fall").says("Yes, I fell in the kitchen this morning.")
    assert line.hears.startswith(f"{script('fall_911')} {script('alert_committed')}")


def test_an_unrelated_answer_after_an_emergency_says_nothing_again(line: Line) -> None:
    line.ask("swelling").says("I want to kill myself")
    line.ask("swelling").presses("1")
    assert script("call_911") not in line.hears and script("crisis_988") not in line.hears


def test_an_overdose_that_may_be_meant_brings_all_questions_about_suicide(line: Line) -> None:
    line.ask("swelling").says("I took thirty of my pills to end it.")
    assert line.hears.startswith(f"{script('overdose_911')} {script('alert_committed')}")
    assert script("suicide_now") in line.hears
    assert script("suicide_behavior") in line.presses("2").hears
    line.presses("1")
    assert line.is_rung_through and script("crisis_988") in line.hears and script("suicide_911") in line.hears
    assert Alert.objects.filter(rule_id="E10", severity="critical").exists()


def test_an_overdose_with_a_wish_to_die_has_both_scripts(line: Line) -> None:
    line.ask("swelling").says("I took thirty pills because I want to die")
    expected = " ".join(script(key) for key in ("overdose_911", "crisis_988", "alert_committed"))
    assert line.hears.startswith(expected) and script("suicide_now") in line.hears


def test_an_overdose_told_in_the_questions_about_suicide_has_its_script_and_they_go_on(line: Line) -> None:
    line.ask("mood").says("I want to kill myself").says("I took thirty pills just now.")
    assert line.hears.startswith(f"{script('overdose_911')} {script('alert_committed')}")
    assert script("suicide_now") in line.hears and line.presses("1").is_rung_through


def test_who_wants_no_more_calls_in_an_emergency_is_not_hung_up_on(line: Line) -> None:
    line.ask("chest_pain").presses("1")
    line.ask("swelling").says("Stop calling me.")
    assert Consent.objects.get(scope="ai_voice_call").revoked_at is not None
    assert line.call.state == "in_progress" and not isinstance(line.verbs[-1], twiml.Hangup)


def test_an_emergency_understood_after_the_goodbye_has_its_script_and_a_person(line: Line) -> None:
    """Maya's goodbye was over, the patient had gone on speaking and is still there."""
    Call.objects.filter(pk=line.call.pk).update(providers=["local"])
    line.ask("swelling").says("I have crushing chest pain right now")
    Turn.objects.filter(speaker="system").delete()
    Call.objects.filter(pk=line.call.pk).update(
        state="completed", end_reason="completed", ended_at=timezone.now()
    )
    line.post("/voice/ended")
    assert isinstance(line.verbs[-1], twiml.Dial)
    assert line.hears.startswith(f"{script('call_911')} {script('alert_committed')}")


@pytest.mark.parametrize("reason", ["emergency", "staff_ended"])
def test_what_was_ended_by_agreement_stays_ended(line: Line, reason: str) -> None:
    line.ask("chest_pain").presses("1")
    Turn.objects.filter(speaker="system").delete()
    Call.objects.filter(pk=line.call.pk).update(state="completed", end_reason=reason, ended_at=timezone.now())
    line.post("/voice/ended")
    assert isinstance(line.verbs[-1], twiml.Hangup)
