"""The order of the worklist and its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartvoice.dashboard.triage import WHOSE, Card, Choice, OpenAlert, cards, counts, due_of, risk_of

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
NOW_S = NOW.timestamp()
RECENT_DAYS = 30.0
TODAY = date(2026, 11, 22)
ME, OTHER = 1, 2


def alert(
    severity: str = "high", *, due: float | None = 30, patient: UUID | None = None, **more: Any
) -> OpenAlert:
    """An open alert that is due in so many minutes."""
    values: dict[str, Any] = {
        "id": uuid4(), "patient_id": patient or uuid4(), "severity": severity, "alert_type": "symptom_worsening",
        "state": "new", "owner_id": None, "due_s": None if due is None else NOW_S + 60 * due,
        "created_s": NOW_S - 3600, "discharged_on": None,
    }  # fmt: skip
    return OpenAlert(**{**values, **more})


def shown(every: list[Card], **choice: str) -> list[UUID]:
    """The leading alerts of the cards that a filter shows to ME."""
    return [
        card.lead.id for card in every if Choice(**choice).shows(card, card.marks(user_id=ME, now_s=NOW_S))
    ]


def leads(*alerts: OpenAlert) -> list[UUID]:
    return [card.lead.id for card in cards(alerts, today=TODAY, recent_days=RECENT_DAYS)]


def test_severity_comes_before_time_left():
    low, critical, high = alert("low", due=-500), alert("critical", due=5), alert("high", due=-5)
    assert leads(low, critical, high) == [critical.id, high.id, low.id]


def test_of_equal_severity_the_one_with_less_time_left_comes_first_and_no_deadline_last():
    late, soon, none = alert(due=-3), alert(due=10), alert(due=None)
    assert leads(none, soon, late) == [late.id, soon.id, none.id]


def test_then_risk_decides_and_then_age():
    plain = alert(created_s=NOW_S - 5)
    older = alert(created_s=NOW_S - 9)
    discharged = alert(discharged_on=TODAY - timedelta(days=3))
    assert leads(plain, older, discharged) == [discharged.id, older.id, plain.id]


def test_a_patient_has_one_card_led_by_the_worst_alert():
    who = uuid4()
    medium, critical = alert("medium", patient=who), alert("critical", patient=who)
    (card,) = cards([medium, critical], today=TODAY, recent_days=RECENT_DAYS)
    assert [each.id for each in card.alerts] == [critical.id, medium.id]


@dataclass
class Clocks:
    state: str
    acknowledge_due_at: datetime | None = NOW + timedelta(minutes=30)
    contact_due_at: datetime | None = NOW + timedelta(hours=2)
    contacted_at: datetime | None = None
    snoozed_until: datetime | None = NOW + timedelta(hours=4)


def test_the_deadline_moves_from_acknowledging_to_reaching_the_patient():
    for state in ("new", "reopened", "escalated"):
        assert due_of(Clocks(state)) == NOW + timedelta(minutes=30)
    for state in ("acknowledged", "in_progress"):
        assert due_of(Clocks(state)) == NOW + timedelta(hours=2)
        assert due_of(Clocks(state, contacted_at=NOW)) is None
    assert due_of(Clocks("snoozed")) == NOW + timedelta(hours=4)
    assert due_of(Clocks("resolved")) is None


def test_a_snoozed_alert_never_leads_over_one_that_is_awake_and_sleeping_cards_come_last():
    who = uuid4()
    asleep, only_asleep = alert("medium", patient=who, state="snoozed"), alert("medium", state="snoozed")
    awake = alert("low", patient=who)
    assert leads(asleep, only_asleep, awake) == [awake.id, only_asleep.id]


def test_a_sleeping_card_is_not_late_and_is_shown_under_snoozed_only():
    (card,) = cards([alert("medium", state="snoozed", due=-1)], today=TODAY, recent_days=RECENT_DAYS)
    assert card.marks(user_id=ME, now_s=NOW_S) == {"snoozed"}


def test_a_sleeping_alert_does_not_make_the_card_of_one_that_is_awake_late():
    who = uuid4()
    (card,) = cards(
        [alert("high", patient=who), alert("low", patient=who, state="snoozed", due=-9)],
        today=TODAY,
        recent_days=RECENT_DAYS,
    )
    assert "late" not in card.marks(user_id=ME, now_s=NOW_S)


@pytest.mark.parametrize("recent", [30, 14])
def test_discharge_counts_for_as_long_as_the_rule_set_says_and_not_before_it_happened(recent: int):
    for days, points in ((-1, 0), (0, 2), (recent, 2), (recent + 1, 0)):
        one = alert(alert_type="medication_issue", discharged_on=TODAY - timedelta(days=days))
        assert risk_of([one], today=TODAY, recent_days=recent) == points


def test_mine_is_what_i_own_and_unclaimed_is_what_nobody_owns():
    mine, theirs, free = (
        alert(owner_id=ME, state="acknowledged"),
        alert(owner_id=OTHER, state="acknowledged"),
        alert(),
    )
    every = cards([mine, theirs, free], today=TODAY, recent_days=RECENT_DAYS)
    assert shown(every, whose="mine") == [mine.id]
    assert shown(every, whose="unclaimed") == [free.id]
    assert len(shown(every)) == 3


def test_an_unknown_filter_shows_everything_that_is_awake():
    one = alert()
    assert shown(cards([one], today=TODAY, recent_days=RECENT_DAYS), whose="nonsense") == [one.id]


states = st.sampled_from(["new", "acknowledged", "in_progress", "snoozed", "escalated", "reopened"])
patients = st.sampled_from([UUID(int=index) for index in range(1, 6)])
alerts = st.builds(
    lambda severity, due, patient, state, owner, kind: alert(
        severity, due=due, patient=patient, state=state, owner_id=owner, alert_type=kind,
    ),
    st.sampled_from(["critical", "high", "medium", "low"]),
    st.one_of(st.none(), st.integers(-500, 500)),
    patients,
    states,
    st.sampled_from([None, ME, OTHER]),
    st.sampled_from(["emergency", "symptom_worsening", "medication_issue"]),
)  # fmt: skip


@given(st.lists(alerts, max_size=20), st.sampled_from(WHOSE))
def test_every_count_is_the_number_of_cards_that_its_filter_shows(some, whose):
    every = cards(some, today=TODAY, recent_days=RECENT_DAYS)
    said = counts([(card, card.marks(user_id=ME, now_s=NOW_S)) for card in every], Choice(whose=whose))
    assert dict(said.whose) == {each: len(shown(every, whose=each)) for each in WHOSE}
    for severity in ("critical", "high", "medium", "low"):
        assert said.severity.get(severity, 0) == len(shown(every, severity=severity, whose=whose))
    for kind in ("emergency", "symptom_worsening", "medication_issue"):
        assert said.alert_type.get(kind, 0) == len(shown(every, alert_type=kind, whose=whose))


@given(st.lists(alerts, max_size=20))
def test_no_alert_is_lost_and_each_stands_on_its_own_patients_card(some):
    every = cards(some, today=TODAY, recent_days=RECENT_DAYS)
    assert sorted(a.id for card in every for a in card.alerts) == sorted(a.id for a in some)
    assert len(every) == len({a.patient_id for a in some})
    for card in every:
        assert {a.patient_id for a in card.alerts} == {card.patient_id}
