"""Finding a patient. By POST: what is typed must not stand in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.roster import find_patients
from heartvoice.dashboard.staff import staff_page

LONGEST = 80


@sensitive_post_parameters("q")
@require_POST
@staff_page
def search(request: HttpRequest) -> HttpResponse:
    """Patients that match, as a small list under the box or as a page of its own."""
    text = request.POST.get("q", "")[:LONGEST]
    hits = find_patients(user=request.user, text=text)
    if text.strip():
        look_record(
            request,
            action="search",
            resource="patients",
            patient_ids=[patient.pk for patient in hits],
            row_count=len(hits),
        )
    template = "dashboard/_hits.html" if request.htmx else "dashboard/search.html"  # type: ignore[attr-defined]
    return render(request, template, {"hits": hits, "asked": len(text.strip()) >= 2})
