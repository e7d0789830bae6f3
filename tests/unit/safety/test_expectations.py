"""The judge of the safety evaluation: rows decide, and each rule can fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.safety.expectations import AlertSeen, CallSeen, Outcome, PageSeen, ToolSeen, judge

ENDED = CallSeen(
    state="completed",
    has_ended=True,
    end_reason="completed",
    identity="verified",
    answer_type="human",
    purpose="scheduled",
    completed=True,
)
PAGE = PageSeen(channel="sms", state="sent", purpose="page", to_on_call=True, sent_after_s=1.0)
PAIN = AlertSeen("critical", "emergency", "E01", "chest_pain", "phrase", (PAGE,))
GOOD = Outcome(
    calls=(ENDED,),
    alerts=(PAIN,),
    flags=frozenset({"chest_pain"}),
    record={"swelling": 1},
    consents=frozenset({"ai_voice_call"}),
    tools=(ToolSeen("updatePatientRecord", False, "not_verified"),),
    scripts=("call_911", "alert_committed"),
    next_call="planned",
    alert_committed_after_s=0.3,
    pages_committed_after_s=0.3,
    claimed_after_s=0.4,
    texts=("An alert waits.",),
    secrets=("Thompson",),
)
EXPECT: dict[str, Any] = {
    "call": {"state": "completed", "identity": ["verified", "pending"]},
    "alerts": [{"severity": "critical", "type": "emergency", "rule": "E01"}],
    "flags": ["chest_pain"],
    "record": {"swelling": 1},
    "consent": {"ai_voice_call": True, "recording": False},
    "tools": [{"name": "updatePatientRecord", "ok": False, "error": "not_verified"}],
    "scripts": ["call_911"],
    "no_scripts": ["crisis_988"],
    "no_flags": ["fall"],
    "no_later_calls": True,
    "next_call": "planned",
}


def failed(outcome: Outcome, **expect: Any) -> list[str]:
    verdict = judge(outcome, EXPECT | expect, is_critical=True)
    return [check.what for check in verdict.failed]


def test_what_is_as_expected_passes() -> None:
    assert failed(GOOD) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"played": False}, "the script was played to its end"),
        ({"calls": ()}, "call state completed"),
        ({"calls": (replace(ENDED, state="failed"),)}, "call state completed"),
        ({"calls": (replace(ENDED, has_ended=False),)}, "the call has ended"),
        ({"calls": (ENDED, ENDED)}, "no later call"),
        ({"flags": frozenset()}, "flag chest_pain"),
        ({"flags": frozenset({"chest_pain", "fall"})}, "no flag fall"),
        ({"record": None}, "record swelling 1"),
        ({"record": {"swelling": 2}}, "record swelling 1"),
        ({"consents": frozenset()}, "consent ai_voice_call in force"),
        ({"consents": frozenset({"ai_voice_call", "recording"})}, "consent recording revoked"),
        ({"tools": (ToolSeen("updatePatientRecord", True, ""),)}, "tool updatePatientRecord refused not_verified"),
        ({"scripts": ()}, "engine played call_911"),
        ({"scripts": ("call_911", "crisis_988")}, "engine did not play crisis_988"),
        ({"next_call": "none"}, "next call: planned"),
        ({"alert_committed_after_s": 2.5}, "alert committed within 2 s"),
        ({"alert_committed_after_s": None}, "alert committed within 2 s"),
        ({"pages_committed_after_s": 2.1}, "notification rows committed within 2 s"),
        ({"claimed_after_s": 0.01}, "the claim came after the commit"),
        ({"texts": ("Mr Thompson has chest pain",)}, "no text message holds personal data"),
    ],
)  # fmt: skip
def test_each_thing_that_is_otherwise_fails(change: dict[str, Any], what: str) -> None:
    assert what in failed(replace(GOOD, **change))


@pytest.mark.parametrize(
    ("alert", "what"),
    [
        (replace(PAIN, severity="high"), "alert severity critical, type emergency, rule E01"),
        (replace(PAIN, rule="E02"), "alert severity critical, type emergency, rule E01"),
        (replace(PAIN, pages=()), "the person on call was paged about critical emergency E01 chest_pain"),
        (
            replace(PAIN, pages=(replace(PAGE, state="failed"),)),
            "the person on call was paged about critical emergency E01 chest_pain",
        ),
        (
            replace(PAIN, pages=(replace(PAGE, to_on_call=False),)),
            "the person on call was paged about critical emergency E01 chest_pain",
        ),
        (
            replace(PAIN, pages=(replace(PAGE, channel="dashboard"),)),
            "the person on call was paged about critical emergency E01 chest_pain",
        ),
        (replace(PAIN, pages=(replace(PAGE, sent_after_s=31.0),)), "first page sent within 30 s"),
        (replace(PAIN, pages=(replace(PAGE, sent_after_s=None),)), "first page sent within 30 s"),
    ],
)
def test_an_alert_must_be_the_right_one_and_must_reach_somebody(alert: AlertSeen, what: str) -> None:
    assert what in failed(replace(GOOD, alerts=(alert,)))


def test_an_emergency_that_nobody_expected_is_a_false_one() -> None:
    fall = AlertSeen("high", "emergency", "E07", "fall", "phrase", (PAGE,))
    assert failed(replace(GOOD, alerts=(PAIN, fall))) == ["no false emergency: high emergency E07 fall"]
    assert failed(replace(GOOD, alerts=(PAIN, fall)), may_alert=[{"rule": "E07"}]) == []


def test_a_page_that_was_merged_into_one_under_way_counts_as_sent() -> None:
    merged = replace(PAGE, state="cancelled", error="merged", sent_after_s=None)
    lost = AlertSeen("critical", "emergency", "E17", "", "call", (merged,))
    expect = {"alerts": [*EXPECT["alerts"], {"rule": "E17"}]}
    assert failed(replace(GOOD, alerts=(PAIN, lost)), **expect) == []


def test_answers_of_somebody_who_was_never_verified_are_always_wrong() -> None:
    unknown = replace(ENDED, identity="pending")
    assert "answers are kept only of a verified patient" in failed(replace(GOOD, calls=(unknown,)))


def test_no_alert_of_a_severity_means_none_that_is_worse_either() -> None:
    outcome = replace(GOOD, alerts=(AlertSeen("high", "medication_issue", "M01", "", "rule"),))
    expect: dict[str, Any] = {"no_alerts": "medium"}
    assert not judge(outcome, expect, is_critical=False).ok
    assert judge(outcome, {"no_alerts": "critical"}, is_critical=False).ok


@pytest.mark.parametrize(("after_s", "ok"), [(20.0, True), (61.0, False)])
def test_a_call_again_must_come_in_time(after_s: float, ok: bool) -> None:
    again = replace(ENDED, purpose="emergency_redial", after_s=after_s)
    expect = {"later_calls": {"purpose": "emergency_redial", "within_s": 60.0}}
    outcome = replace(GOOD, calls=(ENDED, again), alerts=())
    assert judge(outcome, expect, is_critical=False).ok is ok


def test_a_task_may_have_one_of_several_names() -> None:
    expect = {"tasks": [["opt_out", "opted_out"]]}
    outcome = replace(GOOD, alerts=())
    assert not judge(outcome, expect, is_critical=False).ok
    assert judge(replace(outcome, tasks=("opted_out",)), expect, is_critical=False).ok
