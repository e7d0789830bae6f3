"""The end of a shift: what is left is written down, and somebody of the next shift says that they have read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from alerts.models import Handover
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam, Membership, User

SECTIONS = ("open", "breached", "snoozed", "promised", "unreached")
LONGEST_NOTE = 4000


@transaction.atomic
def handover_give(*, team: CareTeam, by: User, note: str, items: Mapping[str, Sequence[str]]) -> Handover:
    """A hand-over of the team with what is left now. An earlier one that nobody has confirmed stays open too."""
    _member(team, by)
    if set(items) != set(SECTIONS):
        raise DomainError("a hand-over names every section", code="bad_sections")
    if len(note) > LONGEST_NOTE:
        raise DomainError("the note is too long", code="note_too_long")
    row = Handover.objects.create(
        team=team,
        given_by=by,
        note=note.strip(),
        items={name: [str(each) for each in ids] for name, ids in items.items()},
    )
    publish_on_commit("handovers", team_id=team.pk)
    return row


@transaction.atomic
def handover_confirm(*, handover: Handover, by: User) -> Handover:
    """The incoming nurse has read it. Once, and never the one who gave it."""
    row = Handover.objects.select_for_update(of=("self",)).select_related("team").get(pk=handover.pk)
    _member(row.team, by)
    if row.given_by_id == by.pk:
        raise NotAllowed("somebody else confirms it", code="own_handover")
    if row.confirmed_at is not None:
        raise Conflict("it is confirmed already", code="already_confirmed")
    row.confirmed_by, row.confirmed_at = by, timezone.now()
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    publish_on_commit("handovers", team_id=row.team_id)
    return row


def _member(team: CareTeam, by: User) -> None:
    """Nurses and leads of the team only: administrators do not care for patients."""
    clinical = Membership.objects.filter(team=team, user=by).exclude(role=Membership.Role.ADMIN)
    if not clinical.exists():
        raise NotAllowed("not a nurse of this team")
