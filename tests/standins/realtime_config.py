"""`session.update` as the Realtime API takes it: the effective session, or the error that it answers with.

Source: OpenAI, Realtime API reference (GA), session.update; `openai.types.realtime` 3.54.0.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

VOICES = frozenset({"alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"})
FORMATS = frozenset({"audio/pcm", "audio/pcmu", "audio/pcma"})

KNOWN: dict[str, frozenset[str]] = {
    "session": frozenset(
        {
            "type",
            "output_modalities",
            "instructions",
            "audio",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "reasoning",
            "max_output_tokens",
            "truncation",
            "tracing",
            "include",
            "model",
            "prompt",
        }
    ),
    "session.audio": frozenset({"input", "output"}),
    "session.audio.input": frozenset({"format", "noise_reduction", "transcription", "turn_detection"}),
    "session.audio.output": frozenset({"format", "voice", "speed"}),
    "session.audio.input.turn_detection": frozenset(
        {
            "type",
            "threshold",
            "prefix_padding_ms",
            "silence_duration_ms",
            "idle_timeout_ms",
            "create_response",
            "interrupt_response",
            "eagerness",
        }
    ),
    "session.audio.input.transcription": frozenset(
        {"model", "language", "languages", "keywords", "prompt", "delay"}
    ),
}

DEFAULT: dict[str, Any] = {
    "type": "realtime",
    "object": "realtime.session",
    "output_modalities": ["audio"],
    "instructions": "",
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "noise_reduction": None,
            "transcription": None,
            "turn_detection": {
                "type": "server_vad",
                "threshold": 0.5,
                "prefix_padding_ms": 300,
                "silence_duration_ms": 200,
                "idle_timeout_ms": None,
                "create_response": True,
                "interrupt_response": True,
            },
        },
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.0},
    },
    "tools": [],
    "tool_choice": "auto",
    "max_output_tokens": "inf",
    "truncation": "auto",
    "tracing": None,
    "include": None,
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """The whole update is refused."""

    code: str
    message: str
    param: str | None


def updated(session: dict[str, Any], change: Any) -> dict[str, Any] | Rejected:
    """The session after `change`; one wrong field refuses all of it."""
    if not isinstance(change, dict) or "type" not in change:
        return Rejected(
            "missing_required_parameter", "Missing required parameter: 'session.type'.", "session.type"
        )
    if (problem := _unknown(change, "session") or _invalid(change)) is not None:
        return problem
    return _merged(session, change)


def _unknown(part: dict[str, Any], path: str) -> Rejected | None:
    for name, value in part.items():
        inner = f"{path}.{name}"
        if path in KNOWN and name not in KNOWN[path]:
            return Rejected("unknown_parameter", f"Unknown parameter: '{inner}'.", inner)
        if isinstance(value, dict) and (problem := _unknown(value, inner)) is not None:
            return problem
    return None


def _invalid(change: dict[str, Any]) -> Rejected | None:
    def wrong(param: str) -> Rejected:
        return Rejected("invalid_value", f"Invalid value for '{param}'.", param)

    if change.get("output_modalities", ["audio"]) not in (["audio"], ["text"]):
        return wrong("session.output_modalities")
    audio = change.get("audio", {})
    voice = audio.get("output", {}).get("voice", "marin")
    if isinstance(voice, str) and voice not in VOICES:
        return wrong("session.audio.output.voice")
    for side in ("input", "output"):
        given = audio.get(side, {}).get("format")
        if given is not None and given.get("type") not in FORMATS:
            return wrong(f"session.audio.{side}.format.type")
    return None


def _merged(old: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that are present change; null clears; a tagged union is replaced as a whole."""
    result = deepcopy(old)
    for name, value in change.items():
        before = result.get(name)
        if (
            isinstance(value, dict)
            and isinstance(before, dict)
            and value.get("type") in {None, before.get("type")}
        ):
            result[name] = _merged(before, value)
        else:
            result[name] = deepcopy(value)
    return result
