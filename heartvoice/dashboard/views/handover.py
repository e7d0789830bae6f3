"""The end of a shift: what is left, on one page; the incoming nurse confirms that they have read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from alerts.models import Handover
from alerts.services.handovers import handover_confirm, handover_give
from heartvoice.dashboard import wording
from heartvoice.dashboard.answers import words_of
from heartvoice.dashboard.looks import list_record, look_record
from heartvoice.dashboard.selectors.handover import handover_page, sections
from heartvoice.dashboard.staff import clinical, staff_of, staff_page, user_of
from heartvoice.shared.errors import DomainError
from patients.models import CareTeam


@require_safe
@staff_page
def handover(request: HttpRequest) -> HttpResponse:
    """What the shift leaves, for the first of the person's teams or the one that the address names."""
    staff = staff_of(request)
    asked = request.GET.get("team", "")
    team_id = next((team for team in staff.roles if str(team) == asked), next(iter(staff.roles), None))
    page = None if team_id is None else handover_page(user=request.user, staff=staff, team_id=team_id)
    shown = page.sections.patient_ids() if page else set()
    list_record(request, resource="handover", patient_ids=shown, row_count=len(shown))
    context = {
        "page": page,
        "team_id": team_id,
        "may_care": staff.roles.get(team_id) in {"nurse", "lead"} if team_id else False,
        "wording": wording,
    }
    return render(request, "dashboard/handover.html", context)


@sensitive_post_parameters()
@require_POST
@staff_page
def give(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """The lists as they stand become a hand-over, with a note."""
    staff = staff_of(request)
    if team_id not in staff.roles:
        raise Http404
    clinical(request, team_id)
    left = sections(user=request.user, staff=staff, team_id=team_id)
    look_record(request, action="give", resource="handover", patient_ids=left.patient_ids())
    try:
        handover_give(
            team=CareTeam.objects.get(pk=team_id),
            by=user_of(request),
            note=request.POST.get("note", ""),
            items=left.ids(),
        )
    except DomainError as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("Handed over. The incoming nurse confirms it here."))
    return _back(team_id)


@require_POST
@staff_page
def confirm(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The incoming nurse has read it."""
    row = get_object_or_404(
        Handover.objects.filter(team_id__in=list(staff_of(request).roles)), pk=handover_id
    )
    clinical(request, row.team_id)
    look_record(request, action="confirm", resource="handover", patient_ids=[])
    try:
        handover_confirm(handover=row, by=user_of(request))
    except DomainError as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("Confirmed. The shift is yours."))
    return _back(row.team_id)


def _back(team_id: UUID) -> HttpResponse:
    response = redirect("dashboard:handover")
    response["Location"] += f"?team={team_id}"
    return response
