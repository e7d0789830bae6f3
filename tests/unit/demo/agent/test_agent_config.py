"""session.update: what is taken, what is refused, and that a refusal changes nothing."""

from typing import Any

import pytest

from heartvoice.demo.agent.wire import config
from heartvoice.demo.agent.wire.refused import Refused

FULL: dict[str, Any] = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": "Be kind.",
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "noise_reduction": {"type": "near_field"},
            "transcription": {"model": "gpt-transcribe", "language": "en", "keywords": ["furosemide"]},
            "turn_detection": {
                "type": "server_vad", "threshold": 0.6, "prefix_padding_ms": 300, "silence_duration_ms": 700,
                "idle_timeout_ms": 10000, "create_response": True, "interrupt_response": True,
            },
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "marin", "speed": 1.0},
    },
    "tools": [{"type": "function", "name": "record", "description": "", "parameters": {"type": "object"}}],
    "tool_choice": "auto",
    "reasoning": {"effort": "low"},
    "max_output_tokens": 1024,
    "truncation": {
        "type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 8000}
    },
    "tracing": None,
    "include": [],
}  # fmt: skip


def fresh() -> config.Config:
    return config.defaults(session_id="sess_1", model="local-maya", expires_at=1)


def with_field(path: str, value: object) -> dict[str, Any]:
    """A session that says nothing but its type and one field."""
    session: dict[str, Any] = {"type": "realtime"}
    *parents, leaf = path.split(".")
    place = session
    for parent in parents:
        place = place.setdefault(parent, {})
    place[leaf] = value
    return session


def test_a_full_session_is_taken_as_asked() -> None:
    after = config.updated(fresh(), FULL)
    assert after["audio"]["input"]["turn_detection"] == FULL["audio"]["input"]["turn_detection"]
    assert after["audio"]["output"] == FULL["audio"]["output"]
    for name in ("instructions", "tools", "max_output_tokens", "truncation", "reasoning"):
        assert after[name] == FULL[name]
    assert (after["id"], after["expires_at"], after["model"]) == ("sess_1", 1, "local-maya")


def test_only_the_fields_that_are_present_change() -> None:
    before = config.updated(fresh(), FULL)
    after = config.updated(before, with_field("instructions", "Be brief."))
    assert after == {**before, "instructions": "Be brief."}


def test_null_clears_and_a_new_object_takes_its_defaults() -> None:
    before = config.updated(fresh(), FULL)
    after = config.updated(before, with_field("audio.input.transcription", None))
    assert after["audio"]["input"]["transcription"] is None
    after = config.updated(before, with_field("audio.input.turn_detection", {"type": "server_vad"}))
    assert after["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("temperature", 0.3, "unknown_parameter"),
        ("modalities", ["text", "audio"], "unknown_parameter"),
        ("audio.input.turn_detection", {"type": "server_vad", "eagerness": "low"}, "unknown_parameter"),
        ("audio.output.voice", "nova", "invalid_value"),
        ("audio.output.speed", 2.0, "invalid_value"),
        ("audio.output.format", {"type": "audio/g711"}, "invalid_value"),
        ("output_modalities", ["text", "audio"], "invalid_value"),
        ("max_output_tokens", 5000, "invalid_value"),
        ("audio.input.turn_detection", {"type": "server_vad", "idle_timeout_ms": 1000}, "invalid_value"),
        ("tool_choice", "maybe", "invalid_value"),
        ("tools", [{"type": "function"}], "missing_required_parameter"),
        ("model", "gpt-realtime-2.1", "invalid_value"),
    ],
)
def test_what_the_api_refuses_is_refused_with_its_code(path: str, value: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        config.updated(fresh(), with_field(path, value))
    assert refused.value.code == code
    assert (refused.value.param or "").startswith(f"session.{path}")


def test_the_type_of_the_session_is_required() -> None:
    with pytest.raises(Refused) as refused:
        config.updated(fresh(), {"instructions": "x"})
    assert (refused.value.code, refused.value.param) == ("missing_required_parameter", "session.type")


def test_the_voice_cannot_change_after_it_was_heard() -> None:
    config.updated(fresh(), with_field("audio.output.voice", "cedar"))
    with pytest.raises(Refused) as refused:
        config.updated(fresh(), with_field("audio.output.voice", "cedar"), has_spoken=True)
    assert refused.value.code == "cannot_update_voice"


def test_overrides_of_one_response_are_checked_too() -> None:
    assert config.response_asked({"instructions": "x", "tool_choice": "none"})["tool_choice"] == "none"
    with pytest.raises(Refused) as refused:
        config.response_asked({"temperature": 1})
    assert (refused.value.code, refused.value.param) == ("unknown_parameter", "response.temperature")
