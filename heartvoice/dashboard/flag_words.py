"""What the phrase scanner and the rules call a sign, in words that a nurse reads. Codes are those of `alerts.phrases`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FLAGS = {
    # emergencies
    "chest_pain": _("chest pain"),
    "severe_dyspnea": _("cannot get enough air"),
    "pink_frothy_sputum": _("pink, frothy sputum"),
    "confusion": _("new confusion"),
    "unresponsive": _("cannot be roused"),
    "fall": _("a fall"),
    "head_injury": _("head injury"),
    "syncope": _("fainted"),
    "stroke_signs": _("signs of a stroke"),
    "suicidal_ideation": _("thoughts of suicide"),
    "overdose": _("overdose"),
    "angioedema": _("swelling of face or throat"),
    "major_bleeding": _("heavy bleeding"),
    "palpitations_severe": _("racing heart with other signs"),
    "icd_shock": _("shock from the ICD"),
    "hypoxia": _("low oxygen"),
    "safeguarding": _("abuse or neglect"),
    "call_lost_after_flag": _("line lost after a warning sign"),
    # symptoms
    "weight_gain": _("weight gain"),
    "weight_loss": _("weight loss"),
    "worsening_dyspnea": _("worse breathing"),
    "orthopnea_pnd": _("breathless lying down or at night"),
    "worsening_edema": _("more swelling"),
    "worsening_fatigue": _("more tired"),
    "dizziness": _("dizziness"),
    "near_fall": _("nearly fell"),
    "palpitations": _("palpitations"),
    "cough_new": _("new cough"),
    "hypotension": _("low blood pressure"),
    "low_mood": _("low mood"),
    "suicide_history": _("earlier suicide attempt"),
    # medicines
    "missed_medication": _("missed medicine"),
    "stopped_medication": _("stopped a medicine"),
    "out_of_medication": _("ran out of a medicine"),
    "extra_dose": _("extra dose"),
    "side_effect": _("side effect"),
    "interacting_drug": _("drug that interacts"),
    "sick_day": _("sick day: fluids or tablets not kept down"),
    "minor_bleeding": _("minor bleeding"),
    "medication_question": _("question about a medicine"),
    # what steers the call
    "opt_out": _("wishes no more calls"),
    "human_request": _("asks for a person"),
    "reschedule": _("asks for another time"),
    "wrong_person": _("wrong person"),
    "third_party_emergency": _("somebody else’s emergency"),
    "injection_attempt": _("tried to instruct the agent"),
}
