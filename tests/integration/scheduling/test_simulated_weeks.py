"""The days around both clock changes, with two schedulers that die at any statement. The whole year is a benchmark:

python -m tests.bench.scheduling
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from heartvoice.celery import app
from tests.support.call_year.run import Scenario, simulate
from tests.support.call_year.schedulers import LEFT_OUT, beat_tasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.mark.parametrize("first_day", [date(2026, 3, 4), date(2026, 10, 28)], ids=["spring", "autumn"])
def test_nobody_is_called_wrongly_twice_or_never_around_a_clock_change(first_day: date) -> None:
    few = Scenario(
        30,
        first_day,
        8,
        step=timedelta(minutes=20),
        kill_per_statement=1 / 400,
        kill_per_dial=1 / 15,
        changes=0.06,
        spite=0.15,
    )
    result = simulate(few)
    assert result.wrong == []
    assert result.forgotten == []
    assert result.untraced == []
    assert result.missed_wrongly == []
    assert result.tally["slot keys twice"] == 0
    # The simulation is worth something only if there were calls, processes did die, and patients did change.
    assert result.tally["dialled: scheduled"] >= 25
    assert result.tally["kills at a statement"] >= 3
    assert result.tally["check-ins missed"] + result.tally["check-ins not missed"] >= 5
    assert result.tally["changes of patients"] >= 8
    assert result.tally["changes just before a call"] >= 4


def test_the_simulated_schedulers_run_what_the_products_beat_sends() -> None:
    """A simulator with a list of its own once left out that changed hours are planned anew, and showed nothing."""
    entries = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert {task for task in entries if task.startswith("calls.tasks.")} == {*beat_tasks(), *LEFT_OUT}
    assert "calls.tasks.plan_again" in beat_tasks()
