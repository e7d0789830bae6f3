"""The words for codes that tasks and notifications store."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

# The kinds that alerts.services.tasks opens, and those that staff write down themselves (STAFF_TASKS).
TASKS = {
    "emergency_contact": _("Reach somebody at once: the line was lost in an emergency"),
    "opted_out": _("Opted out of calls: arrange another way"),
    "human_request": _("Asked to talk with a person"),
    "not_verified": _("Identity was not verified: call by hand"),
    "wrong_number": _("A wrong person answered: check the number"),
    "bad_number": _("Calls do not get through: check the number"),
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
    "repeat": _("again, to whoever has it"),
    "missed": _("missed check-in, to the patient"),
}

# The packaged rules' own words, marked so that `gettext` finds them. A clinic's own rule set keeps its words.
RULE_TITLES = (
    gettext_noop("Chest pain now or within a day"),
    gettext_noop("Chest pain in the last week"),
    gettext_noop("Breathless at rest"),
    gettext_noop("Pink or frothy sputum"),
    gettext_noop("New confusion"),
    gettext_noop("Fall with danger signs"),
    gettext_noop("Fall"),
    gettext_noop("Syncope"),
    gettext_noop("Stroke sign"),
    gettext_noop("Suicidal thought"),
    gettext_noop("Overdose"),
    gettext_noop("Angioedema"),
    gettext_noop("Major bleeding"),
    gettext_noop("Dangerous palpitations"),
    gettext_noop("ICD shock"),
    gettext_noop("Dangerous vital sign"),
    gettext_noop("Line lost after a flag"),
    gettext_noop("Abuse or neglect disclosed"),
    gettext_noop("Rapid weight gain in a day"),
    gettext_noop("Weight gain in a week or in three days"),
    gettext_noop("Weight creeping up"),
    gettext_noop("Weight gain together with worse breathing or sleep"),
    gettext_noop("Rapid weight loss"),
    gettext_noop("New orthopnoea or PND"),
    gettext_noop("Marked breathlessness"),
    gettext_noop("One symptom above baseline"),
    gettext_noop("Several symptoms up, or one that stays up"),
    gettext_noop("Symptom at its worst score"),
    gettext_noop("Warning symptom"),
    gettext_noop("Quality of life down"),
    gettext_noop("Low mood"),
    gettext_noop("Stopped or ran out of a heart medicine"),
    gettext_noop("Heart medicine missed two days running"),
    gettext_noop("Doses missed this week"),
    gettext_noop("One missed dose"),
    gettext_noop("Extra dose"),
    gettext_noop("Sick day"),
    gettext_noop("Interacting drug"),
    gettext_noop("Side effect or question about a medicine"),
    gettext_noop("Voice outside the patient's own baseline"),
    gettext_noop("Voice outside baseline twice running"),
    gettext_noop("Voice change beside an open alert"),
    gettext_noop("Check-in missed"),
    gettext_noop("Two check-ins missed, or one soon after discharge"),
    gettext_noop("Three check-ins missed, or one after a serious alert"),
    gettext_noop("Unresolved doubt about an answer"),
)
RULE_NUMBERS = (
    gettext_noop("alert h"),
    gettext_noop("confidence"),
    gettext_noop("day gain lb"),
    gettext_noop("day loss lb"),
    gettext_noop("days running"),
    gettext_noop("discharge days"),
    gettext_noop("dyspnea rise"),
    gettext_noop("dyspnea score"),
    gettext_noop("failed answers"),
    gettext_noop("faint h"),
    gettext_noop("fall h"),
    gettext_noop("gain lb"),
    gettext_noop("heart rate bpm"),
    gettext_noop("heart rate high bpm"),
    gettext_noop("heart rate low bpm"),
    gettext_noop("highest lb"),
    gettext_noop("jump h"),
    gettext_noop("jump lb"),
    gettext_noop("kccq drop"),
    gettext_noop("kccq drop high"),
    gettext_noop("lowest lb"),
    gettext_noop("missed"),
    gettext_noop("missed week"),
    gettext_noop("mood score"),
    gettext_noop("other rise"),
    gettext_noop("phq2"),
    gettext_noop("recent h"),
    gettext_noop("rise"),
    gettext_noop("running"),
    gettext_noop("scales"),
    gettext_noop("score"),
    gettext_noop("shocks"),
    gettext_noop("silence s"),
    gettext_noop("sleep score"),
    gettext_noop("spo2 critical percent"),
    gettext_noop("spo2 high percent"),
    gettext_noop("symptom h"),
    gettext_noop("systolic mmhg"),
    gettext_noop("tablets"),
    gettext_noop("three day gain kg"),
    gettext_noop("three day h"),
    gettext_noop("unheard confidence"),
    gettext_noop("week gain lb"),
    gettext_noop("week h"),
    gettext_noop("week loss lb"),
    gettext_noop("window h"),
)
RULE_UNITS = (
    gettext_noop("answers"),
    gettext_noop("calls"),
    gettext_noop("check-ins"),
    gettext_noop("doses"),
    gettext_noop("points"),
    gettext_noop("points 0-100"),
    gettext_noop("points 0-6"),
    gettext_noop("scales"),
    gettext_noop("score 0-4"),
    gettext_noop("shocks"),
)


def number_in_words(number: Any) -> str:
    """A number of the rules (alerts.overrides.Adjustable) to choose from, in the reader's language."""
    name, unit = gettext(number.parameter.replace("_", " ")), gettext(number.unit)
    return (
        f"{number.rule_id} {gettext(number.title)}: {name}"
        f" {number.value:g} {unit} ({number.lowest:g} – {number.highest:g})"
    )
