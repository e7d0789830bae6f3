"""The words for codes that time logs, consents and the access log store. No logic."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCALE_NAMES = {
    "shortness_of_breath": _("Shortness of breath"),
    "swelling": _("Swelling"),
    "fatigue": _("Fatigue"),
    "sleep_difficulty": _("Sleep difficulty"),
    "mood_assessment": _("Low mood"),
    "quality_of_life": _("Limits on daily life"),
}

# What staff spent minutes on; the codes are stored.
ACTIVITIES = {
    "data_review": _("Reviewed data"),
    "patient_call": _("Talked with the patient"),
    "caregiver_call": _("Talked with the caregiver"),
    "care_coordination": _("Coordinated care"),
    "medication": _("Reviewed medicines"),
    "documentation": _("Documented"),
    "setup": _("Set-up and education"),
}

# The access log. What is not here is a name of the log's own, such as admin:patients.patient.
LOOKS = {
    "list": _("looked at a list"),
    "give": _("handed over"),
    "confirm": _("confirmed"),
    "view": _("opened"),
    "read": _("opened"),
    "change": _("changed"),
    "search": _("searched"),
    "export": _("exported"),
    "print": _("printed"),
    "call": _("called"),
    "import": _("imported"),
    "import_check": _("checked a file"),
    "purge": _("deleted when its time was over"),
}
LOOK_PURPOSES = {
    "care": _("care"),
    "admin": _("administration"),
    "api": _("another program"),
    "operations": _("running the clinic"),
    "export": _("export"),
    "training": _("training"),
    "retention": _("end of the time of keeping"),
}
RESOURCES = {
    "alert": _("alert"),
    "call": _("call"),
    "handover": _("hand-over"),
    "patient": _("patient"),
    "plan": _("care plan"),
    "planned call": _("planned call"),
    "report": _("report"),
    "softphone": _("training telephone"),
    "time log": _("time log"),
    "admin:patients.import": _("import of patients"),
}
OUTCOMES = {"success": _("allowed"), "refused": _("refused"), "denied": _("refused")}
ROLES = {
    "nurse": _("nurse"),
    "lead": _("clinical lead"),
    "admin": _("administrator"),
    "superuser": _("administrator"),
}

# How a consent was given or taken back. The forms offer these; rows may hold other words.
CONSENT_METHODS = {
    "paper": _("on paper"),
    "portal": _("in the portal"),
    "voice": _("by voice"),
    "text message": _("by text message"),
    "in person": _("in person"),
    "administrator": _("by an administrator"),
}
