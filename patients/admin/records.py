"""What was answered and written down: for looking at."""

from __future__ import annotations

from django.contrib import admin

from patients.admin_base import ReadOnlyAdmin
from patients.models import PatientNote, PatientRecord, TimeLog
from patients.words import ACTIVITIES


@admin.register(PatientRecord)
class PatientRecordAdmin(ReadOnlyAdmin):
    list_display = ("who", "recorded_at", "is_identity_verified")
    list_select_related = ("patient",)


@admin.register(PatientNote)
class PatientNoteAdmin(ReadOnlyAdmin):
    list_display = ("who", "author", "created_at")
    list_select_related = ("patient", "author")


@admin.register(TimeLog)
class TimeLogAdmin(ReadOnlyAdmin):
    words = {"activity": ACTIVITIES}
    list_select_related = ("patient", "staff")
    list_display = ("who", "staff", "started_at", "ended_at", "activity", "programme", "is_interactive")
    list_filter = ("programme",)
