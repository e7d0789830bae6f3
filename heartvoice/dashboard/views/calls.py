"""The board of calls, the calls on the line, and the page of one call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.booking_forms import PauseForm, RescheduleForm
from heartvoice.dashboard.looks import list_record, look_record
from heartvoice.dashboard.selectors.board import board as read_board
from heartvoice.dashboard.selectors.board import live_calls
from heartvoice.dashboard.selectors.call import call_page, planned_call
from heartvoice.dashboard.staff import staff_of, staff_page, zone_of


@require_safe
@staff_page
def board(request: HttpRequest) -> HttpResponse:
    """Calls on the line, to come, missed and done; or only the lists for a live refresh."""
    is_part = bool(request.htmx) and request.htmx.target == "board"  # type: ignore[attr-defined]
    page = read_board(user=request.user, staff=staff_of(request))
    live = [] if is_part else live_calls(user=request.user)
    shown = page.patient_ids() | {each.call.patient_id for each in live}
    list_record(request, resource="calls", patient_ids=shown, row_count=len(shown))
    template = "dashboard/_board.html" if is_part else "dashboard/calls.html"
    return render(request, template, {"page": page, "live": live, "wording": wording})


@require_safe
@staff_page
def live(request: HttpRequest) -> HttpResponse:
    """The calls on the line: a part that refreshes itself as they are spoken, and a page without scripts."""
    found = live_calls(user=request.user)
    list_record(
        request,
        resource="live calls",
        patient_ids={each.call.patient_id for each in found},
        row_count=len(found),
    )
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    template = "dashboard/_live.html" if is_part else "dashboard/live.html"
    return render(request, template, {"live": found, "wording": wording})


@require_safe
@staff_page
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call turn by turn; while it runs, the same as a part that refreshes itself."""
    page = call_page(user=request.user, call_id=call_id)
    look_record(request, action="view", resource="call", patient_ids=[page.call.patient_id])
    is_part = bool(request.htmx) and request.htmx.target == "call"  # type: ignore[attr-defined]
    template = "dashboard/_call.html" if is_part else "dashboard/call.html"
    return render(request, template, {"page": page, "call": page.call, "wording": wording})


@require_safe
@staff_page
def booking(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """A call that is planned, and what a nurse may change of it; as a page or in the drawer."""
    row = planned_call(user=request.user, call_id=call_id)
    look_record(request, action="view", resource="planned call", patient_ids=[row.patient_id])
    return show_booking(request, row)


def show_booking(
    request: HttpRequest,
    row: object,
    *,
    reschedule: RescheduleForm | None = None,
    pause: PauseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The planned call with its forms; a refused one comes back as it was filled in."""
    patient = row.patient  # type: ignore[attr-defined]
    zone = zone_of(patient.time_zone)
    planned = row.planned_for  # type: ignore[attr-defined]
    context = {
        "call": row,
        "patient": patient,
        "patient_time": planned.astimezone(zone),
        "reschedule": reschedule or RescheduleForm(zone=zone, planned=planned),
        "pause": pause or PauseForm(),
        "wording": wording,
    }
    in_drawer = bool(request.htmx) and request.htmx.target == "drawer-body"  # type: ignore[attr-defined]
    template = "dashboard/_booking.html" if in_drawer else "dashboard/booking.html"
    return render(request, template, context, status=status)
