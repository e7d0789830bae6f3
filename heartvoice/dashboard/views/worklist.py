"""The worklist: who needs a nurse now, why, and how long there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.filters import address_of, choice_of
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.channels import banner as read_banner
from heartvoice.dashboard.selectors.worklist import worklist as read_worklist
from heartvoice.dashboard.staff import staff_of, staff_page


@require_safe
@staff_page
def worklist(request: HttpRequest) -> HttpResponse:
    """The page, or only its list for a live refresh."""
    choice = choice_of(request.GET)
    page = read_worklist(user=request.user, staff=staff_of(request), choice=choice, page=_number(request))
    look_record(
        request,
        action="list",
        resource="worklist",
        patient_ids=[row.patient.pk for row in page.rows],
        row_count=len(page.rows),
    )
    context = {"page": page, "choice": choice, "here": address_of(choice, page.number), "wording": wording}
    if request.htmx and request.htmx.target == "worklist":  # type: ignore[attr-defined]
        return render(request, "dashboard/_worklist.html", context)
    context |= {"banner": read_banner(staff_of(request)), "wording_channels": wording.CHANNELS}
    return render(request, "dashboard/worklist.html", context)


@require_safe
@staff_page
def banner(request: HttpRequest) -> HttpResponse:
    """Whether pages get through, and whether this person is paged. Names no patient."""
    context = {"banner": read_banner(staff_of(request)), "wording_channels": wording.CHANNELS}
    return render(request, "dashboard/_banner.html", context)


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
