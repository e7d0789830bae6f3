"""Scheduled work on calls. Each task loads ids and calls one service."""

from __future__ import annotations

import time
from uuid import UUID

from celery import shared_task

from calls import spool
from calls.models import Call
from calls.scheduling.audit import checkins_audit, pauses_end
from calls.scheduling.follow_ups import follow_ups_plan
from calls.scheduling.placing import calls_call_off, place_due
from calls.scheduling.planning import plan_all, replan_changed
from calls.scheduling.redials import emergency_redials
from calls.services import calls_close_lost
from calls.services.budget import budget_watch
from calls.services.machines import machine_answered
from calls.services.reviewing import calls_review
from calls.twilio.client import redirect_call

SECONDS_BETWEEN_CALLS = 1.0  # the carrier's default pace for new calls


@shared_task
def place_due_calls() -> None:
    """Dial what is due, one call a second; first of all whom the line was lost to in an emergency."""
    emergency_redials()
    place_due(pause=lambda: time.sleep(SECONDS_BETWEEN_CALLS))


@shared_task
def end_machine_call(call_id: str) -> None:
    """A machine answered: the line ends, with a message where the patient agreed to one."""
    answer = machine_answered(call_id=UUID(call_id))
    call_sid = Call.objects.values_list("call_sid", flat=True).get(pk=call_id)
    if answer and call_sid:
        redirect_call(call_sid, answer)


@shared_task
def plan_next_calls() -> None:
    """What follows each call that has ended, soon enough to ring again within a minute of a drop."""
    plan_all(only_new=True)


@shared_task
def plan_follow_ups() -> None:
    """What was promised becomes a call or a task; pauses end."""
    pauses_end()
    follow_ups_plan()


@shared_task
def audit_check_ins() -> None:
    """Every active patient has a next call, or a reason and a task."""
    checkins_audit()


@shared_task
def plan_again() -> None:
    """What cannot be made any more is called off; changed hours and gone obstacles give new plans."""
    calls_call_off()
    replan_changed()
    plan_all()


@shared_task
def watch_budget() -> None:
    """Warnings at 80, 95 and 100 per cent of the month's budget."""
    budget_watch()


@shared_task
def close_lost_calls() -> None:
    """Calls whose process or line died without saying so end as interrupted."""
    calls_close_lost()
    spool.replay()


@shared_task
def review_calls() -> None:
    """The whole transcript of each call that is over is judged once more; what it left open is told."""
    calls_review()
