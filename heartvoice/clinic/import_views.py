"""Patients from a spreadsheet: look at it, say every reason against it, take it over when there is none.

Between the dry run and the take-over the file waits sealed in the cache for a quarter of an hour, for the person who
sent it and nobody else. It is never a file on disk and never a value in a page.
"""

from __future__ import annotations

import csv
import io
import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alerts.selectors import ruleset_in_force
from heartvoice.clinic.import_words import reason
from heartvoice.clinic.intake import patients_import
from heartvoice.shared.crypto import open_bytes, seal_bytes
from heartvoice.shared.errors import DomainError, PHIError
from patients.access import access_demand
from patients.importing.check import Newcomer, check_patients
from patients.importing.columns import COLUMNS, EXAMPLE
from patients.importing.table import MAX_BYTES, Problem
from patients.models import CareTeam

WAIT_S = 15 * 60
SHOWN = 500


class ImportForm(forms.Form):
    """Which team gets the patients of which file."""

    team = forms.ModelChoiceField(label=_("Care team"), queryset=CareTeam.objects.none())
    file = forms.FileField(
        label=_("CSV file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = CareTeam.objects.filter(memberships__user=user)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].initial = teams.first()


@require_http_methods(["GET", "HEAD", "POST"])
def import_patients(request: HttpRequest) -> HttpResponse:
    """The form, the dry run's report, or the take-over of what the dry run found clean."""
    if request.method == "POST" and "token" in request.POST:
        return _take_over(request)
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form=form)
    upload = form.cleaned_data["file"]
    data = upload.read(MAX_BYTES + 1)
    newcomers, problems = _checked(request, data)
    _record(request, "import_check", len(newcomers))
    team = form.cleaned_data["team"]
    token = "" if problems else _keep(request, team, data)
    return _page(request, form=form, newcomers=newcomers, problems=problems, team=team, token=token)


def _checked(request: HttpRequest, data: bytes) -> tuple[list[Newcomer], list[Problem]]:
    legal = ruleset_in_force().legal_hours
    return check_patients(data, user=request.user, call_hours=(legal.start, legal.end))


def _take_over(request: HttpRequest) -> HttpResponse:
    team, data = _kept(request)
    if team is None:
        messages.error(request, _("The file was kept for 15 minutes only. Please choose it again."))
        return redirect("admin:patients_import")
    newcomers, problems = _checked(request, data)  # much can happen in a quarter of an hour
    if problems:
        form = ImportForm(user=request.user)
        return _page(request, form=form, newcomers=newcomers, problems=problems, team=team, token="")
    _record(request, "import", len(newcomers))
    try:
        count = patients_import(team=team, newcomers=newcomers, by=request.user)  # type: ignore[arg-type]
    except DomainError:
        form = ImportForm(user=request.user)
        return _page(request, form=form, problems=[Problem(0, "refused")], team=team, token="")
    said = ngettext("%(n)s patient was taken over.", "%(n)s patients were taken over.", count)
    messages.success(request, said % {"n": count})
    return redirect("admin:patients_patient_changelist")


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty spreadsheet with one invented line, to be overwritten."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerow([EXAMPLE.get(column.name, "") for column in COLUMNS])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="patients-template.csv"'
    return response


def _page(
    request: HttpRequest,
    *,
    form: ImportForm,
    newcomers: list[Newcomer] | None = None,
    problems: list[Problem] | None = None,
    team: CareTeam | None = None,
    token: str = "",
) -> HttpResponse:
    found = problems or []
    context = {
        **admin.site.each_context(request),
        "title": _("Import patients"),
        "form": form,
        "columns": COLUMNS,
        "checked": newcomers is not None or bool(found),
        "count": len(newcomers or []),
        "bad_lines": len({problem.line for problem in found}),
        "problems": [(problem.line, problem.column, reason(problem)) for problem in found[:SHOWN]],
        "hidden": max(0, len(found) - SHOWN),
        "team": team,
        "token": token,
    }
    status = 422 if found else 200
    return render(request, "admin/clinic/import.html", context, status=status)


def _record(request: HttpRequest, action: str, count: int) -> None:
    access_demand(
        user=request.user,
        action=action,
        resource="admin:patients.import",
        purpose="admin",
        request=request,
        row_count=count,
    )


def _aad(request: HttpRequest) -> bytes:
    return f"PHI|patients-import|{request.user.pk}".encode()


def _keep(request: HttpRequest, team: CareTeam, data: bytes) -> str:
    token = secrets.token_urlsafe(24)
    sealed = seal_bytes(team.pk.bytes + data, _aad(request))
    cache.set(f"patients-import:{token}", sealed, WAIT_S)
    return token


def _kept(request: HttpRequest) -> tuple[CareTeam | None, bytes]:
    """What this person's dry run left, once."""
    token = request.POST.get("token", "")[:64]
    key = f"patients-import:{token}"
    sealed = cache.get(key)
    if sealed is None or not cache.delete(key):
        return None, b""
    try:
        data = open_bytes(sealed, _aad(request))
    except PHIError:
        return None, b""
    teams = CareTeam.objects.filter(memberships__user=request.user)  # type: ignore[misc]
    team = next((each for each in teams if each.pk.bytes == data[:16]), None)
    return team, data[16:]
