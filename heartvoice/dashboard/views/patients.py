"""Patients: the list, one patient's page, and notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from heartvoice.dashboard import wording
from heartvoice.dashboard.booking_forms import PauseForm
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.selectors.patient import RANGES, patient_of, patient_page, span_of
from heartvoice.dashboard.selectors.roster import patient_list
from heartvoice.dashboard.staff import staff_of, staff_page, user_of, zone_of
from heartvoice.dashboard.triage import is_recent
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
    now = staff_of(request).now()
    asked = {name: request.GET.get(name, "") for name in ("days", "from", "to")}
    span = span_of(now=now, days=asked["days"], start=asked["from"], end=asked["to"])
    page = patient_page(who, staff=staff_of(request), span=span)
    look_record(request, action="view", resource="patient", patient_ids=[who.pk])
    context = {**head_context(request, who, "overview", rules=page.rules), "page": page, "ranges": RANGES}
    return render(request, "dashboard/patient.html", context)


def head_context(
    request: HttpRequest, who: Patient, tab: str, *, rules: RuleSet | None = None
) -> dict[str, Any]:
    """What the head of every page about one patient needs; `who` comes from `patient_of`. `rules` are those in force."""
    staff = staff_of(request)
    now = staff.now()
    recent_days = (rules or ruleset_in_force())["recent_discharge_days"]
    return {
        "patient": who,
        "tab": tab,
        "pause": PauseForm(),
        "wording": wording,
        "patient_now": now.astimezone(zone_of(who.time_zone)),
        "discharged_days": (now.date() - who.discharged_on).days if who.discharged_on else None,
        "is_recent_discharge": is_recent(who.discharged_on, today=now.date(), recent_days=recent_days),
        "may_call": any(fact["scope"] == "ai_voice_call" for fact in who.consent_facts),  # type: ignore[attr-defined]
        "may_care": staff.roles.get(who.care_team_id) in {"nurse", "lead"},
        "leads": staff.roles.get(who.care_team_id) == "lead",
    }


@sensitive_post_parameters()
@require_POST
@staff_page
def add_note(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Writes a note on the patient's timeline."""
    who = get_object_or_404(Patient.objects.visible_to(request.user), pk=patient_id)
    look_record(request, action="add_note", resource="patient", patient_ids=[who.pk])
    text = request.POST.get("text", "")
    try:
        note_add(patient=who, author=user_of(request), text=text[:8000])
    except DomainError:
        messages.error(request, _("A note needs some text."))
    else:
        messages.success(request, _("The note is on the timeline."))
    return redirect("dashboard:patient", patient_id=who.pk)
