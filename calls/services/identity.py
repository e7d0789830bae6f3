"""Whether the person on the line is the patient, or may speak for the patient; the result stays on the call."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from calls.models import Call, ToolCall
from calls.services.rows import call_set
from calls.tools.identity import is_own_name, is_same_name, is_same_person
from heartvoice.shared.errors import DomainError
from patients.local_time import zone_of
from patients.models import Patient, Proxy

HAND_OVER = "engine.handOver"


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """What a try has shown, and how many are left. `level` is a proxy's, "" for the patient and for nobody."""

    is_verified: bool
    tries_left: int
    level: str = ""


@transaction.atomic
def identity_check(
    *, call_id: UUID, full_name: str, date_of_birth: str, speaker_name: str = ""
) -> IdentityResult:
    """One try. After as many failures as the rule set allows no further try counts, whatever is said, until the
    telephone changes hands.

    With `speaker_name` somebody else speaks: the patient's name and date must still be right, and the speaker must be
    a proxy who may at least answer. A proxy who may only hear that we called is not verified.
    Raises DomainError "whose_name" when whoever has the telephone has said that they are a relative and no name of
    theirs is given: the patient's own name and date, said by somebody else, are not the patient. Not a try.
    """
    call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=call_id)
    if call.identity_result == Call.Identity.FAILED:
        return IdentityResult(False, 0)
    patient = call.patient
    if is_own_name(speaker_name, patient.first_name, patient.last_name):
        speaker_name = ""  # the patient, named twice
    elif not speaker_name and _is_relative(call):
        raise DomainError(
            "A relative is speaking: ask for their own name, give it as speaker_name.", code="whose_name"
        )
    is_same = is_same_person(
        said_name=full_name,
        said_date=date_of_birth,
        first_name=patient.first_name,
        last_name=patient.last_name,
        born_on=patient.date_of_birth,
        language=call.language,
    )
    level = _proxy_level(patient, speaker_name) if is_same and speaker_name else ""
    is_known = is_same and (not speaker_name or level in (Proxy.Level.ANSWER, Proxy.Level.FULL))
    tries = int(ruleset_in_force()["identity_tries"])
    left = max(tries - 1 - _earlier_tries(call), 0)
    if is_known:
        call.identity_result = Call.Identity.VERIFIED
        call.spoke_with = Call.SpokeWith.PROXY if speaker_name else Call.SpokeWith.PATIENT
    elif call.identity_result != Call.Identity.VERIFIED:
        call.identity_result = Call.Identity.PENDING if left else Call.Identity.FAILED
        call.spoke_with = call.spoke_with or Call.SpokeWith.OTHER
    call_set(call, "identity_result", "spoke_with")
    if call.identity_result == Call.Identity.FAILED:
        task_open(patient=patient, kind="not_verified", call=call)
    return IdentityResult(is_known, tries if is_known else left, level)


def _earlier_tries(call: Call) -> int:
    """Tries of whoever has the telephone now."""
    tries = ToolCall.objects.filter(call=call, name="verifyIdentity", is_ok=True)
    changed = _hand_over(call)
    return tries.filter(created_at__gt=changed.created_at).count() if changed else tries.count()


def _hand_over(call: Call) -> ToolCall | None:
    """The last time that the telephone changed hands, or was picked up by somebody else."""
    return ToolCall.objects.filter(call=call, name=HAND_OVER).order_by("-created_at").first()


def _is_relative(call: Call) -> bool:
    changed = _hand_over(call)
    return changed is not None and changed.arguments.get("speaker") == "relative"


def _proxy_level(patient: Patient, speaker_name: str) -> str:
    """The highest level of a proxy of that name whose authority holds today, where the patient lives; "" for none."""
    today = timezone.now().astimezone(zone_of(patient)).date()
    in_force = Proxy.objects.filter(patient=patient, revoked_at__isnull=True).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    )
    order = (Proxy.Level.FULL, Proxy.Level.ANSWER, Proxy.Level.CALLED)
    levels = {proxy.level for proxy in in_force if is_same_name(speaker_name, proxy.name)}
    return next((str(level) for level in order if level in levels), "")


@transaction.atomic
def identity_reset(*, call_id: UUID) -> None:
    """The telephone has changed hands: whoever has it now is nobody yet, with two tries of their own."""
    call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call_id)
    call.identity_result = Call.Identity.PENDING
    call_set(call, "identity_result")
