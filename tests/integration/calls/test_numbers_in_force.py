"""Numbers of the clinical rules on the calls' side are those of the rule set in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import selectors
from alerts.phrases.model import Facts
from alerts.selectors import ruleset_in_force, ruleset_last_known
from calls import steps
from calls.assembly import conversation_of
from calls.models import Call
from calls.plan import call_plan, scan_facts
from calls.services.following import answer_unread
from patients.models import Patient, PatientRecord
from tests.support.factories import make_verified_call
from tests.support.rules_in_force import put_into_force, put_into_force_of

# --- failed checks of comprehension


def test_how_many_checks_may_fail_comes_with_the_plan_of_the_call(joan: Patient) -> None:
    assert conversation_of(call_plan(make_verified_call(joan))).parts.setting.failed_checks == 2
    put_into_force(failed_checks=3)
    assert conversation_of(call_plan(make_verified_call(joan))).parts.setting.failed_checks == 3


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_so_it_is_for_the_telephone_networks_own_voice(joan: Patient, allowed: int) -> None:
    put_into_force(failed_checks=allowed)
    call = make_verified_call(joan)
    asked = ("swelling", "fatigue", "mood")
    ended = [answer_unread(call, question, at_ms=0) for question in asked]
    assert ended.index(True) + 1 == allowed
    assert [task.kind for task in joan.care_tasks.all()] == ["unfinished_check_in"]


# --- what is usual for the patient


def answered(joan: Patient, *scores: int, every_days: float = 1.0) -> None:
    """Check-ins with these scores of swelling, the newest last, yesterday."""
    for ago, score in enumerate(reversed(scores), start=1):
        at = timezone.now() - timedelta(days=ago * every_days)
        PatientRecord.objects.create(
            patient=joan,
            call=make_verified_call(joan, state="completed", ended_at=at),
            recorded_at=at,
            is_identity_verified=True,
            swelling=score,
        )


def facts(joan: Patient, call: Call | None = None) -> Facts:
    return scan_facts(joan, timezone.localdate(), call=call)


@pytest.mark.parametrize(("counted", "usual"), [(7, 1), (3, 0), (10, 2)])
def test_the_usual_score_is_the_median_of_as_many_answers_as_the_rule_set_says(
    joan: Patient, counted: int, usual: int
) -> None:
    answered(joan, 4, 4, 4, 3, 2, 1, 1, 0, 0, 0)
    put_into_force(baseline_answers=counted)
    assert facts(joan).baseline("edema") == usual


def test_answers_older_than_the_window_are_not_usual_any_more(joan: Patient) -> None:
    answered(joan, 3, 3, 3, every_days=9)  # 27, 18 and 9 days ago
    assert facts(joan).baseline("edema") == 3
    put_into_force(baseline_window_days=20)
    assert facts(joan).baseline("edema") is None


def test_too_few_answers_leave_the_score_of_enrolment(joan: Patient) -> None:
    joan.enrolment_scales = {"swelling": 2}
    joan.save()
    answered(joan, 0, 0)
    assert facts(joan).baseline("edema") == 2
    put_into_force(baseline_minimum=2)
    assert facts(joan).baseline("edema") == 0


def test_today_is_not_usual(joan: Patient) -> None:
    answered(joan, 0, 0, 0)
    call = make_verified_call(joan)
    PatientRecord.objects.create(
        patient=joan,
        call=call,
        recorded_at=timezone.now(),
        is_identity_verified=True,
        swelling=4,
        weight_lb=200,
    )
    assert facts(joan, call).baseline("edema") == 0 and facts(joan, call).last_weight_lb is None
    assert facts(joan).last_weight_lb == 200


# --- the database is away


def test_without_rows_a_score_of_breathlessness_is_judged_by_the_rules_last_seen(
    joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "_last_known", [])
    answers = {"digits": "3", "speech": "", "language": "en"}
    assert steps.without_rows("shortness_of_breath", **answers) == ""
    assert "nine one one" in steps.without_rows("shortness_of_breath", digits="4", speech="", language="en")
    put_into_force_of("E03", "score", 3)
    assert ruleset_last_known().rule("E03")["score"] == 4, "nobody has looked yet"
    assert ruleset_in_force().rule("E03")["score"] == 3 == ruleset_last_known().rule("E03")["score"]
    assert "nine one one" in steps.without_rows("shortness_of_breath", **answers)
