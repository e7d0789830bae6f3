"""Which of our values is which observation: LOINC and UCUM where there is a standard code, our own where there is none.

LOINC codes are from the US Core vital signs profiles; the 0-4 symptom scales have no LOINC term and keep local codes.
"""

from __future__ import annotations

from dataclasses import dataclass

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of observation. `slug` ends its id; `field` is the column or feature; `loinc` may be empty."""

    slug: str
    field: str
    text: str
    category: str
    loinc: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    ucum: str = ""
    factor: float = 1.0


VITALS = (
    Kind("weight", "weight_lb", "Body weight", "vital-signs", (("29463-7", "Body weight"),), "lb", "[lb_av]"),
    Kind("heart-rate", "heart_rate_bpm", "Heart rate", "vital-signs", (("8867-4", "Heart rate"),), "/min", "/min"),
    Kind("blood-pressure", "systolic_mmhg", "Blood pressure", "vital-signs",
         (("85354-9", "Blood pressure panel with all children optional"),), "mmHg", "mm[Hg]"),
    Kind("spo2", "spo2_percent", "Oxygen saturation", "vital-signs",
         (("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
          ("2708-6", "Oxygen saturation in Arterial blood")), "%", "%"),
)  # fmt: skip
SYMPTOMS = (
    Kind("breath", "shortness_of_breath", "Shortness of breath, 0 (none) to 4 (severe)", "survey"),
    Kind("swelling", "swelling", "Swelling, 0 (none) to 4 (severe)", "survey"),
    Kind("fatigue", "fatigue", "Fatigue, 0 (none) to 4 (severe)", "survey"),
    Kind("sleep", "sleep_difficulty", "Sleep difficulty, 0 (none) to 4 (severe)", "survey"),
    Kind("life", "quality_of_life", "Effect on quality of life, 0 (none) to 4 (severe)", "survey"),
    Kind("mood", "mood_assessment", "Low mood, 0 (none) to 4 (severe)", "survey"),
    Kind(
        "weight-change",
        "weight_change_lb",
        "Weight change told by the patient",
        "survey",
        (),
        "lb",
        "[lb_av]",
    ),
    Kind("missed-doses", "missed_doses_week", "Doses missed in a week", "survey", (), "doses", "{dose}"),
)
VOICE = (
    Kind("voice-pauses", "pause_ratio", "Pauses in speech", "exam", (), "%", "%", 100.0),
    Kind("voice-phrase", "mean_phrase_s", "Mean phrase length", "exam", (), "s", "s"),
    Kind("voice-rate", "speech_rate", "Speech rate", "exam", (), "syllables/s", "{syllable}/s"),
    Kind("voice-pitch", "f0_median", "Median pitch", "exam", (), "Hz", "Hz"),
    Kind("voice-hnr", "hnr", "Harmonics-to-noise ratio", "exam", (), "dB", "dB"),
    Kind("voice-cpps", "cpps", "Smoothed cepstral peak prominence", "exam", (), "dB", "dB"),
    Kind("voice-jitter", "jitter_ppq5", "Jitter (ppq5)", "exam", (), "%", "%", 100.0),
    Kind("voice-shimmer", "shimmer", "Shimmer", "exam", (), "%", "%", 100.0),
)
CATEGORY_WORDS = {"vital-signs": "Vital Signs", "survey": "Survey", "exam": "Exam"}
OF_RECORD = (*VITALS, *SYMPTOMS)
BY_SLUG = {kind.slug: kind for kind in (*OF_RECORD, *VOICE)}
