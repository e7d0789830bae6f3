"""Calls: the board of today, and one call in full."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.call import board as read_board
from heartvoice.dashboard.selectors.call import call_page
from heartvoice.dashboard.staff import staff_of, staff_page


@require_safe
@staff_page
def board(request: HttpRequest) -> HttpResponse:
    """Calls in progress, to come, missed and done; or only the lists for a live refresh."""
    page = read_board(user=request.user, staff=staff_of(request))
    shown = [*page.live, *page.upcoming, *page.missed, *page.recent]
    look_record(
        request,
        action="list",
        resource="calls",
        patient_ids={call.patient_id for call in shown},
        row_count=len(shown),
    )
    is_part = request.htmx and request.htmx.target == "board"  # type: ignore[attr-defined]
    template = "dashboard/_board.html" if is_part else "dashboard/calls.html"
    return render(request, template, {"page": page, "wording": wording})


@require_safe
@staff_page
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call turn by turn; while it runs, the same as a part that refreshes itself."""
    page = call_page(user=request.user, call_id=call_id)
    look_record(request, action="view", resource="call", patient_ids=[page.call.patient_id])
    is_part = request.htmx and request.htmx.target == "call"  # type: ignore[attr-defined]
    template = "dashboard/_call.html" if is_part else "dashboard/call.html"
    return render(request, template, {"page": page, "call": page.call, "wording": wording})
