"""Many at once: one card, one owner, nothing lost. Threads with connections of their own, on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from alerts.models import Alert, CallFlag, Episode, Notification
from alerts.services import alert_claim, answers_submit, escalations_sweep, flags_submit
from calls.models import Call
from heartvoice.shared.errors import Conflict
from patients.models import PatientRecord
from tests.integration.alerts.conftest import Said, Ward, later
from tests.support.factories import make_call

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts together; exceptions are returned in place of results."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=30)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_fifty_parallel_answers_for_one_patient_give_one_card(ward: Ward) -> None:
    calls = [make_call(ward.patient) for _ in range(50)]
    results = at_once(
        *(
            lambda call=call: answers_submit(patient=ward.patient, call=call, answers={"swelling": 4})
            for call in calls
        )
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    assert PatientRecord.objects.filter(patient=ward.patient).count() == 50
    assert Episode.objects.filter(patient=ward.patient).count() == 1
    alert = Alert.objects.get(topic="symptom_scales")
    assert alert.occurrences == 50
    assert alert.events.filter(kind__in=("raised", "seen_again", "worsened")).count() == 50
    assert Notification.objects.filter(alert=alert).count() == 2


def test_the_same_flag_reported_twenty_times_at_once_is_one_alert(ward: Ward) -> None:
    call = make_call(ward.patient)
    results = at_once(
        *[lambda: flags_submit(patient=ward.patient, call=call, hits=[Said("chest_pain")]) for _ in range(20)]
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    assert CallFlag.objects.count() == 1
    assert (Alert.objects.get().occurrences, Notification.objects.count()) == (1, 3)


def test_flags_and_answers_of_one_call_never_block_each_other(ward: Ward) -> None:
    """The call engine holds the call's row while it submits answers, and reports flags beside."""
    call = make_call(ward.patient)

    def answer() -> None:
        with transaction.atomic():
            Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
            answers_submit(patient=ward.patient, call=call, answers={"swelling": 4})

    def flag() -> None:
        flags_submit(patient=ward.patient, call=call, hits=[Said("chest_pain"), Said("syncope")])

    assert [one for one in at_once(*[answer, flag] * 8) if isinstance(one, Exception)] == []
    assert sorted(alert.rule_id for alert in ward.alerts()) == ["E01", "E08", "S10"]


def test_two_nurses_cannot_own_one_alert(ward: Ward) -> None:
    flags_submit(patient=ward.patient, call=make_call(ward.patient), hits=[Said("chest_pain")])
    alert = Alert.objects.get()
    people = [ward.nurse, ward.second, ward.lead]
    results = at_once(*(lambda person=person: alert_claim(alert=alert, by=person) for person in people * 4))
    winners = [one for one in results if isinstance(one, Alert)]
    assert len(winners) == 1
    assert all(isinstance(one, Conflict) for one in results if one not in winners)
    alert.refresh_from_db()
    assert alert.owner_id == winners[0].owner_id
    assert alert.events.filter(kind="acknowledged").count() == 1


def test_two_sweeps_at_once_write_every_page_once(ward: Ward) -> None:
    flags_submit(patient=ward.patient, call=make_call(ward.patient), hits=[Said("chest_pain")])
    now = later(minutes=11)
    assert all(not isinstance(one, Exception) for one in at_once(*[lambda: escalations_sweep(now=now)] * 4))
    by_level = [
        Notification.objects.filter(level=level).values_list("recipient__username", flat=True)
        for level in (0, 1, 2)
    ]
    assert [sorted(set(names)) for names in by_level] == [["ann"], ["bea"], ["lea"]]
    assert Notification.objects.count() == 9


def test_worse_evidence_and_a_claim_at_the_same_moment_never_leave_a_worse_alert_unpaged(ward: Ward) -> None:
    """Either the claim came first and the alert is open again, or the evidence did and the claim is of the worse one."""
    call = make_call(ward.patient)
    flags_submit(patient=ward.patient, call=call, hits=[Said("fall", "high", "emergency", "E07")])
    alert = Alert.objects.get()
    worse = [Said("head_injury", "critical", "emergency", "E06")]
    at_once(
        lambda: alert_claim(alert=alert, by=ward.nurse),
        lambda: flags_submit(patient=ward.patient, call=call, hits=worse),
    )
    alert.refresh_from_db()
    kinds = list(alert.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == list(alert.events.values_list("kind", flat=True)), (
        "the timeline is in the order of the commits"
    )
    assert alert.severity == "critical"
    if kinds.index("acknowledged") < kinds.index("worsened"):
        assert (alert.state, alert.owner) == ("new", None)
        assert alert.notifications.filter(state="pending").exists()
    else:
        assert (alert.state, alert.owner) == ("acknowledged", ward.nurse)
