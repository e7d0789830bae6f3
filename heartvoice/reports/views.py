"""The weekly report and a patient's data as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from heartvoice.dashboard.looks import look_record
from heartvoice.dashboard.staff import Staff, staff_of, staff_page, user_of
from heartvoice.reports.exports import exporting
from heartvoice.reports.patient_paper import patient_pdf
from heartvoice.reports.patient_rows import CSV_HEADER, csv_rows, summary_of
from heartvoice.reports.spreadsheet import csv_text
from heartvoice.reports.weekly import current_week, weekly_report
from heartvoice.reports.weekly_paper import weekly_pdf
from patients.models import Patient


def report_for(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """The asked week, for one of the person's teams or all of them. Raises Http404."""
    teams = list(staff.roles)
    asked = request.GET.get("team", "")
    if asked:
        teams = [team for team in teams if str(team) == asked]
        if not teams:
            raise Http404
    try:
        return weekly_report(request.GET.get("week") or current_week(), team_ids=teams)
    except (ValueError, OverflowError):
        raise Http404 from None


@require_safe
@staff_page
def weekly_json_view(request: HttpRequest) -> HttpResponse:
    """The figures as JSON."""
    return JsonResponse(report_for(request, staff_of(request)))


@require_safe
@staff_page
def weekly_pdf_view(request: HttpRequest) -> HttpResponse:
    """The figures on paper."""
    staff = staff_of(request)
    report = report_for(request, staff)
    data = weekly_pdf(report, by=user_of(request).get_username(), at=staff.now())
    return _file(data, "application/pdf", f"weekly-report-{report['week']}.pdf")


@require_safe
@staff_page
@exporting
def patient_csv_view(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every check-in of a patient as a spreadsheet."""
    patient = _patient(request, patient_id)
    rows = csv_rows(patient, by=user_of(request).get_username(), at=timezone.now())
    _record(request, patient, "patient_csv", len(rows))
    return _file(csv_text(CSV_HEADER, rows).encode(), "text/csv; charset=utf-8", "check-ins.csv")


@require_safe
@staff_page
@exporting
def patient_pdf_view(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A patient's summary on paper."""
    patient = _patient(request, patient_id)
    staff = staff_of(request)
    summary = summary_of(patient, now=timezone.now())
    _record(request, patient, "patient_pdf", len(summary.records))
    data = patient_pdf(summary, by=user_of(request).get_username(), at=staff.now(), zone=staff.zone)
    return _file(data, "application/pdf", "patient-summary.pdf")


def _patient(request: HttpRequest, patient_id: UUID) -> Patient:
    visible = Patient.objects.visible_to(request.user).select_related("care_team")
    return get_object_or_404(visible, pk=patient_id)


def _record(request: HttpRequest, patient: Patient, resource: str, count: int) -> None:
    look_record(
        request,
        action="export",
        resource=resource,
        patient_ids=[patient.pk],
        purpose="export",
        row_count=count,
    )


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    """The bytes to keep. The name says nothing of the patient: it stays in the browser's list of downloads."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
