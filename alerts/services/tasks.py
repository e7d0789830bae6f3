"""Work for a nurse that is not an alarm: opened once per reason, done by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alerts.models import CareTask
from alerts.selectors import ruleset_in_force
from heartvoice.shared.errors import Conflict, NotAllowed
from heartvoice.shared.live import publish_on_commit
from patients.models import Membership, Patient, User


@transaction.atomic
def task_open(
    *,
    patient: Patient,
    kind: str,
    call: Any = None,
    detail: str = "",
    due_at: datetime | None = None,
    key: str = "",
    now: datetime | None = None,
) -> CareTask:
    """A task for the patient's team, due as the rule set says for its kind.

    The same kind for the same call, or the same `key`, is the same task.

    Raises KeyError for a kind that nobody has given a time.
    """
    now, may_take = now or timezone.now(), ruleset_in_force().tasks[kind].lasts
    about = key or (f"call:{call.pk}" if call is not None else f"patient:{patient.pk}:{now:%Y-%m-%d}")
    task, is_new = CareTask.objects.get_or_create(
        dedupe_key=f"{kind}:{about}",
        defaults={
            "patient": patient,
            "call": call,
            "kind": kind,
            "detail": detail,
            "due_at": due_at or now + may_take,
        },
    )
    if is_new:
        publish_on_commit("tasks", team_id=patient.care_team_id, task=task.pk, patient=patient.pk)
    return task


def tasks_missing(*, kind: str, keys: Iterable[str]) -> list[str]:
    """Of these keys those under which no task of the kind has ever been opened, in one look."""
    named = {f"{kind}:{key}": key for key in keys}
    known = CareTask.objects.filter(dedupe_key__in=named).values_list("dedupe_key", flat=True)
    return [named[name] for name in named.keys() - set(known)]


@transaction.atomic
def task_detail_set(*, kind: str, call: Any, detail: str) -> bool:
    """What more is known about a call's open task. False when there is none, or it says so already."""
    row = CareTask.objects.select_for_update(of=("self",)).select_related("patient")
    task = row.filter(dedupe_key=f"{kind}:call:{call.pk}", state=CareTask.State.OPEN).first()
    if task is None or task.detail == detail:
        return False
    task.detail = detail
    task.save(update_fields=["detail"])
    publish_on_commit("tasks", team_id=task.patient.care_team_id, task=task.pk, patient=task.patient_id)
    return True


@transaction.atomic
def task_done(*, task: CareTask, by: User, now: datetime | None = None) -> CareTask:
    """The task is done by this member of the team. Raises NotAllowed, and Conflict when it is not open any more."""
    row = CareTask.objects.select_for_update(of=("self",)).select_related("patient").get(pk=task.pk)
    if not Membership.objects.filter(user=by, team_id=row.patient.care_team_id).exists():
        raise NotAllowed("not a member of the patient's care team")
    if row.state != CareTask.State.OPEN:
        raise Conflict("the task is not open any more", code="not_open")
    row.state, row.owner, row.done_at = CareTask.State.DONE, by, now or timezone.now()
    row.save(update_fields=["state", "owner", "done_at"])
    publish_on_commit("tasks", team_id=row.patient.care_team_id, task=row.pk, patient=row.patient_id)
    return row


@transaction.atomic
def tasks_settle(*, kind: str, patient: Patient) -> int:
    """What the patient's open tasks of this kind asked for has come about by itself. Returns how many."""
    return CareTask.objects.filter(patient=patient, kind=kind, state=CareTask.State.OPEN).update(
        state=CareTask.State.CANCELLED
    )
