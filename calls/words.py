"""The words for codes and reasons that calls store. No logic."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
    "detector_down": _("the emergency scanner failed"),
    "lost": _("contact was lost"),
    "taken_over": _("a nurse took over"),
    "staff_ended": _("ended by staff"),
    "contact_told": _("the emergency contact was told"),
    "no_answer": _("no answer"),
    "busy": _("busy"),
    "canceled": _("cancelled"),
    "opt_out": _("the patient opted out"),
    "bad_number": _("the number does not work"),
    "not_eligible": _("not called"),
}

# Why no call is placed, by the scheduler's own words (calls.scheduling.eligibility).
NOT_CALLED = {
    "patient is not active": _("calls are paused or ended"),
    "no consent to AI voice calls": _("no consent to AI calls"),
    "outside the patient's calling hours": _("outside the patient’s hours"),
    "nobody is on call": _("nobody is on call"),
    "needs an interpreter": _("needs an interpreter"),
    "already on a call": _("already on a call"),
    "the emergency phrase scanner failed its self-test": _("the emergency scanner failed its test"),
    "the slot has passed": _("too late for its slot"),
    "already checked in today": _("already checked in today"),
    "the patient has been on the telephone since": _("the patient has been on the telephone since"),
    "no call schedule": _("no call schedule"),
    "the schedule is switched off": _("the schedule is switched off"),
    "no calling hours within 60 days": _("no calling hours within 60 days"),
    "the schedule cannot be read": _("the schedule cannot be read"),
    "planned, but not dialled for a day": _("planned, but not dialled for a day"),
    "the patient asked for no more calls": _("the patient asked for no more calls"),
}

FAULTS = {
    "connection_timeout": _("The voice service did not answer"),
    "rate_limit": _("The voice service was too busy"),
    "refused": _("The voice service refused us"),
    "misconfigured": _("The voice service was not set up as asked"),
    "server_error": _("The voice service failed"),
    "lost": _("The voice service was lost"),
    "audio_error": _("The sound did not arrive"),
}

FALLBACKS = {
    "TryAgain": _("tried again"),
    "TakeNext": _("the next voice service took over"),
    "GoOnWithout": _("recorded questions took over"),
}

# The screens of calls/screens and what they come to.
SCREENS = {
    "suicide": _("Suicide risk: acuity"),
    "suicide_alone": _("Suicide risk: no person could be reached"),
    "present_thoughts": _("Present thoughts of suicide"),
    "fall": _("Fall: danger signs"),
    "stroke": _("Stroke signs (BE-FAST)"),
    "last_well": _("Time last well"),
    "orientation": _("Orientation to time"),
    "breath": _("Breathlessness at rest and chest pain"),
    "warning": _("Fainting and falls"),
    "safety": _("Safe now"),
    "phq2": _("Depression (PHQ-2)"),
    "steadi": _("Fall risk (STEADI)"),
    "medication": _("Medicines"),
    "weight": _("Weight"),
}
TIERS = {
    "acute": _("acute: thoughts now"),
    "highest": _("highest: plan, intent or an attempt"),
    "non-acute": _("not acute"),
    "none": _("no present thoughts"),
    "danger signs": _("danger signs"),
    "no danger sign": _("no danger sign"),
    "sign present": _("a sign is present"),
    "no sign": _("no sign"),
    "told": _("told: see the transcript"),
    "oriented": _("oriented"),
    "disoriented": _("disoriented"),
    "now": _("an emergency now"),
    "not now": _("not now"),
    "fell": _("a fall"),
    "safe now": _("safe now"),
    "not safe": _("not safe"),
    "negative": _("negative"),
    "positive": _("positive"),
    "answered": _("answered"),
    "not answered": _("not answered"),
}
WORRYING_TIERS = frozenset(
    {"acute", "highest", "danger signs", "sign present", "disoriented", "now", "not safe", "positive"}
)
REPLIES = {
    "yes": _("yes"),
    "no": _("no"),
    "unsure": _("not clear"),
    "silent": _("no reply"),
    "right": _("right"),
    "wrong": _("wrong"),
    "told": _("told: see the transcript"),
    "0": _("not at all (0)"),
    "1": _("several days (1)"),
    "2": _("more than half the days (2)"),
    "3": _("nearly every day (3)"),
}
CONTACT_RESULTS = {
    "will_check": _("will look after the patient"),
    "connected": _("was put through to the nurse line"),
    "no_answer": _("heard the message and pressed no key"),
}
