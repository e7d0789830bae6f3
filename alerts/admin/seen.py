"""Alerts and tasks: for looking at."""

from __future__ import annotations

from django.contrib import admin

from alerts.models import Alert, CareTask
from alerts.words import TASKS
from patients.admin_base import ReadOnlyAdmin, by_code


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("who", "severity", "alert_type", "rule_id", "state", "owner", "created_at", "resolved_at")
    list_select_related = ("patient", "owner")
    list_filter = ("state", "severity", "alert_type")


@admin.register(CareTask)
class CareTaskAdmin(ReadOnlyAdmin):
    words = {"kind": TASKS}
    list_display = ("who", "kind", "state", "owner", "due_at", "done_at")
    list_select_related = ("patient", "owner")
    list_filter = ("state", ("kind", by_code(TASKS)))
