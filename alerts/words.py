"""The words for codes that tasks and notifications store. No logic."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The kinds that alerts.services.tasks opens, and those that staff write down themselves (STAFF_TASKS).
TASKS = {
    "emergency_contact": _("Reach somebody at once: the line was lost in an emergency"),
    "opted_out": _("Opted out of calls: arrange another way"),
    "human_request": _("Asked to talk with a person"),
    "not_verified": _("Identity was not verified: call by hand"),
    "wrong_number": _("A wrong person answered: check the number"),
    "bad_number": _("The number cannot be dialled: correct it"),
    "unfinished_check_in": _("Finish the check-in by hand"),
    "no_next_call": _("No next call can be planned"),
    "follow_up": _("Arrange a follow-up"),
    "follow_up_unreached": _("Follow-up call not reached"),
    "call_back": _("Call back"),
    "caregiver_contact": _("Speak with the caregiver"),
    "medication_check": _("Check the medicines"),
    "appointment": _("Arrange an appointment"),
    "other": _("Other"),
}

MESSAGE_PURPOSES = {
    "page": _("page"),
    "escalation": _("escalation"),
    "test": _("test"),
    "heartbeat": _("sign of life"),
    "fault": _("report of a fault"),
}
