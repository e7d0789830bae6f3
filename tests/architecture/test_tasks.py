"""Every task names its queue and takes ids only: what the broker and its logs see can identify nobody."""

from __future__ import annotations

import inspect
from uuid import UUID

import pytest
from celery import Task
from celery.app.routes import MapRoute

from heartvoice.celery import app

QUEUES = {queue.name for queue in app.conf.task_queues}
ID_TYPES = {int, str, UUID}


def our_tasks() -> dict[str, Task]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def queue_of(name: str) -> str:
    """Where a task goes that is sent by name."""
    return str(app.amqp.router.route({}, name)["queue"].name)


@pytest.fixture(params=sorted(our_tasks()))
def task(request: pytest.FixtureRequest) -> Task:
    return our_tasks()[request.param]


def test_there_are_tasks() -> None:
    assert our_tasks()


def test_it_is_routed_by_name_to_a_queue_that_exists(task: Task) -> None:
    """By a rule for its module, not by falling into the default queue."""
    assert MapRoute(app.conf.task_routes)(task.name) is not None
    assert queue_of(task.name) in QUEUES


def test_it_takes_ids_only(task: Task) -> None:
    for name, parameter in inspect.signature(task.run, eval_str=True).parameters.items():
        assert name.endswith("_id"), name
        assert parameter.annotation in ID_TYPES, name


def test_it_is_acknowledged_late_and_its_result_is_kept_nowhere(task: Task) -> None:
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.ignore_result


def test_what_is_done_by_the_clock_exists_and_goes_where_its_task_says() -> None:
    tasks = our_tasks()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in tasks, name
        assert entry["options"]["queue"] == queue_of(entry["task"]), name
