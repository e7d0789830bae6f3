"""Whether the person on the line is the patient; the result stays on the call."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from calls.models import Call, ToolCall
from calls.services.rows import call_set
from calls.tools.identity import is_same_person

TRIES = 2


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """What a try has shown, and how many are left."""

    is_verified: bool
    tries_left: int


@transaction.atomic
def identity_check(*, call_id: UUID, full_name: str, date_of_birth: str) -> IdentityResult:
    """One try. After the second failure no further try counts, whatever is said."""
    call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=call_id)
    if call.identity_result == Call.Identity.FAILED:
        return IdentityResult(False, 0)
    patient = call.patient
    is_same = is_same_person(
        said_name=full_name,
        said_date=date_of_birth,
        first_name=patient.first_name,
        last_name=patient.last_name,
        born_on=patient.date_of_birth,
        language=call.language,
    )
    earlier = ToolCall.objects.filter(call=call, name="verifyIdentity", is_ok=True).count()
    left = max(TRIES - 1 - earlier, 0)
    if is_same:
        call.identity_result = Call.Identity.VERIFIED
    elif call.identity_result != Call.Identity.VERIFIED:
        call.identity_result = Call.Identity.PENDING if left else Call.Identity.FAILED
    call_set(call, "identity_result")
    return IdentityResult(is_same, TRIES if is_same else left)
