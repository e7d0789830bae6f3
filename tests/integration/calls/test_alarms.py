"""What is committed in a call and what of it takes the line: by the rules, by an answer, by the model's own alarm."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.phrases import described, scan
from alerts.phrases.model import ScanContext, ScanResult, Segment
from calls.alarm import critical_kinds, kinds_found
from calls.events import RaiseFlags
from calls.models import Call
from calls.plan import scan_facts
from calls.tools import alarms
from calls.tools.runner import run_tool
from calls.writes import raised_write
from tests.support.factories import make_call, make_patient, make_shift, make_team, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def call() -> Call:
    return call_of()


def call_of(**patient: Any) -> Call:
    team = make_team()
    make_shift(team, make_user(team))
    return make_call(make_patient(team, **patient), identity_result="verified", state="in_progress")


def said(call: Call, text: str) -> tuple[ScanResult, frozenset[str]]:
    """What the scanner finds, and the emergencies that the commit answers to be critical."""
    facts = scan_facts(call.patient, timezone.localdate())
    result = scan(Segment(text), ScanContext(facts=facts, now=timezone.now()))
    raised = RaiseFlags(1, result, text, "item", 1_000)
    return result, kinds_found(raised_write(raised, timezone.now(), silent_after_s=15).run(call.pk))


def tool(call: Call, name: str, number: int = 1, **arguments: Any) -> Any:
    return run_tool(
        call_id=call.pk, model_call_id=f"t{number}", name=name, arguments=json.dumps(arguments)
    ).finished(f"t{number}", name)


@pytest.mark.parametrize(
    ("medicines", "on_file", "is_critical"),
    [
        ((), True, True),
        (("anticoagulant",), False, True),
        (("loop_diuretic",), False, False),
        ((), False, False),
    ],
)
def test_scanner_and_rules_know_the_same_of_blood_thinners(
    medicines: tuple[str, ...], on_file: bool, is_critical: bool
) -> None:
    """A fall on an anticoagulant is critical, be it a tick in the record or a line of the medication list."""
    call = call_of(on_blood_thinner=on_file)
    for name in medicines:
        call.patient.medications.create(medication_class=name, name=name)
    result, committed = said(call, "I fell in the kitchen this morning.")
    assert (critical_kinds(result) == {"fall"}) is is_critical
    assert (committed == {"fall"}) is is_critical


def test_a_medicine_that_has_been_stopped_thins_no_blood() -> None:
    call = call_of()
    call.patient.medications.create(medication_class="anticoagulant", name="apixaban", is_active=False)
    assert said(call, "I fell in the kitchen this morning.")[1] == frozenset()


def test_what_only_the_rules_hold_to_be_critical_comes_back_with_the_commit() -> None:
    """The words were judged before the medicine was on the list: what the rules hold counts."""
    call = call_of()
    hit = scan(Segment("I tripped over the rug this morning and fell."), ScanContext())
    assert not critical_kinds(hit)
    call.patient.medications.create(medication_class="anticoagulant", name="apixaban")
    raised = RaiseFlags(1, hit, "I tripped", "item", 1_000)
    assert kinds_found(raised_write(raised, NOW, silent_after_s=15).run(call.pk)) == {"fall"}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("I fell on my back this morning and hit my head.", "fall"),
        ("I wish I was dead.", "suicidal_ideation"),
    ],
)
def test_an_unrelated_answer_names_the_emergency_of_the_call_and_no_other(
    call: Call, words: str, kind: str
) -> None:
    said(call, words)
    done = tool(call, "updatePatientRecord", symptoms={"swelling": 1})
    assert kinds_found(done.found) == {kind} and done.alarm == ()


def test_an_emergency_of_an_earlier_call_is_none_of_this_one(call: Call) -> None:
    said(call, "I have crushing chest pain right now.")
    later = make_call(call.patient, identity_result="verified", state="in_progress")
    done = tool(later, "updatePatientRecord", symptoms={"swelling": 1})
    assert kinds_found(done.found) == frozenset()
    assert Alert.objects.filter(patient=call.patient, severity="critical").exists()


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("updatePatientRecord", {"symptoms": {"shortness_of_breath": 4}}, "severe_dyspnea"),
        ("recordVitals", {"spo2_percent": 84}, "hypoxia"),
    ],
)
def test_an_answer_that_is_an_emergency_names_it(
    call: Call, name: str, arguments: dict[str, Any], kind: str
) -> None:
    assert kinds_found(tool(call, name, **arguments).found) == {kind}


@pytest.mark.parametrize(
    ("description", "alarm"),
    [
        ("Patient fell and hit her head on the sink", ("fall",)),
        ("The patient says she wants to die", ("suicidal_ideation",)),
        ("Patient expresses suicidal ideation", ("suicidal_ideation",)),
        ("Possible stroke: slurred speech and facial droop", ("stroke_signs",)),
        ("Patient took thirty pills on purpose", ("overdose",)),
        ("Something is badly wrong", ("emergency",)),
    ],
)
def test_an_alarm_of_the_model_is_named_by_what_it_describes(
    call: Call, description: str, alarm: tuple[str, ...]
) -> None:
    given = {"description": description, "recommended_action": "call", "type": "emergency"}
    assert tool(call, "triggerAlert", severity="critical", **given).alarm == alarm
    assert tool(call, "triggerAlert", 2, severity="high", **given).alarm == ()


def test_an_alarm_of_the_model_is_heard_without_the_scanner_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> ScanResult:
        raise LookupError

    monkeypatch.setattr(described, "scan", broken)
    assert alarms.emergencies_named("Patient fell") == ("emergency",)
