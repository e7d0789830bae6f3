"""The tools: their schemas as sent to the model, and the strict reading of what comes back. Pure.

The first five are the original design's, name for name. A model's arguments are untrusted input: no extra keys,
ranges and enumerations enforced, no clamping. No tool takes a patient id, number, address or free destination.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from biomarkers.confounders import Confounder

TOOLS: tuple[Mapping[str, Any], ...] = tuple(
    json.loads(Path(__file__).with_name("tools.json").read_text(encoding="utf-8"))
)
MAX_ARGUMENT_CHARS = 8 * 1024


class BadArguments(ValueError):
    """The arguments do not fit the tool. The text is safe to give to the model: names and limits, no values."""


class Tool(StrEnum):
    """The names of the tools."""

    RECORD_VOICE_BIOMARKERS = "recordVoiceBiomarkers"
    UPDATE_PATIENT_RECORD = "updatePatientRecord"
    TRIGGER_ALERT = "triggerAlert"
    SCHEDULE_FOLLOW_UP = "scheduleFollowUp"
    PROVIDE_EDUCATION = "provideEducation"
    VERIFY_IDENTITY = "verifyIdentity"
    RECORD_VITALS = "recordVitals"
    RECORD_VOICE_CONDITIONS = "recordVoiceConditions"
    CHANGE_CALL_TIMES = "changeCallTimes"
    START_SCREEN = "startScreen"
    END_CALL = "endCall"


def _whole(value: Any) -> Any:
    """JSON's numbers have no kinds: 2.0 is 2. A truth value is no number, 2.5 is no whole one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is needed")
    if value != int(value):
        raise ValueError("a whole number is needed")
    return int(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is needed")
    return float(value)


Whole = Annotated[int, BeforeValidator(_whole)]
Scale = Annotated[Whole, Field(ge=0, le=4)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=1_000)]
LongText = Annotated[str, Field(strict=True, max_length=4_000)]
Truth = Annotated[bool, Field(strict=True)]


class Arguments(BaseModel):
    """Arguments of a tool: frozen, nothing extra."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RecordVoiceBiomarkers(Arguments):
    context: Literal["general", "clinical", "emotional"]
    speech_content: Annotated[str, Field(strict=True, max_length=1_000)]
    perceived_voice_quality: Literal["clear", "hoarse", "breathy", "strained", "weak"] | None = None


class Symptoms(Arguments):
    shortness_of_breath: Scale | None = None
    swelling: Scale | None = None
    fatigue: Scale | None = None
    weight_change: Annotated[float, BeforeValidator(_number), Field(ge=-100, le=100)] | None = None
    sleep_difficulty: Scale | None = None


class MedicationAdherence(Arguments):
    ace_inhibitor: Truth | None = None
    beta_blocker: Truth | None = None
    diuretic: Truth | None = None
    missed_doses_week: Annotated[Whole, Field(ge=0, le=100)] | None = None


class UpdatePatientRecord(Arguments):
    symptoms: Symptoms
    medication_adherence: MedicationAdherence | None = None
    quality_of_life: Scale | None = None
    mood_assessment: Scale | None = None
    notes: LongText | None = None


class TriggerAlert(Arguments):
    severity: Literal["low", "medium", "high", "critical"]
    type: Literal["symptom_worsening", "medication_issue", "emergency", "voice_biomarker"]
    description: Text
    recommended_action: Text
    requires_immediate_response: Truth | None = None


class ScheduleFollowUp(Arguments):
    type: Literal["voice_call", "clinic_appointment", "telehealth"]
    urgency: Literal["routine", "priority", "urgent"]
    recommended_timeframe: Annotated[str, Field(strict=True, max_length=200)] | None = None
    reason: Text


class ProvideEducation(Arguments):
    topic: Literal[
        "medication_management", "diet_sodium", "fluid_restriction", "exercise", "symptom_monitoring"
    ]
    patient_specific_context: LongText | None = None
    delivery_method: Literal["verbal_explanation", "follow_up_materials", "demonstration"] | None = None


class VerifyIdentity(Arguments):
    full_name: Annotated[str, Field(strict=True, max_length=160)]
    date_of_birth: Annotated[str, Field(strict=True, max_length=160)]
    speaker_name: Annotated[str, Field(strict=True, max_length=160)] | None = None


class RecordVitals(Arguments):
    weight_lb: Annotated[float, BeforeValidator(_number), Field(ge=60, le=700)] | None = None
    weight_confirmed: Truth | None = None
    heart_rate_bpm: Annotated[Whole, Field(ge=20, le=300)] | None = None
    systolic_mmhg: Annotated[Whole, Field(ge=50, le=300)] | None = None
    spo2_percent: Annotated[Whole, Field(ge=40, le=100)] | None = None


class RecordVoiceConditions(Arguments):
    conditions: list[Confounder]


ClockTime = Annotated[str, Field(strict=True, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class ChangeCallTimes(Arguments):
    not_before: ClockTime | None = None
    not_after: ClockTime | None = None


class StartScreen(Arguments):
    screen: Literal["stroke", "fall", "orientation", "phq2", "steadi"]


class EndCallArguments(Arguments):
    reason: Literal[
        "completed", "patient_request", "human_request", "not_verified", "wrong_person", "emergency"
    ]


AnyArguments: TypeAlias = (
    RecordVoiceBiomarkers
    | UpdatePatientRecord
    | TriggerAlert
    | ScheduleFollowUp
    | ProvideEducation
    | VerifyIdentity
    | RecordVitals
    | RecordVoiceConditions
    | ChangeCallTimes
    | StartScreen
    | EndCallArguments
)

MODELS: Mapping[Tool, type[Arguments]] = {
    Tool.RECORD_VOICE_BIOMARKERS: RecordVoiceBiomarkers,
    Tool.UPDATE_PATIENT_RECORD: UpdatePatientRecord,
    Tool.TRIGGER_ALERT: TriggerAlert,
    Tool.SCHEDULE_FOLLOW_UP: ScheduleFollowUp,
    Tool.PROVIDE_EDUCATION: ProvideEducation,
    Tool.VERIFY_IDENTITY: VerifyIdentity,
    Tool.RECORD_VITALS: RecordVitals,
    Tool.RECORD_VOICE_CONDITIONS: RecordVoiceConditions,
    Tool.CHANGE_CALL_TIMES: ChangeCallTimes,
    Tool.START_SCREEN: StartScreen,
    Tool.END_CALL: EndCallArguments,
}


def read_arguments(name: str, text: str) -> Arguments:
    """The arguments of a tool call. Raises BadArguments for an unknown tool and for anything that does not fit."""
    try:
        model = MODELS[Tool(name)]
    except ValueError:
        raise BadArguments("there is no tool of that name") from None
    if len(text) > MAX_ARGUMENT_CHARS:
        raise BadArguments("the arguments are too long")
    try:
        data = orjson.loads(text or "{}")
    except ValueError:
        raise BadArguments("the arguments are not JSON") from None
    if not isinstance(data, dict):
        raise BadArguments("the arguments are not an object")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = (
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}"
            for e in error.errors(include_input=False)
        )
        raise BadArguments("; ".join(problems)[:400]) from None
