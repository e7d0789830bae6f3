"""The words that nurses read for stored codes. One place, translatable; no logic."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.models import AlertEvent
from alerts.words import TASKS as TASKS
from calls.words import CONTACT_RESULTS as CONTACT_RESULTS
from calls.words import END_REASONS as END_REASONS
from calls.words import FALLBACKS as FALLBACKS
from calls.words import FAULTS as FAULTS
from calls.words import NOT_CALLED as NOT_CALLED
from calls.words import SCREENS as SCREENS
from calls.words import TIERS as TIERS
from patients.words import ACTIVITIES as ACTIVITIES
from patients.words import SCALE_NAMES as SCALE_NAMES

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
    "emergency_contact": _("Call to the emergency contact"),
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

# Answers and readings that an alert rests on, by their column.
GIVEN = {
    **{name: QUESTIONS[name] for name in ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty")},
    "quality_of_life": QUESTIONS["quality_of_life"],
    "mood_assessment": QUESTIONS["mood"],
    "weight_change_lb": QUESTIONS["weight_change"],
    "medication_adherence": QUESTIONS["medication"],
    "heart_rate_bpm": _("heart rate (bpm)"),
    "systolic_mmhg": _("systolic blood pressure (mmHg)"),
    "spo2_percent": _("oxygen saturation (%)"),
    "orientation_failed": _("failed orientation answers"),
    "phq2": _("PHQ-2 (0-6)"),
    "kccq12": _("KCCQ-12 summary (0-100)"),
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

STAFF_TASKS = ("call_back", "caregiver_contact", "medication_check", "appointment", "other")

CONFOUNDERS = {
    "cold": _("a cold"),
    "cough": _("a cough"),
    "dentures": _("dentures"),
    "dental_work": _("dental work"),
    "new_inhaler": _("a new inhaler"),
    "lying_down": _("lying down"),
    "loud_room": _("a loud room"),
    "speakerphone": _("speakerphone"),
    "other": _("something else"),
}

HANDOVER_SECTIONS = {
    "open": _("Open alerts"),
    "breached": _("Overdue"),
    "snoozed": _("Snoozed, waking soon"),
    "promised": _("Promised and due"),
    "unreached": _("Not reached"),
}
CHANNELS = {
    "sms": _("text message"),
    "voice": _("voice call"),
    "email": _("e-mail"),
    "dashboard": _("dashboard"),
}

INTERVENTIONS = {"take_over": _("Take over"), "end": _("End the call")}
INTERVENTION_STATES = {
    "asked": _("the telephone rings"),
    "connected": _("talked with the patient"),
    "unanswered": _("not answered: call the patient back"),
    "done": _("done"),
    "failed": _("not possible"),
}
STAFF_CALL_STATES = {
    "ringing": _("your telephone rings"),
    "dialling": _("the patient is called"),
    "ended": _("talked"),
    "unanswered": _("not reached"),
    "failed": _("not placed"),
}

BILL_KINDS = {"response": _("speech"), "transcription": _("transcription"), "minutes": _("minutes")}

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
    "changed_since": _(
        "Something new has come in since you opened this. Read it first; your words are kept."
    ),
    "": _("That is not possible now. The page shows how things stand."),
    "already_claimed": _("Somebody else was first: this alert is already claimed."),
    "owned_by_other": _("Somebody else has this alert."),
    "already_escalated": _("This alert is with that role already: its people have been paged."),
    "wrong_state": _("The alert has moved on. The page shows how things stand."),
    "not_allowed": _("Your role does not allow this."),
    "never_snoozed": _("Critical, high and emergency alerts are never snoozed."),
    "snooze_too_long": _("An alert can sleep for 24 hours at most."),
    "reason_missing": _("Please say why."),
    "bulk_incomplete": _("Choose alerts, and give a reason to snooze them."),
    "disposition_missing": _("Please say what came of it."),
    "note_missing": _("Please add a note."),
    "false_alarm_reason": _("A false alarm, and only that, needs a reason why it was false."),
    "no_phone": _("Your account has no telephone number. Ask an administrator to add it."),
    "carrier": _("The telephone network refuses just now. Nothing has changed; please try again."),
    "softphone": _("This is a training call in a browser: it has no telephone line."),
    "over": _("The call is over already."),
    "not_connected": _("Nobody has answered yet."),
    "taken_over": _("Somebody of the team has this call in hand."),
    "on_call": _("The patient is on the line with Maya. Take that call over instead."),
    "busy": _("A call of yours is under way."),
    "not_planned": _("This call is not planned any more."),
    "bad_time": _("That time is not possible. Please check it."),
    "outside_window": _("That is outside the hours in which the patient may be called."),
    "not_active": _("Calls to this patient are paused or ended."),
    "no_consent": _("There is no consent to AI calls. Ring the patient yourself."),
    "interpreter": _("The patient needs an interpreter."),
    "live_call": _("The patient is on a call."),
    "scanner_down": _("The emergency scanner failed its test: no AI calls until it is well."),
    "nobody_on_call": _("Nobody is on call: no AI calls until somebody is."),
    "bad_patient": _("That is not possible. Please check what you entered."),
    "not_open": _("This task is done already."),
    "already_confirmed": _("This hand-over is confirmed already."),
    "own_handover": _("Somebody of the next shift confirms your hand-over."),
    "note_too_long": _("The note is too long."),
    "time_overlap": _("These minutes overlap others of yours: a minute counts once."),
    "bad_time_log": _("The end must be after the start, within a day, and not in the future."),
    "nothing_changed": _("Nothing differs from what the entry says."),
    "not_your_entry": _("Only whoever wrote an entry puts it right."),
    "entry_withdrawn": _("This entry was withdrawn already."),
    "programme_mix": _("RPM and RTM minutes never fall into the same month for one patient."),
    "threshold_refused": _("The rules do not allow this threshold."),
    "empty_note": _("A note needs some text."),
}

EVENTS = dict(AlertEvent.Kind.choices)

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
