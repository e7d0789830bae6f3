"""The order of the worklist and its counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from heartvoice.dashboard.triage import WHOSE, Choice, OpenAlert, cards, counts, risk_of

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ME, OTHER = 1, 2


def alert(
    severity: str = "high", *, due: float | None = 30, patient: UUID | None = None, **more: Any
) -> OpenAlert:
    due_at = None if due is None else NOW + timedelta(minutes=due)
    values: dict[str, Any] = {
        "id": uuid4(), "patient_id": patient or uuid4(), "severity": severity, "alert_type": "symptom_worsening",
        "state": "new", "owner_id": None, "acknowledge_due_at": due_at, "contact_due_at": None, "contacted_at": None,
        "snoozed_until": None, "created_at": NOW - timedelta(hours=1), "discharged_on": None,
    }  # fmt: skip
    return OpenAlert(**{**values, **more})


def leads(*alerts: OpenAlert) -> list[UUID]:
    return [card.lead.id for card in cards(alerts, today=TODAY)]


def test_severity_comes_before_time_left():
    low, critical, high = alert("low", due=-500), alert("critical", due=5), alert("high", due=-5)
    assert leads(low, critical, high) == [critical.id, high.id, low.id]


def test_of_equal_severity_the_one_with_less_time_left_comes_first_and_no_deadline_last():
    late, soon, none = alert(due=-3), alert(due=10), alert(due=None)
    assert leads(none, soon, late) == [late.id, soon.id, none.id]


def test_then_risk_decides_and_then_age():
    plain = alert(created_at=NOW - timedelta(hours=5))
    older = alert(created_at=NOW - timedelta(hours=9))
    discharged = alert(discharged_on=TODAY - timedelta(days=3))
    assert leads(plain, older, discharged) == [discharged.id, older.id, plain.id]


def test_a_patient_has_one_card_led_by_the_worst_alert():
    who = uuid4()
    medium, critical = alert("medium", patient=who), alert("critical", patient=who)
    (card,) = cards([medium, critical], today=TODAY)
    assert [each.id for each in card.alerts] == [critical.id, medium.id]


def test_the_deadline_moves_from_acknowledging_to_reaching_the_patient():
    contact = NOW + timedelta(hours=2)
    assert alert(due=30).due_at == NOW + timedelta(minutes=30)
    assert alert(state="escalated", owner_id=ME).due_at == NOW + timedelta(minutes=30)
    assert alert(state="acknowledged", owner_id=ME, contact_due_at=contact).due_at == contact
    assert alert(state="in_progress", owner_id=ME, contact_due_at=contact, contacted_at=NOW).due_at is None
    assert alert(state="snoozed", snoozed_until=contact).due_at == contact


def test_a_snoozed_alert_never_leads_over_one_that_is_awake_and_sleeping_cards_come_last():
    who = uuid4()
    asleep = alert("medium", patient=who, state="snoozed", snoozed_until=NOW + timedelta(hours=1))
    awake = alert("low", patient=who)
    only_asleep = alert("medium", state="snoozed", snoozed_until=NOW + timedelta(hours=1))
    assert leads(asleep, only_asleep, awake) == [awake.id, only_asleep.id]


def test_a_sleeping_card_is_not_late_and_is_shown_under_snoozed_only():
    asleep = alert("medium", state="snoozed", snoozed_until=NOW - timedelta(minutes=1))
    (card,) = cards([asleep], today=TODAY)
    shown = [whose for whose in WHOSE if Choice(whose=whose).test(user_id=ME, now=NOW)(card)]
    assert shown == ["snoozed"]


def test_discharge_counts_for_thirty_days_and_not_before_it_happened():
    for days, points in ((-1, 0), (0, 2), (30, 2), (31, 0)):
        one = alert(alert_type="medication_issue", discharged_on=TODAY - timedelta(days=days))
        assert risk_of([one], today=TODAY) == points


def test_mine_is_what_i_own_and_unclaimed_is_what_nobody_owns():
    mine, theirs, free = (
        alert(owner_id=ME, state="acknowledged"),
        alert(owner_id=OTHER, state="acknowledged"),
        alert(),
    )
    every = cards([mine, theirs, free], today=TODAY)
    shown = {
        whose: [c.lead.id for c in every if Choice(whose=whose).test(user_id=ME, now=NOW)(c)]
        for whose in WHOSE
    }
    assert shown["mine"] == [mine.id]
    assert shown["unclaimed"] == [free.id]
    assert len(shown[""]) == 3


def test_an_unknown_filter_shows_everything_that_is_awake():
    (card,) = cards([alert()], today=TODAY)
    assert Choice(whose="nonsense").test(user_id=ME, now=NOW)(card)


states = st.sampled_from(["new", "acknowledged", "in_progress", "snoozed", "escalated", "reopened"])
patients = st.sampled_from([UUID(int=index) for index in range(1, 6)])
alerts = st.builds(
    lambda severity, due, patient, state, owner, kind: alert(
        severity, due=due, patient=patient, state=state, owner_id=owner, alert_type=kind,
        snoozed_until=NOW if state == "snoozed" else None,
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
    every = cards(some, today=TODAY)
    said = counts(every, Choice(whose=whose), user_id=ME, now=NOW)

    def shown(choice: Choice) -> int:
        return sum(map(choice.test(user_id=ME, now=NOW), every))

    assert said.whose == {each: shown(Choice(whose=each)) for each in WHOSE}
    for severity in ("critical", "high", "medium", "low"):
        assert said.severity.get(severity, 0) == shown(Choice(severity=severity, whose=whose))
    for kind in ("emergency", "symptom_worsening", "medication_issue"):
        assert said.alert_type.get(kind, 0) == shown(Choice(alert_type=kind, whose=whose))


@given(st.lists(alerts, max_size=20))
def test_no_alert_is_lost_and_each_stands_on_its_own_patients_card(some):
    every = cards(some, today=TODAY)
    assert sorted(a.id for card in every for a in card.alerts) == sorted(a.id for a in some)
    assert len(every) == len({a.patient_id for a in some})
    for card in every:
        assert {a.patient_id for a in card.alerts} == {card.patient_id}
