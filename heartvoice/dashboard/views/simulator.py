"""What changed numbers would have raised on past check-ins, and putting them into force. Clinical leads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts.ruleset import RuleSetError
from alerts.selectors import ruleset_in_force
from alerts.services import ruleset_activate, ruleset_draft
from alerts.simulation import Difference, Simulation, simulate
from heartvoice.dashboard import wording
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.simulator_forms import USUAL, ActivateForm, SimulatorForm
from heartvoice.dashboard.staff import staff_of, staff_page, user_of
from heartvoice.shared.errors import DomainError
from patients.models import Patient

MOST_PATIENTS = 1000
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A check-in that would be answered otherwise, and whose it is."""

    difference: Difference
    patient: Patient


@require_safe
@staff_page
def simulator(request: HttpRequest) -> HttpResponse:
    """The form; with numbers in the query the outcome too. Numbers of rules are nobody's health data."""
    patients = _led_patients(request)
    rules = ruleset_in_force()
    if "since" not in request.GET:
        first = (timezone.now() - USUAL).date()
        return _show(request, SimulatorForm(rules=rules, initial={"since": first}))
    form = SimulatorForm(request.GET, rules=rules)
    if not form.is_valid():
        return _show(request, form, status=422)
    some = patients.filter(pk__in=patients.order_by("pk").values("pk")[:MOST_PATIENTS])
    try:
        result = simulate(
            patients=some,
            since=form.start(),
            until=timezone.now(),
            changes=form.changes(),
            now=timezone.now(),
        )
    except RuleSetError as error:
        form.add_error(None, str(error))
        return _show(request, form, status=422)
    lines = _lines(result, patients)
    look_record(
        request,
        action="list",
        resource="rule_simulation",
        patient_ids={line.patient.pk for line in lines},
        purpose="operations",
        row_count=len(lines),
    )
    total = patients.count()
    context = {"shown": result.as_json(), "lines": lines, "left_out": max(total - MOST_PATIENTS, 0)}
    return _show(request, form, context | {"activate": ActivateForm(rules=rules, initial=request.GET.dict())})


@require_POST
@staff_page
def activate(request: HttpRequest) -> HttpResponse:
    """The numbers become the next version of the rules, in force at once for every patient."""
    _led_patients(request)
    form = ActivateForm(request.POST, rules=ruleset_in_force())
    if not form.is_valid():
        return _show(request, form, {"activate": form}, status=422)
    lead = user_of(request)
    try:
        with transaction.atomic():
            draft = ruleset_draft(
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
                by=lead,
                signed_off_by=lead.get_full_name() or lead.get_username(),
            )
            row = ruleset_activate(version=draft, by=lead)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, form, {"activate": form}, status=422)
    messages.success(request, _("The rules %(version)s are in force.") % {"version": row.version})
    return redirect("dashboard:simulator")


def _led_patients(request: HttpRequest) -> QuerySet[Patient]:
    """The patients of the teams that this person leads. Raises PermissionDenied for everybody else."""
    led: list[UUID] = [team for team, role in staff_of(request).roles.items() if role == "lead"]
    if not led:
        raise PermissionDenied
    return Patient.objects.visible_to(request.user).filter(care_team__in=led)


def _lines(result: Simulation, patients: QuerySet[Patient]) -> Sequence[Line]:
    some = result.differences[:SHOWN]
    people = patients.in_bulk([UUID(one.patient_id) for one in some])
    return [Line(one, people[UUID(one.patient_id)]) for one in some if UUID(one.patient_id) in people]


def _show(
    request: HttpRequest, form: SimulatorForm, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "rules": form.rules, "wording": wording, **(more or {})}
    return render(request, "dashboard/simulator.html", context, status=status)
