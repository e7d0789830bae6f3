"""What a nurse does to calls: step in, end, ring the patient, call now, move, pause, resume. Each on record."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from calls.services.bookings import call_now, call_reschedule, calls_pause, calls_resume
from calls.services.staff_calls import staff_call_start
from calls.services.takeover import call_end, call_take_over
from heartvoice.dashboard.answers import refused, said
from heartvoice.dashboard.booking_forms import PauseForm, RescheduleForm
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.call import planned_call
from heartvoice.dashboard.staff import clinical, staff_page, user_of, zone_of
from heartvoice.dashboard.views.calls import show_booking
from heartvoice.shared.errors import DomainError
from patients.models import Patient

CHANGED = ("calls", "patients-changed")


@require_POST
@staff_page
def take_over(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The patient's line rings the nurse's own telephone."""
    done = _("Your telephone rings. Press 1 to talk with the patient.")
    return _step_in(request, call_id, call_take_over, "take_over", done)


@require_POST
@staff_page
def end(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Maya's call ends now."""
    return _step_in(request, call_id, call_end, "end_call", _("The call is ended."))


def _step_in(
    request: HttpRequest, call_id: UUID, service: Callable[..., object], action: str, done: str
) -> HttpResponse:
    row = planned_call(user=request.user, call_id=call_id)
    clinical(request, row.patient.care_team_id)
    look_record(request, action=action, resource="call", patient_ids=[row.patient_id])
    back = resolve_url("dashboard:call", call_id=row.pk)
    try:
        service(call=row, by=user_of(request))
    except DomainError as refusal:
        return refused(request, refusal, back=back)
    return said(request, done, back=back, events=(*CHANGED, f"call-{row.pk}"))


def _for_patient(
    request: HttpRequest, patient_id: UUID, action: str, do: Callable[..., object], done: str
) -> HttpResponse:
    """A service that needs nothing but the patient and who asks for it."""
    patient = _patient(request, patient_id, action)
    back = resolve_url("dashboard:patient", patient_id=patient.pk)
    try:
        do(patient=patient, by=user_of(request))
    except DomainError as refusal:
        return refused(request, refusal, back=back)
    return said(request, done, back=back, events=CHANGED)


@require_POST
@staff_page
def now(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Maya rings the patient as soon as a line is free."""
    return _for_patient(request, patient_id, "call_now", call_now, _("Maya calls in a moment."))


@require_POST
@staff_page
def ring(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The nurse's telephone rings, then the patient's, from the clinic's number."""
    return _for_patient(
        request,
        patient_id,
        "ring",
        staff_call_start,
        _("Your telephone rings. Press 1 and the patient is called."),
    )


@sensitive_post_parameters()
@require_POST
@staff_page
def reschedule(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """A planned call at another time."""
    row = planned_call(user=request.user, call_id=call_id)
    clinical(request, row.patient.care_team_id)
    look_record(request, action="change", resource="planned call", patient_ids=[row.patient_id])
    form = RescheduleForm(request.POST, zone=zone_of(row.patient.time_zone))
    if not form.is_valid():
        return show_booking(request, row, reschedule=form, status=422)
    try:
        call_reschedule(call=row, by=user_of(request), at=form.cleaned_data["at"])
    except DomainError as refusal:
        return refused(request, refusal, back=resolve_url("dashboard:booking", call_id=row.pk))
    return said(request, _("The call is moved."), back=resolve_url("dashboard:calls"), events=CHANGED)


@sensitive_post_parameters()
@require_POST
@staff_page
def pause(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """No calls for a while, with the reason."""
    patient = _patient(request, patient_id, "pause")
    back = resolve_url("dashboard:patient", patient_id=patient.pk)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return refused(request, DomainError("incomplete", code="reason_missing"), back=back)
    try:
        calls_pause(patient=patient, by=user_of(request), **form.cleaned_data)
    except DomainError as refusal:
        return refused(request, refusal, back=back)
    return said(request, _("Calls are paused."), back=back, events=CHANGED)


@require_POST
@staff_page
def resume(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Calls go on."""
    return _for_patient(request, patient_id, "resume", calls_resume, _("Calls go on."))


def _patient(request: HttpRequest, patient_id: UUID, action: str) -> Patient:
    """The visible patient, for somebody who cares for patients of that team; the wish is on record."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=patient_id)
    clinical(request, patient.care_team_id)
    look_record(request, action=action, resource="patient", patient_ids=[patient.pk])
    return patient
