"""What a screen came to, on the record: its own row, the check-in's columns, and the timeline of the call's alerts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alerts.models import Alert
from alerts.selectors import ruleset_in_force
from alerts.services import answers_submit
from alerts.services.transitions import event
from calls.models import Call, ScreenResult
from calls.screens import VERSION, Reply, Run, screens
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient
from patients.services import patient_update


@transaction.atomic
def screen_save(
    *,
    call_id: UUID,
    screen: str,
    replies: Mapping[str, str],
    outcome: str,
    tier: str,
    now: datetime | None = None,
) -> ScreenResult:
    """The screen's result. The same screen of the same call again: the first result stands.

    Columns of the check-in are written only for a verified patient; what a nurse must see at once goes to the
    timeline of the emergencies of this call, whoever was on the line.
    """
    now = now or timezone.now()
    call = Call.objects.select_related("patient").get(pk=call_id)
    run = _played(screen, replies)
    row, is_new = ScreenResult.objects.get_or_create(
        call=call,
        screen=screen,
        defaults={
            "patient": call.patient,
            "version": VERSION,
            "replies": dict(replies),
            "outcome": outcome,
            "tier": tier,
            "score": run.points if run.is_scored else None,
        },
    )
    if not is_new:
        return row
    for alert in Alert.objects.filter(sightings__call=call, alert_type="emergency").open():
        event(alert, "screen", at=now, screen=screen, tier=tier, replies=dict(replies))
    if call.identity_result == Call.Identity.VERIFIED:
        _to_record(call, run, now)
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return row


def screens_due(*, patient: Patient, now: datetime) -> tuple[str, ...]:
    """Screens of the check-in that the patient has not answered for as long as they hold (PHQ-2, STEADI)."""
    holds = {name: one.lasts for name, one in ruleset_in_force().screens.items()}
    latest = dict(
        ScreenResult.objects.filter(patient=patient, screen__in=holds)
        .values_list("screen")
        .annotate(at=Max("created_at"))
    )
    return tuple(name for name, time in holds.items() if name not in latest or latest[name] <= now - time)


def _played(screen: str, replies: Mapping[str, str]) -> Run:
    """The screen's run as these replies made it."""
    run = Run(screens()[screen])
    for step_id, value in replies.items():
        if run.step is not None and run.step.id == step_id:
            run.reply(Reply(value))
    return run


def _to_record(call: Call, run: Run, now: datetime) -> None:
    answers: dict[str, Any] = {}
    if run.screen.id == "phq2" and run.is_scored:
        answers["phq2"] = run.points
    if run.screen.id == "orientation":
        answers["orientation_failed"] = run.failures
    if run.screen.id == "breath" and run.replies.get("rest") in (Reply.YES, Reply.NO):
        answers["breathless_at_rest"] = run.replies["rest"] is Reply.YES
    if answers:
        answers_submit(patient=call.patient, call=call, answers=answers, is_identity_verified=True, now=now)
    if run.screen.id == "steadi" and Reply.YES in run.replies.values() and not call.patient.has_fall_risk:
        patient_update(patient=call.patient, has_fall_risk=True)
