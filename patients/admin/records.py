"""What was answered and written down: for looking at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from patients.admin_base import NotAdded, NotChanged, NotDeleted, ReadOnlyAdmin
from patients.models import PatientNote, PatientRecord, TimeLog, TimeLogChange
from patients.words import ACTIVITIES


@admin.register(PatientRecord)
class PatientRecordAdmin(ReadOnlyAdmin):
    list_display = ("who", "recorded_at", "is_identity_verified")
    list_select_related = ("patient",)


@admin.register(PatientNote)
class PatientNoteAdmin(ReadOnlyAdmin):
    list_display = ("who", "author", "created_at")
    list_select_related = ("patient", "author")


class TimeLogChangeInline(NotAdded, NotChanged, NotDeleted, admin.StackedInline):
    """What the entry said before each correction, by whom it was corrected and why."""

    model = TimeLogChange
    extra = 0
    fields = (
        ("created_at", "by", "is_withdrawal"),
        "reason",
        ("started_at", "ended_at"),
        ("activity_in_words", "programme", "is_interactive"),
    )
    readonly_fields = ("created_at", "activity_in_words")

    @admin.display(description=_("activity"))
    def activity_in_words(self, row: TimeLogChange) -> Any:
        return ACTIVITIES.get(row.activity, row.activity)


@admin.register(TimeLog)
class TimeLogAdmin(ReadOnlyAdmin):
    words = {"activity": ACTIVITIES}
    list_select_related = ("patient", "staff")
    list_display = ("who", "staff", "started_at", "ended_at", "activity", "programme", "is_interactive")
    list_filter = ("programme",)
    inlines = (TimeLogChangeInline,)
