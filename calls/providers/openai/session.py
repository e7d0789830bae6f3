"""`session.update` from a call plan, and the check that `session.updated` agrees. Pure.

One unknown field makes the server refuse the whole update and run on defaults (wrong audio, no tools), so the
answer is compared with what was asked before any audio flows.
Source: OpenAI API reference, "Realtime: session.update" (GA).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

PHONE_AUDIO = {"type": "audio/pcmu"}
EVENT_ID = "session-config"
#: What the server keeps of a conversation, in tokens besides instructions and tools: three check-ins' worth. When
#: it is full the older half goes at once, because each cut is a cache miss for all that stays. A tighter limit is
#: dearer, not cheaper: at 8,000 tokens a call of a quarter of an hour costs half as much again (tests/bench/cost).
HISTORY_TOKENS = 16_000
HISTORY_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Listening:
    """How the provider hears and ends turns: defaults for a telephone handset and an unhurried speaker."""

    threshold: float = 0.6
    prefix_padding_ms: int = 300
    silence_ms: int = 600
    noise_reduction: str = "near_field"
    transcription_model: str = "gpt-transcribe"
    language: str = "en"
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What a session is to be. `tools` are function schemas in wire shape."""

    instructions: str
    tools: Sequence[Mapping[str, Any]]
    voice: str = "marin"
    speed: float = 1.0
    listening: Listening = Listening()
    is_reasoning_model: bool = True
    max_output_tokens: int = 2048
    history_tokens: int = HISTORY_TOKENS
    history_kept: float = HISTORY_KEPT


def reasons(model: str) -> bool:
    """True for models that take `reasoning` and `parallel_tool_calls`."""
    return model.startswith("gpt-realtime-2")


def session_update(plan: SessionPlan) -> str:
    """The client event that configures the session."""
    return orjson.dumps({"type": "session.update", "event_id": EVENT_ID, "session": session(plan)}).decode()


def session(plan: SessionPlan) -> dict[str, Any]:
    """The session object as asked for."""
    hearing = plan.listening
    transcription: dict[str, Any] = {"model": hearing.transcription_model, "language": hearing.language}
    if hearing.keywords:
        transcription["keywords"] = list(hearing.keywords)
    settings: dict[str, Any] = {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": plan.instructions,
        "audio": {
            "input": {
                "format": PHONE_AUDIO,
                "noise_reduction": {"type": hearing.noise_reduction} if hearing.noise_reduction else None,
                "transcription": transcription,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": hearing.threshold,
                    "prefix_padding_ms": hearing.prefix_padding_ms,
                    "silence_duration_ms": hearing.silence_ms,
                    "create_response": True,
                    "interrupt_response": True,
                },
            },
            "output": {"format": PHONE_AUDIO, "voice": plan.voice, "speed": plan.speed},
        },
        "tools": [dict(tool) for tool in plan.tools],
        "tool_choice": "auto",
        "max_output_tokens": plan.max_output_tokens,
        "truncation": {
            "type": "retention_ratio",
            "retention_ratio": plan.history_kept,
            "token_limits": {"post_instructions": plan.history_tokens},
        },
    }
    if plan.is_reasoning_model:
        settings["reasoning"] = {"effort": "low"}
    return settings


def disagreements(asked: Mapping[str, Any], granted: Mapping[str, Any]) -> list[str]:
    """The fields that the server says it set otherwise. What it does not mention is not held against it."""
    found: list[str] = []
    for path in ("audio.input.format", "audio.output.format"):
        theirs = _at(granted, path)
        kind = theirs.get("type") if isinstance(theirs, Mapping) else theirs
        if kind is not None and kind != PHONE_AUDIO["type"]:
            found.append(path)
    for path in ("instructions", "audio.output.voice", "audio.input.turn_detection.type"):
        theirs = _at(granted, path)
        if theirs is not None and theirs != _at(asked, path):
            found.append(path)
    tools = granted.get("tools")
    if tools is not None and _names(tools) != _names(asked["tools"]):
        found.append("tools")
    modalities = granted.get("output_modalities")
    if modalities is not None and list(modalities) != ["audio"]:
        found.append("output_modalities")
    return found


def _at(tree: Any, path: str) -> Any:
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def _names(tools: Any) -> list[str]:
    try:
        return sorted(str(tool["name"]) for tool in tools)
    except (TypeError, KeyError):
        return []
