"""A usual breathlessness of 4, written down at enrolment, lowers the score to high, spoken or recorded; never words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.phrases import scan
from alerts.phrases.model import ScanContext, Segment
from alerts.services import Heard, answers_submit, flags_submit
from calls.plan import scan_facts
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Ward
from tests.support.rules_in_force import put_into_force_of

pytestmark = pytest.mark.django_db

QUESTION = "How is your breathing, from 0 none to 4 short of breath at rest?"


def speak(ward: Ward, words: str, call: object = None) -> None:
    """What the call does with a final segment: the record's facts, the scanner, the rules."""
    facts = scan_facts(ward.patient, timezone.now().date())
    result = scan(Segment(words), ScanContext(last_question=QUESTION, facts=facts, now=timezone.now()))
    flags_submit(patient=ward.patient, call=call or ward.call(), hits=result.flags, heard=Heard(words, 1000))


def usually(ward: Ward, enrolled: int, *answers: int) -> None:
    ward.patient.enrolment_scales = {**ward.patient.enrolment_scales, "shortness_of_breath": enrolled}
    ward.patient.save()
    for days, answer in enumerate(answers, start=1):
        at = timezone.now() - timedelta(days=days)
        PatientRecord.objects.create(
            patient=ward.patient,
            call=ward.call(state="completed", ended_at=at),
            recorded_at=at,
            is_identity_verified=True,
            shortness_of_breath=answer,
        )


def severity(ward: Ward) -> str:
    [severity] = [alert.severity for alert in ward.alerts() if alert.topic == "severe_dyspnea"]
    return severity


@pytest.mark.parametrize(
    ("enrolled", "answers", "expected"),
    [
        pytest.param(4, (), "high", id="documented 4"),
        pytest.param(4, (1, 1, 1), "high", id="documented 4, better lately"),
        pytest.param(1, (), "critical", id="documented 1"),
        pytest.param(1, (4, 4, 4), "critical", id="documented 1, bad lately"),
    ],
)
def test_a_spoken_and_a_recorded_four_are_judged_alike_by_what_is_documented(
    ward: Ward, enrolled: int, answers: tuple[int, ...], expected: str
) -> None:
    usually(ward, enrolled, *answers)
    call = ward.call()
    speak(ward, "Four.", call)
    assert severity(ward) == expected
    answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": 4})
    assert severity(ward) == expected


def test_words_beside_the_score_are_critical_whatever_is_documented(ward: Ward) -> None:
    usually(ward, 4)
    call = ward.call()
    speak(ward, "Four.", call)
    assert severity(ward) == "high"
    speak(ward, "I can't get any air.", call)
    assert severity(ward) == "critical"


def test_words_and_score_in_one_sentence_are_words(ward: Ward) -> None:
    usually(ward, 4)
    speak(ward, "Four. I can't breathe.")
    assert severity(ward) == "critical"


@pytest.mark.parametrize(
    ("documented", "score", "expected"),
    [(3, 3, "high"), (3, 4, "critical"), (4, 4, "high"), (4, 3, "high"), (2, 3, "critical")],
)
@pytest.mark.parametrize("is_said_first", [True, False])
def test_where_a_lower_score_is_an_emergency_a_worse_one_than_documented_still_is(
    ward: Ward, documented: int, score: int, expected: str, is_said_first: bool
) -> None:
    """Rule E03 may begin at 3: who is always at 3 and is at 4 today is worse."""
    put_into_force_of("E03", "score", 3)
    usually(ward, documented)
    call = ward.call()
    if is_said_first:
        speak(ward, {3: "Three.", 4: "Four."}[score], call)
        assert severity(ward) == expected
    answers_submit(patient=ward.patient, call=call, answers={"shortness_of_breath": score})
    assert severity(ward) == expected
