"""What a patient asks for about the calls themselves: none any more, or at other times. Honoured in the same call."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.ruleset import Hours
from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from calls.models import Call, CallSchedule
from heartvoice.shared.errors import DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Consent
from patients.services import consent_revoke

SHORTEST_MINUTES = 60


@transaction.atomic
def call_opt_out(*, call_id: UUID, now: datetime | None = None) -> bool:
    """No more calls by Maya: the consent has ended, the schedule is off, a nurse arranges another way.

    Any clear wording counts, from whoever answers this number, before identity is known: a call too few can be
    made up for. People of the care team may still ring. Safe to repeat; False when nothing was left to end.
    Source: 47 CFR 64.1200(a)(10): revocation by any reasonable means, honoured without delay.
    """
    now = now or timezone.now()
    call = Call.objects.select_related("patient").get(pk=call_id)
    patient = call.patient
    if call.purpose == Call.Purpose.SOFTPHONE:  # a rehearsal: the patient has not said anything
        return False
    consent = Consent.objects.filter(
        patient=patient, scope=Consent.Scope.AI_VOICE_CALL, revoked_at__isnull=True
    ).first()
    if consent is not None:
        consent_revoke(patient=patient, scope=Consent.Scope.AI_VOICE_CALL, how="voice")
    schedule = CallSchedule.objects.select_for_update().filter(patient=patient, is_active=True).first()
    if schedule is not None:
        schedule.is_active = False
        schedule.next_due_at, schedule.why_not_next = None, "the patient asked for no more calls"
        schedule.save(update_fields=["is_active", "next_due_at", "why_not_next"])
    if consent is None and schedule is None:
        return False
    who = "identity verified" if call.identity_result == Call.Identity.VERIFIED else "identity not verified"
    task_open(
        patient=patient,
        kind="opted_out",
        call=call,
        detail=f"Asked for no more automated calls, in this call ({who}). Arrange another way.",
        key=f"consent:{consent.pk}" if consent else "",
        now=now,
    )
    publish_on_commit("patients", team_id=patient.care_team_id, patient=patient.pk)
    return True


@transaction.atomic
def call_times_change(*, call_id: UUID, not_before: time | None, not_after: time | None) -> Hours:
    """The patient's calling hours, moved as asked and kept within the legal ones.

    Raises DomainError: "no_schedule", "nothing_given", or "too_short" when less than an hour would be left.
    """
    call = Call.objects.select_related("patient").get(pk=call_id)
    schedule = CallSchedule.objects.select_for_update().filter(patient=call.patient).first()
    if schedule is None:
        raise DomainError("There is no schedule to change; offer a call by a person.", code="no_schedule")
    if not_before is None and not_after is None:
        raise DomainError("Say from when, or until when.", code="nothing_given")
    legal = ruleset_in_force().legal_hours
    start = max(not_before or schedule.window_start, legal.start)
    end = min(not_after or schedule.window_end, legal.end)
    if not_before is not None and not_after is None and start >= end:
        end = legal.end
    if (end.hour - start.hour) * 60 + end.minute - start.minute < SHORTEST_MINUTES:
        raise DomainError("Less than an hour would be left to call in.", code="too_short")
    schedule.window_start, schedule.window_end = start, end
    schedule.save(update_fields=["window_start", "window_end"])
    publish_on_commit("patients", team_id=call.patient.care_team_id, patient=call.patient_id)
    return Hours(start, end)
