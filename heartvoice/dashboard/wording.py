"""The words that nurses read for stored codes. One place, translatable; no logic."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SCALE_NAMES = {
    "shortness_of_breath": _("Shortness of breath"),
    "swelling": _("Swelling"),
    "fatigue": _("Fatigue"),
    "sleep_difficulty": _("Sleep difficulty"),
    "mood_assessment": _("Low mood"),
    "quality_of_life": _("Limits on daily life"),
}

# At most six letters: they stand under 40 units of drawing.
SCALE_SHORT_NAMES = {
    "shortness_of_breath": pgettext_lazy("very short scale name", "Breath"),
    "swelling": pgettext_lazy("very short scale name", "Swell"),
    "fatigue": pgettext_lazy("very short scale name", "Tired"),
    "sleep_difficulty": pgettext_lazy("very short scale name", "Sleep"),
}

SEVERITIES = {"critical": _("Critical"), "high": _("High"), "medium": _("Medium"), "low": _("Low")}

ALERT_TYPES = {
    "emergency": _("Emergency"),
    "symptom_worsening": _("Symptoms"),
    "medication_issue": _("Medication"),
    "voice_biomarker": _("Voice"),
    "missed_contact": _("Missed contact"),
}

STATES = {
    "new": _("New"),
    "acknowledged": _("Acknowledged"),
    "in_progress": _("In progress"),
    "snoozed": _("Snoozed"),
    "escalated": _("Escalated"),
    "resolved": _("Resolved"),
    "reopened": _("Reopened"),
}
