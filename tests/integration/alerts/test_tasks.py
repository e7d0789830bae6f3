"""Tasks for nurses: one per reason, done once, by somebody of the team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import CareTask
from alerts.services import task_done, task_open, tasks_settle
from heartvoice.shared.errors import Conflict, NotAllowed
from tests.integration.alerts.conftest import Ward
from tests.support.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def test_the_same_reason_for_the_same_call_is_one_task(ward: Ward) -> None:
    call, now = ward.call(), timezone.now()
    first = task_open(patient=ward.patient, kind="opted_out", call=call, detail="wants letters", now=now)
    again = task_open(patient=ward.patient, kind="opted_out", call=call)
    assert again.pk == first.pk and first.due_at == now + timedelta(days=1)
    assert task_open(patient=ward.patient, kind="opted_out", call=ward.call()).pk != first.pk


def test_a_kind_that_nobody_has_given_a_time_is_refused(ward: Ward) -> None:
    with pytest.raises(KeyError):
        task_open(patient=ward.patient, kind="whatever")


def test_a_task_is_done_once_and_only_by_the_team(ward: Ward) -> None:
    task = task_open(patient=ward.patient, kind="bad_number")
    with pytest.raises(NotAllowed):
        task_done(task=task, by=make_user(make_team()))
    done = task_done(task=task, by=ward.nurse)
    assert (done.state, done.owner) == (CareTask.State.DONE, ward.nurse) and done.done_at is not None
    with pytest.raises(Conflict):
        task_done(task=task, by=ward.second)


def test_what_settled_itself_leaves_the_list(ward: Ward) -> None:
    task_open(patient=ward.patient, kind="no_next_call")
    task_open(patient=ward.patient, kind="bad_number")
    assert tasks_settle(kind="no_next_call", patient=ward.patient) == 1
    assert [task.kind for task in CareTask.objects.filter(state="open")] == ["bad_number"]
