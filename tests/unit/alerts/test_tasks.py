"""The background half is registered under the names that beat and the outbox use, on the urgent queue."""

from __future__ import annotations

import pytest

from alerts import tasks
from heartvoice.celery import URGENT, app

OURS = [tasks.send_notification, tasks.sweep_notifications, tasks.sweep_escalations]


@pytest.mark.parametrize("task", OURS, ids=lambda task: task.name)
def test_a_task_is_registered_on_the_urgent_queue_with_time_limits(task: object) -> None:
    assert app.tasks[task.name] is not None  # type: ignore[attr-defined]
    assert app.amqp.router.route({}, task.name)["queue"].name == URGENT  # type: ignore[attr-defined]
    # Celery refuses to queue a task whose soft limit, its own or the default, lies above its hard one.
    assert task.soft_time_limit < task.time_limit  # type: ignore[attr-defined]


def test_beat_runs_both_sweeps() -> None:
    entries = {entry["task"]: entry["options"]["queue"] for entry in app.conf.beat_schedule.values()}
    assert entries["alerts.tasks.sweep_notifications"] == entries["alerts.tasks.sweep_escalations"] == URGENT
