"""The care team's pages. All need a log-in (LoginRequiredMiddleware); what they show goes through `visible_to`."""

from __future__ import annotations

from django.urls import path

from heartvoice.dashboard.views import (
    alerts,
    calls,
    handover,
    language,
    lines,
    paging,
    patients,
    plan,
    preferences,
    report,
    search,
    simulator,
    softphone,
    worklist,
)

app_name = "dashboard"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("alerts/bulk/", alerts.bulk, name="bulk"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/<slug:action>/", alerts.act, name="alert_act"),
    path("patients/", patients.patients, name="patients"),
    path("patients/<uuid:patient_id>/", patients.patient, name="patient"),
    path("patients/<uuid:patient_id>/notes/", patients.add_note, name="patient_note"),
    path("patients/<uuid:patient_id>/plan/", plan.plan, name="plan"),
    path("patients/<uuid:patient_id>/tasks/", plan.add_task, name="add_task"),
    path("patients/<uuid:patient_id>/tasks/<uuid:task_id>/done/", plan.finish_task, name="finish_task"),
    path("patients/<uuid:patient_id>/thresholds/", plan.set_threshold, name="set_threshold"),
    path(
        "patients/<uuid:patient_id>/thresholds/<uuid:override_id>/revoke/",
        plan.revoke_threshold,
        name="revoke_threshold",
    ),
    path("patients/<uuid:patient_id>/time/", plan.time, name="time"),
    path("patients/<uuid:patient_id>/time/add/", plan.add_time, name="add_time"),
    path("patients/<uuid:patient_id>/time/<uuid:entry_id>/", plan.correct_time, name="correct_time"),
    path(
        "patients/<uuid:patient_id>/time/<uuid:entry_id>/withdraw/", plan.withdraw_time, name="withdraw_time"
    ),
    path("patients/<uuid:patient_id>/call-now/", lines.now, name="call_now"),
    path("patients/<uuid:patient_id>/ring/", lines.ring, name="ring"),
    path("patients/<uuid:patient_id>/pause/", lines.pause, name="pause"),
    path("patients/<uuid:patient_id>/resume/", lines.resume, name="resume"),
    path("calls/", calls.board, name="calls"),
    path("calls/live/", calls.live, name="live"),
    path("calls/<uuid:call_id>/", calls.call, name="call"),
    path("calls/<uuid:call_id>/plan/", calls.booking, name="booking"),
    path("calls/<uuid:call_id>/plan/move/", lines.reschedule, name="reschedule"),
    path("calls/<uuid:call_id>/take-over/", lines.take_over, name="take_over"),
    path("calls/<uuid:call_id>/end/", lines.end, name="end_call"),
    path("handover/", handover.handover, name="handover"),
    path("handover/team/<uuid:team_id>/", handover.give, name="give_handover"),
    path("handover/<uuid:handover_id>/confirm/", handover.confirm, name="confirm_handover"),
    path("banner/", worklist.banner, name="banner"),
    path("reports/weekly/", report.weekly, name="weekly_report"),
    path("rules/", simulator.simulator, name="simulator"),
    path("rules/activate/", simulator.activate, name="activate_rules"),
    path("paging/", paging.paging, name="paging"),
    path("paging/<uuid:team_id>/<int:user_id>/test/", paging.test_page, name="test_page"),
    path("search/", search.search, name="search"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/language/", language.language, name="language"),
    path("favicon.ico", preferences.favicon, name="favicon"),
    path("softphone/", softphone.softphone, name="softphone"),
]
