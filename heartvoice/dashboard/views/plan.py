"""A patient's plan: tasks, personal thresholds, and the minutes that staff spent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.models import CareTask
from alerts.services import task_done, task_open, threshold_set
from heartvoice.dashboard.answers import words_of
from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.plan_forms import (
    CorrectionForm,
    ReasonForm,
    TaskForm,
    ThresholdForm,
    TimeForm,
    correction_of,
)
from heartvoice.dashboard.selectors.patient import patient_of
from heartvoice.dashboard.selectors.plan import plan_page, time_page
from heartvoice.dashboard.staff import clinical, staff_of, staff_page, user_of
from heartvoice.dashboard.views.patients import head_context
from heartvoice.shared.errors import DomainError
from patients.models import Patient, ThresholdOverride, TimeLog
from patients.services import override_revoke, time_log_add, time_log_correct, time_log_withdraw


@require_safe
@staff_page
def plan(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Tasks and thresholds."""
    return _show_plan(request, patient_id)


@require_safe
@staff_page
def time(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The month's minutes."""
    return _show_time(request, patient_id)


@sensitive_post_parameters()
@require_POST
@staff_page
def add_task(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Work for the team is written down."""
    patient = _patient(request, patient_id, "add_task")
    form = TaskForm(request.POST)
    if not form.is_valid():
        return _show_plan(request, patient_id, task=form, status=422)
    given = form.cleaned_data
    staff = user_of(request)
    task_open(
        patient=patient,
        kind=given["kind"],
        detail=given["detail"].strip(),
        due_at=given["due_at"],
        key=f"staff:{staff.pk}:{request.request_id}",  # type: ignore[attr-defined]  # each form is a task of its own
    )
    messages.success(request, _("The task is on the list."))
    return redirect("dashboard:plan", patient_id=patient.pk)


@require_POST
@staff_page
def finish_task(request: HttpRequest, patient_id: UUID, task_id: UUID) -> HttpResponse:
    """The task is done, by whoever says so."""
    patient = _patient(request, patient_id, "finish_task")
    task = get_object_or_404(CareTask, pk=task_id, patient=patient)
    try:
        task_done(task=task, by=user_of(request))
    except DomainError as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("The task is done."))
    return redirect("dashboard:plan", patient_id=patient.pk)


@sensitive_post_parameters()
@require_POST
@staff_page
def set_threshold(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A number of the rules for this patient. Clinical leads only."""
    patient = _led_patient(request, patient_id, "set_threshold")
    form = ThresholdForm(request.POST, numbers=plan_page(patient).adjustable)
    if not form.is_valid():
        return _show_plan(request, patient_id, threshold=form, status=422)
    given = form.cleaned_data
    rule_id, _dot, parameter = given["number"].partition(".")
    try:
        threshold_set(
            patient=patient,
            rule_id=rule_id,
            parameter=parameter,
            value=given["value"],
            reason=given["reason"],
            set_by=user_of(request),
            valid_until=given["valid_until"],
        )
    except DomainError as refusal:
        form.add_error(None, f"{words_of(refusal)} ({refusal})")
        return _show_plan(request, patient_id, threshold=form, status=422)
    messages.success(request, _("The threshold is in force for this patient."))
    return redirect("dashboard:plan", patient_id=patient.pk)


@sensitive_post_parameters()
@require_POST
@staff_page
def revoke_threshold(request: HttpRequest, patient_id: UUID, override_id: UUID) -> HttpResponse:
    """The rule set's own number holds again. Clinical leads only."""
    patient = _led_patient(request, patient_id, "revoke_threshold")
    override = get_object_or_404(ThresholdOverride, pk=override_id, patient=patient)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, words_of(DomainError(code="reason_missing")))
        return redirect("dashboard:plan", patient_id=patient.pk)
    override_revoke(override=override, by=user_of(request), reason=form.cleaned_data["reason"])
    messages.success(request, _("The rule’s own number holds again."))
    return redirect("dashboard:plan", patient_id=patient.pk)


@sensitive_post_parameters()
@require_POST
@staff_page
def add_time(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Minutes of the person who is signed in; a minute that is logged already is refused."""
    patient = _patient(request, patient_id, "add_time")
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _show_time(request, patient_id, form=form, status=422)
    try:
        time_log_add(patient=patient, staff=user_of(request), **form.minutes_of())
    except DomainError as refusal:
        form.add_error(None, words_of(refusal))
        return _show_time(request, patient_id, form=form, status=409)
    messages.success(request, _("The minutes are logged."))
    return redirect("dashboard:time", patient_id=patient.pk)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def correct_time(request: HttpRequest, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    """One's own entry put right. What it said before is kept, and shown under it."""
    patient, entry = _own_entry(request, patient_id, entry_id, "correct_time")
    if request.method != "POST":
        return _show_entry(request, patient, entry, correction_of(entry))
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _show_entry(request, patient, entry, form, status=422)
    try:
        time_log_correct(
            entry=entry, by=user_of(request), reason=form.cleaned_data["reason"], **form.minutes_of()
        )
    except DomainError as refusal:
        form.add_error(None, words_of(refusal))
        return _show_entry(request, patient, entry, form, status=409)
    messages.success(request, _("The entry is put right; what it said before is kept."))
    return _to_month_of(entry)


@sensitive_post_parameters()
@require_POST
@staff_page
def withdraw_time(request: HttpRequest, patient_id: UUID, entry_id: UUID) -> HttpResponse:
    """One's own entry counts no more."""
    patient, entry = _own_entry(request, patient_id, entry_id, "withdraw_time")
    form = ReasonForm(request.POST)
    try:
        time_log_withdraw(entry=entry, by=user_of(request), reason=form.data.get("reason", "")[:2000])
    except DomainError as refusal:
        messages.error(request, words_of(refusal))
        return redirect("dashboard:correct_time", patient_id=patient.pk, entry_id=entry.pk)
    messages.success(request, _("The entry counts no more; it stays readable."))
    return _to_month_of(entry)


def _own_entry(
    request: HttpRequest, patient_id: UUID, entry_id: UUID, action: str
) -> tuple[Patient, TimeLog]:
    """An entry of the patient that this person wrote. Raises Http404, PermissionDenied for a colleague's."""
    patient = _patient(request, patient_id, action)
    entry = get_object_or_404(TimeLog, pk=entry_id, patient=patient)
    if entry.staff_id != user_of(request).pk:
        raise PermissionDenied
    return patient, entry


def _show_entry(
    request: HttpRequest, patient: Patient, entry: TimeLog, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    who = patient_of(request.user, patient.pk)
    context: dict[str, Any] = {
        **head_context(request, who, "time"),
        "entry": entry,
        "form": form,
        "withdrawal": ReasonForm(auto_id="withdraw-%s"),
    }
    return render(request, "dashboard/time_entry.html", context, status=status)


def _to_month_of(entry: TimeLog) -> HttpResponse:
    response = redirect("dashboard:time", patient_id=entry.patient_id)
    response["Location"] += f"?month={timezone.localtime(entry.started_at):%Y-%m}"
    return response


def _show_plan(
    request: HttpRequest,
    patient_id: UUID,
    *,
    task: TaskForm | None = None,
    threshold: ThresholdForm | None = None,
    status: int = 200,
) -> HttpResponse:
    who = patient_of(request.user, patient_id)
    page = plan_page(who)
    look_record(request, action="view", resource="plan", patient_ids=[who.pk])
    context: dict[str, Any] = {
        **head_context(request, who, "plan"),
        "page": page,
        "task_form": task or TaskForm(),
        "threshold_form": threshold or ThresholdForm(numbers=page.adjustable),
    }
    return render(request, "dashboard/plan.html", context, status=status)


def _show_time(
    request: HttpRequest, patient_id: UUID, *, form: TimeForm | None = None, status: int = 200
) -> HttpResponse:
    who = patient_of(request.user, patient_id)
    page = time_page(who, staff=staff_of(request), asked=request.GET.get("month", ""))
    look_record(request, action="view", resource="time log", patient_ids=[who.pk])
    context: dict[str, Any] = {
        **head_context(request, who, "time"),
        "page": page,
        "form": form or TimeForm(),
    }
    return render(request, "dashboard/time.html", context, status=status)


def _patient(request: HttpRequest, patient_id: UUID, action: str) -> Patient:
    patient = get_object_or_404(
        Patient.objects.visible_to(request.user).select_related("care_team"), pk=patient_id
    )
    clinical(request, patient.care_team_id)
    look_record(request, action=action, resource="plan", patient_ids=[patient.pk])
    return patient


def _led_patient(request: HttpRequest, patient_id: UUID, action: str) -> Patient:
    patient = _patient(request, patient_id, action)
    if staff_of(request).roles.get(patient.care_team_id) != "lead":
        raise PermissionDenied
    return patient
