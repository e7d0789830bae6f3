"""Patients: the list, one patient's page, and notes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.patient import RANGES, patient_of, patient_page
from heartvoice.dashboard.selectors.roster import patient_list
from heartvoice.dashboard.staff import staff_of, staff_page, user_of, zone_of
from heartvoice.shared.errors import DomainError
from patients.models import Patient
from patients.services import note_add


@require_safe
@staff_page
def patients(request: HttpRequest) -> HttpResponse:
    """The patients of the person's teams."""
    status = request.GET.get("status", "active")
    status = status if status in Patient.Status.values else "active"
    page = patient_list(
        user=request.user, staff=staff_of(request), status=status, page=request.GET.get("page", "1")
    )
    look_record(
        request,
        action="list",
        resource="patients",
        patient_ids=[row.patient.pk for row in page.rows],
        row_count=len(page.rows),
    )
    context = {"page": page, "status": status, "statuses": wording.PATIENT_STATUSES, "wording": wording}
    return render(request, "dashboard/patients.html", context)


@require_safe
@staff_page
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One patient: who, what is open, trends, timeline. A live refresh asks for the upper part only."""
    who = patient_of(request.user, patient_id)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, RANGES) else 90
    page = patient_page(who, staff=staff_of(request), days=days)
    look_record(request, action="view", resource="patient", patient_ids=[who.pk])
    now = staff_of(request).now()
    context = {
        "page": page,
        "patient": who,
        "ranges": RANGES,
        "wording": wording,
        "patient_now": now.astimezone(zone_of(who.time_zone)),
        "discharged_days": (now.date() - who.discharged_on).days if who.discharged_on else None,
        "may_call": any(fact["scope"] == "ai_voice_call" for fact in who.consent_facts),  # type: ignore[attr-defined]
    }
    return render(request, "dashboard/patient.html", context)


@require_POST
@staff_page
def add_note(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Writes a note on the patient's timeline."""
    who = get_object_or_404(Patient.objects.visible_to(request.user), pk=patient_id)
    text = request.POST.get("text", "")
    try:
        note_add(patient=who, author=user_of(request), text=text[:8000])
    except DomainError:
        messages.error(request, _("A note needs some text."))
    else:
        messages.success(request, _("The note is on the timeline."))
    return redirect("dashboard:patient", patient_id=who.pk)
