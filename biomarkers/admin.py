"""Voice measurements, for looking at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from patients.admin_base import ReadOnlyAdmin


@admin.register(VoiceBiomarker)
class VoiceBiomarkerAdmin(ReadOnlyAdmin):
    list_display = ("who", "state", "context", "algorithm_version", "created_at", "measured_at", "attempts")
    list_filter = ("state", "algorithm_version")
    list_select_related = ("patient",)


@admin.register(CallVoice)
class CallVoiceAdmin(ReadOnlyAdmin):
    list_display = ("who", "at", "algorithm_version", "is_usable", "composite_z", "is_outside_baseline")
    list_filter = ("is_usable", "is_outside_baseline")
    list_select_related = ("patient",)


BEGINNINGS = {"first": _("the first of this patient"), **dict(Baseline.End.choices)}


@admin.register(Baseline)
class BaselineAdmin(ReadOnlyAdmin):
    words = {"reason": BEGINNINGS}
    list_display = ("who", "channel", "algorithm_version", "calls_n", "frozen_at", "superseded_at", "reason")
    list_select_related = ("patient",)
