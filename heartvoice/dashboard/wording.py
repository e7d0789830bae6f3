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

PATIENT_STATUSES = {"active": _("Active"), "paused": _("Paused"), "ended": _("Ended")}

PURPOSES = {
    "scheduled": _("Check-in"),
    "follow_up": _("Follow-up call"),
    "manual": _("Call placed by staff"),
    "callback": _("Patient called"),
    "emergency_redial": _("Redial after an emergency"),
    "softphone": _("Training softphone"),
}

CALL_STATES = {
    "planned": _("planned"),
    "dialling": _("dialling"),
    "ringing": _("ringing"),
    "in_progress": _("in progress"),
    "completed": _("completed"),
    "no_answer": _("no answer"),
    "busy": _("busy"),
    "failed": _("failed"),
    "canceled": _("cancelled"),
    "interrupted": _("interrupted"),
}

IDENTITY = {
    "not_attempted": _("identity not asked"),
    "pending": _("identity being checked"),
    "verified": _("identity verified"),
    "failed": _("identity not verified"),
}

ANSWERS = {
    "unknown": _("not known"),
    "human": _("a person"),
    "voicemail": _("voicemail"),
    "call_screening": _("call screening"),
    "ivr": _("a phone menu"),
    "fax": _("a fax"),
}

END_REASONS = {
    "completed": _("check-in finished"),
    "patient_request": _("the patient wished to stop"),
    "not_verified": _("identity was not verified"),
    "wrong_person": _("wrong person"),
    "emergency": _("emergency"),
    "silence": _("the patient was silent"),
    "hangup": _("the patient hung up"),
    "time_limit": _("the longest time was reached"),
    "cost_limit": _("the highest cost was reached"),
    "human_request": _("the patient asked for a person"),
    "line_dead": _("the line went dead"),
    "model_lost": _("the voice service was lost"),
    "bad_stream": _("the line sent nonsense"),
    "shutdown": _("the server was restarted"),
    "voicemail": _("voicemail"),
    "failed": _("a fault of ours"),
    "lost": _("contact was lost"),
    "taken_over": _("a nurse took over"),
    "staff_ended": _("ended by staff"),
    "no_answer": _("no answer"),
    "busy": _("busy"),
    "canceled": _("cancelled"),
    "opt_out": _("the patient opted out"),
    "bad_number": _("the number does not work"),
    "not_eligible": _("not called"),
}

QUESTIONS = {
    "wellbeing": _("General well-being"),
    "shortness_of_breath": _("Shortness of breath"),
    "swelling": _("Swelling"),
    "fatigue": _("Fatigue"),
    "sleep_difficulty": _("Sleep difficulty"),
    "chest_pain": _("Chest pain"),
    "fall": _("Falls and fainting"),
    "weight_change": _("Weight change"),
    "medication": _("Missed doses"),
    "mood": _("Mood"),
    "quality_of_life": _("Limits on daily life"),
    "voice_free": _("Free speech"),
}

SPEAKERS = {
    "patient": _("Patient"),
    "caregiver": _("Caregiver"),
    "maya": _("Maya"),
    "system": _("Script"),
}

TOOLS = {
    "recordVoiceBiomarkers": _("Noted the voice"),
    "updatePatientRecord": _("Recorded answers"),
    "triggerAlert": _("Asked for an alert"),
    "scheduleFollowUp": _("Arranged a follow-up"),
    "provideEducation": _("Explained a topic"),
    "verifyIdentity": _("Checked identity"),
    "recordVitals": _("Recorded vitals"),
    "endCall": _("Ended the call"),
}

CONSENTS = {
    "ai_voice_call": _("AI voice calls"),
    "voice_biomarker": _("voice measurement"),
    "voicemail": _("voicemail"),
    "sms": _("text messages"),
    "proxy": _("proxy may answer"),
    "recording": _("recording"),
    "research": _("research export"),
}

# Codes of work that is not an alarm; one without words here is shown as it is stored.
TASKS = {
    "opted_out": _("Opted out of calls: arrange another way"),
    "wrong_number": _("Check the phone number"),
    "identity_failed": _("Identity was not verified: call by hand"),
    "call_back": _("Call back"),
}

ACTIONS = {
    "acknowledge": _("Claim"),
    "start": _("Start"),
    "contact": _("Patient reached"),
    "resolve": _("Resolve"),
    "take_over": _("Take over"),
    "snooze": _("Snooze"),
    "escalate": _("Escalate"),
    "release": _("Give back"),
    "reopen": _("Reopen"),
    "note": _("Add note"),
}

ACTION_KEYS = {
    "acknowledge": "c a",
    "start": "w",
    "contact": "t",
    "resolve": "r",
    "take_over": "o",
    "snooze": "s",
    "escalate": "e",
    "release": "b",
    "reopen": "u",
    "note": "n",
}

REFUSALS = {
    "": _("That is not possible now. The page shows how things stand."),
    "already_claimed": _("Somebody else was first: this alert is already claimed."),
    "owned_by_other": _("Somebody else has this alert."),
    "wrong_state": _("The alert has moved on. The page shows how things stand."),
    "not_allowed": _("Your role does not allow this."),
    "never_snoozed": _("Critical, high and emergency alerts are never snoozed."),
    "snooze_too_long": _("An alert can sleep for 24 hours at most."),
    "reason_missing": _("Please say why."),
    "disposition_missing": _("Please say what came of it."),
    "note_missing": _("Please add a note."),
    "false_alarm_reason": _("A false alarm, and only that, needs a reason why it was false."),
}

EVENTS = {
    "raised": _("Raised"),
    "seen_again": _("Seen again"),
    "worsened": _("Worsened"),
    "acknowledged": _("Claimed"),
    "started": _("Started"),
    "patient_reached": _("Patient reached"),
    "snoozed": _("Snoozed"),
    "woke": _("Woken"),
    "reason_added": _("Another reason"),
    "page_failed": _("A page could not be delivered"),
    "escalated": _("Escalated"),
    "released": _("Given back"),
    "taken_over": _("Taken over"),
    "resolved": _("Resolved"),
    "reopened": _("Opened again"),
    "note": _("Note"),
}

DISPOSITIONS = {
    "emergency_services": _("911 or emergency department"),
    "same_day_visit": _("Same-day visit"),
    "drug_change": _("Drug change by clinician"),
    "education": _("Nurse education"),
    "unreachable": _("Unable to reach the patient"),
    "false_alarm": _("False alarm"),
    "other": _("Other"),
}

FALSE_ALARMS = {
    "misheard": _("Misheard"),
    "known": _("Already known"),
    "wrong_person": _("Wrong person"),
}

ROLES = {
    "primary": _("First on call"),
    "secondary": _("Second on call"),
    "lead": _("Clinical lead on call"),
    "team_lead": _("Team lead"),
}
