"""The training softphone: talk to Maya from the browser, in the place of a patient."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.staff import staff_page
from patients.models import Patient

OFFERED = 40


@require_safe
@staff_page
def softphone(request: HttpRequest) -> HttpResponse:
    """The page; it does not exist where the softphone is switched off."""
    if not settings.SOFTPHONE_ENABLED:
        raise Http404
    patients = list(Patient.objects.visible_to(request.user).active().order_by("created_at", "pk")[:OFFERED])
    look_record(
        request,
        action="list",
        resource="softphone",
        patient_ids=[patient.pk for patient in patients],
        purpose="training",
        row_count=len(patients),
    )
    return render(request, "dashboard/softphone.html", {"patients": patients})
