"""What a model may ask for: strict reading, nothing clamped, the original's schemas."""

import json

import pytest

from calls.tools.schemas import (
    MODELS,
    TOOLS,
    BadArguments,
    EndCallArguments,
    Tool,
    UpdatePatientRecord,
    read_arguments,
)

GOOD = {
    "recordVoiceBiomarkers": {"context": "clinical", "speech_content": "her sleep"},
    "updatePatientRecord": {"symptoms": {"swelling": 2, "weight_change": 3.5}, "mood_assessment": 1},
    "triggerAlert": {
        "severity": "high",
        "type": "symptom_worsening",
        "description": "weight up",
        "recommended_action": "call",
        "requires_immediate_response": False,
    },
    "scheduleFollowUp": {"type": "voice_call", "urgency": "priority", "reason": "check weight"},
    "provideEducation": {"topic": "diet_sodium"},
    "verifyIdentity": {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"},
    "recordVitals": {"weight_lb": 182.5, "spo2_percent": 95},
    "recordVoiceConditions": {"conditions": ["cold", "speakerphone"]},
    "changeCallTimes": {"not_before": "10:30", "not_after": "18:00"},
    "startScreen": {"screen": "stroke"},
    "endCall": {"reason": "completed"},
}


@pytest.mark.parametrize("name", GOOD)
def test_good_arguments_are_read(name: str) -> None:
    assert read_arguments(name, json.dumps(GOOD[name])).model_dump(exclude_none=True) == GOOD[name]


def test_each_tool_has_a_schema_and_a_reader_with_the_same_fields() -> None:
    assert [tool["name"] for tool in TOOLS] == [
        "recordVoiceBiomarkers",
        "updatePatientRecord",
        "triggerAlert",
        "scheduleFollowUp",
        "provideEducation",
        "verifyIdentity",
        "recordVitals",
        "recordVoiceConditions",
        "changeCallTimes",
        "startScreen",
        "endCall",
    ]
    for tool in TOOLS:
        model = MODELS[Tool(tool["name"])]
        assert set(tool["parameters"]["properties"]) == set(model.model_fields)
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert set(tool["parameters"].get("required", ())) == required


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("noSuchTool", "{}"),
        ("endCall", "{"),
        ("endCall", "[]"),
        ("endCall", "null"),
        ("endCall", '{"reason":"because"}'),
        ("endCall", '{"reason":"completed","patient_id":"7"}'),
        ("updatePatientRecord", "{}"),
        ("updatePatientRecord", '{"symptoms":{"swelling":5}}'),
        ("updatePatientRecord", '{"symptoms":{"swelling":-1}}'),
        ("updatePatientRecord", '{"symptoms":{"swelling":2.5}}'),
        ("updatePatientRecord", '{"symptoms":{"swelling":true}}'),
        ("updatePatientRecord", '{"symptoms":{"swelling":"2"}}'),
        ("updatePatientRecord", '{"symptoms":{"weight_change":9999}}'),
        ("updatePatientRecord", '{"symptoms":{"weight_change":NaN}}'),
        ("updatePatientRecord", '{"symptoms":{"weight_change":1e999}}'),
        ("updatePatientRecord", '{"symptoms":{"pain":1}}'),
        ("updatePatientRecord", '{"symptoms":{},"patient_id":"7"}'),
        ("updatePatientRecord", '{"symptoms":{},"medication_adherence":{"diuretic":"yes"}}'),
        ("recordVitals", '{"weight_lb":9999}'),
        ("recordVitals", '{"weight_lb":"NaN"}'),
        ("recordVitals", '{"spo2_percent":101}'),
        (
            "triggerAlert",
            '{"severity":"apocalyptic","type":"emergency","description":"a","recommended_action":"b"}',
        ),
        ("triggerAlert", '{"severity":"low","type":"emergency","description":"","recommended_action":"b"}'),
        ("verifyIdentity", '{"full_name":7,"date_of_birth":"x"}'),
        ("scheduleFollowUp", json.dumps(GOOD["scheduleFollowUp"] | {"phone": "+1555"})),
        ("updatePatientRecord", '{"symptoms":{},"notes":"' + "x" * 9_000 + '"}'),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: str) -> None:
    with pytest.raises(BadArguments):
        read_arguments(name, arguments)


def test_a_refusal_quotes_no_value() -> None:
    with pytest.raises(BadArguments) as refused:
        read_arguments("updatePatientRecord", '{"symptoms":{"swelling":"Joan Baker"}}')
    assert "Joan" not in str(refused.value) and "swelling" in str(refused.value)


def test_whole_numbers_may_come_with_a_decimal_point() -> None:
    read = read_arguments("updatePatientRecord", '{"symptoms":{"swelling":2.0}}')
    assert isinstance(read, UpdatePatientRecord) and read.symptoms.swelling == 2


def test_the_reasons_to_end_are_those_of_the_engine() -> None:
    assert read_arguments("endCall", '{"reason":"emergency"}') == EndCallArguments(reason="emergency")
