"""The care team's pages. All need a log-in (LoginRequiredMiddleware); what they show goes through `visible_to`."""

from __future__ import annotations

from django.urls import path

from heartvoice.dashboard.views import (
    alerts,
    calls,
    patients,
    preferences,
    report,
    search,
    softphone,
    worklist,
)

app_name = "dashboard"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/<slug:action>/", alerts.act, name="alert_act"),
    path("patients/", patients.patients, name="patients"),
    path("patients/<uuid:patient_id>/", patients.patient, name="patient"),
    path("patients/<uuid:patient_id>/notes/", patients.add_note, name="patient_note"),
    path("calls/", calls.board, name="calls"),
    path("calls/<uuid:call_id>/", calls.call, name="call"),
    path("reports/weekly/", report.weekly, name="weekly_report"),
    path("search/", search.search, name="search"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("favicon.ico", preferences.favicon, name="favicon"),
    path("softphone/", softphone.softphone, name="softphone"),
]
