"""Small words on the pages: deadlines, ages, changes, flat tool arguments. Nothing here may invent a zero."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
import time_machine

from alerts.lifecycle import Action
from alerts.models import Alert, AlertEvent
from alerts.ruleset_toml import TASKS
from biomarkers.services import CONFOUNDERS
from calls import words
from calls.checkin import load_protocol
from calls.events import EndReason
from calls.ladder import Step
from calls.models import Call, CallIntervention, StaffCall, UsageEntry
from calls.providers.link import Trouble
from calls.scheduling.eligibility import Refusal, WhyNone
from calls.screens import Reply, screens
from heartvoice.dashboard import wording
from heartvoice.dashboard.alert_actions import DONE, SERVICES, SHOWN
from heartvoice.dashboard.filters import address_of, choice_of
from heartvoice.dashboard.theme import theme_of
from heartvoice.dashboard.triage import Choice
from heartvoice.templatetags.hv import (
    age,
    clock,
    leaves,
    length_of,
    phone,
    reasons,
    score,
    signed,
    time_left,
    word,
)
from patients.models import Consent, Patient
from patients.models.records import SCALES


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 min left"), (59, "0 min left"), (60, "1 min left"), (5399, "89 min left"), (5400, "2 h left"), (172_800, "2 d left"),
     (-1, "0 min overdue"), (-3600, "60 min overdue"), (-90_000, "25 h overdue"), (-864_000, "10 d overdue")],
)  # fmt: skip
def test_time_left_is_said_in_the_unit_that_matters(seconds: float, words: str):
    assert time_left(seconds) == words


@pytest.mark.parametrize(
    ("today", "years"), [("2026-03-02", "77"), ("2026-03-03", "78"), ("2026-12-31", "78")]
)
def test_age_counts_whole_years(today: str, years: str):
    with time_machine.travel(f"{today}T12:00:00Z"):
        assert age(date(1948, 3, 3)) == years


def test_what_is_not_known_is_a_dash():
    class Record:
        fatigue = None

    assert [signed(None), clock(None), length_of(None), age(None), score(Record(), "fatigue")] == ["–"] * 5


@pytest.mark.parametrize(
    ("value", "text"), [(4.2, "+4.2"), (-0.1, "−0.1"), (0, "0"), (3.0, "+3"), (-12.5, "−12.5")]
)
def test_a_change_carries_its_sign(value: float, text: str):
    assert signed(value) == text


def test_a_zero_score_is_shown_as_zero():
    class Record:
        fatigue = 0

    assert score(Record(), "fatigue") == "0"


@pytest.mark.parametrize(
    ("number", "text"),
    [("+12015550101", "(201) 555-0101"), ("+442079460018", "+44 20 7946 0018"), ("nonsense", "nonsense")],
)
def test_phone_numbers_are_written_as_people_write_them(number: str, text: str):
    assert phone(number) == text


def test_tool_arguments_are_flat_and_in_order():
    stored = {"symptoms": {"fatigue": 2, "swelling": 0}, "notes": "ok", "list": [1]}
    assert leaves(stored) == [
        ("symptoms.fatigue", 2),
        ("symptoms.swelling", 0),
        ("notes", "ok"),
        ("list", [1]),
    ]
    assert leaves(None) == leaves("text") == leaves([1]) == []


def test_reasons_are_said_once():
    assert reasons({"hnr": "snr_low", "cpps": "snr_low", "f0": "too_short"}) == "snr low; too short"


def test_a_code_without_words_is_still_readable():
    assert word({}, "line_dead") == "line dead"


def test_a_filter_survives_the_way_through_the_address():
    for choice in (Choice(), Choice("high"), Choice("", "emergency", "late"), Choice("low", "", "mine")):
        query = dict(pair.split("=") for pair in address_of(choice).removeprefix("?").split("&") if pair)
        assert choice_of(query) == choice


@pytest.mark.parametrize("query", [{"severity": "x"}, {"type": "<b>"}, {"whose": "all' or 1=1"}])
def test_unknown_filters_are_left_out(query: dict[str, str]):
    assert choice_of(query) == Choice()


@pytest.mark.parametrize("value", ["", "blue", "<script>", "dark "])
def test_an_unknown_theme_is_the_systems(value: str):
    assert theme_of({"hv_theme": value}) == "system"
    assert theme_of({"hv_theme": "dark"}) == "dark"


def test_every_stored_code_has_words():
    pairs = {
        "severity": (Alert.severity.field.choices, wording.SEVERITIES),
        "type": (Alert.alert_type.field.choices, wording.ALERT_TYPES),
        "state": (Alert.State.choices, wording.STATES),
        "disposition": (Alert.Disposition.choices, wording.DISPOSITIONS),
        "false alarm": (Alert.FalseAlarm.choices, wording.FALSE_ALARMS),
        "call state": (Call.State.choices, wording.CALL_STATES),
        "purpose": (Call.Purpose.choices, wording.PURPOSES),
        "identity": (Call.Identity.choices, wording.IDENTITY),
        "answer": (Call.AnswerType.choices, wording.ANSWERS),
        "consent": (Consent.Scope.choices, wording.CONSENTS),
        "patient": (Patient.Status.choices, wording.PATIENT_STATUSES),
        "intervention": (CallIntervention.Kind.choices, wording.INTERVENTIONS),
        "what came of it": (CallIntervention.State.choices, wording.INTERVENTION_STATES),
        "staff call": (StaffCall.State.choices, wording.STAFF_CALL_STATES),
        "bill": (UsageEntry.Kind.choices, wording.BILL_KINDS),
    }
    assert {name: {code for code, _ in codes} ^ words.keys() for name, (codes, words) in pairs.items()} == {
        name: set() for name in pairs
    }
    assert {str(reason) for reason in EndReason} <= wording.END_REASONS.keys()
    assert set(TASKS) == wording.TASKS.keys() and set(wording.STAFF_TASKS) <= wording.TASKS.keys()
    assert {str(why) for why in [*Refusal, *WhyNone]} <= wording.NOT_CALLED.keys()
    assert wording.CONFOUNDERS.keys() == CONFOUNDERS
    assert {str(trouble) for trouble in Trouble} == wording.FAULTS.keys()
    assert {step.__name__ for step in get_args(Step)} == wording.FALLBACKS.keys()
    assert set(SCALES) == wording.SCALE_NAMES.keys()
    assert {question.id for question in load_protocol().questions} == wording.QUESTIONS.keys()


def test_every_action_of_a_person_has_a_service_words_and_a_key_of_its_own():
    system_only = {Action.WAKE, Action.WORSEN}
    assert set(SHOWN) == SERVICES.keys() == DONE.keys() == set(Action) - system_only
    assert {str(action) for action in SHOWN} == wording.ACTIONS.keys() == wording.ACTION_KEYS.keys()
    keys = " ".join(wording.ACTION_KEYS.values()).split()
    assert len(keys) == len(set(keys))
    assert not set(keys) & {"j", "k", "p", "/", "?"}


def test_every_screen_and_what_it_comes_to_has_words():
    for screen in screens().values():
        assert screen.id in words.SCREENS
        assert {outcome.tier for outcome in screen.outcomes.values()} <= set(words.TIERS)
    assert {reply.value for reply in Reply} == set(words.REPLIES)
    assert set(words.TIERS) >= words.WORRYING_TIERS


def test_every_event_of_an_alert_has_words():
    assert set(wording.EVENTS) == set(AlertEvent.Kind.values)
