"""The session's configuration: what `session.update` may hold, and what is in force after it.

One unknown field refuses the whole update (`unknown_parameter`), as the API does. Only the fields that are
present change; null clears. Source: OpenAI Realtime API reference, client events `session.update` (2026-07).
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from heartvoice.demo.agent.wire.refused import Refused

Config = dict[str, Any]

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
MAX_SESSION_S = 3600
_UNION_TAGS = {"server_vad", "semantic_vad", "audio/pcmu", "audio/pcm", "function"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _voice(value: object) -> object:
    named = isinstance(value, str) and value in VOICES
    custom = isinstance(value, Mapping) and set(value) == {"id"} and str(value["id"]).startswith("voice_")
    if not (named or custom or value is None):
        supported = ", ".join(f"'{voice}'" for voice in VOICES)
        raise PydanticCustomError("voice", f"Invalid value. Supported values are: {supported}.")
    return value


def _tool_choice(value: object) -> object:
    forced = (
        isinstance(value, Mapping) and value.get("type") == "function" and isinstance(value.get("name"), str)
    )
    if value not in ("auto", "none", "required") and not forced:
        raise PydanticCustomError(
            "tool_choice", "Invalid value. Supported values are: 'auto', 'none', 'required'."
        )
    return value


class _Pcmu(_Strict):
    type: Literal["audio/pcmu"]


class _Pcm(_Strict):
    type: Literal["audio/pcm"]
    rate: Literal[24000] = 24000


_Format = Annotated[_Pcmu | _Pcm, Field(discriminator="type")]


class _NoiseReduction(_Strict):
    type: Literal["near_field", "far_field"]
    strength: float = Field(default=1.0, ge=0)


class _Transcription(_Strict):
    model: str = "gpt-transcribe"
    language: str | None = None
    languages: list[str] | None = None
    keywords: list[str] | None = None
    prompt: str | None = None
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


class _ServerVad(_Strict):
    type: Literal["server_vad"]
    threshold: float = Field(default=0.5, ge=0, le=1)
    prefix_padding_ms: int = Field(default=300, ge=0)
    silence_duration_ms: int = Field(default=500, ge=0)
    idle_timeout_ms: int | None = Field(default=None, ge=5000, le=30000)
    create_response: bool = True
    interrupt_response: bool = True


class _SemanticVad(_Strict):
    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True


class _Input(_Strict):
    format: _Format | None = None
    noise_reduction: _NoiseReduction | None = None
    transcription: _Transcription | None = None
    turn_detection: Annotated[_ServerVad | _SemanticVad, Field(discriminator="type")] | None = None


class Output(_Strict):
    """`audio.output` of a session, and of one response."""

    format: _Format | None = None
    voice: Annotated[object, BeforeValidator(_voice)] = None
    speed: float | None = Field(default=None, ge=0.25, le=1.5)


class _Audio(_Strict):
    input: _Input | None = None
    output: Output | None = None


class Tool(_Strict):
    """A function that the model may call."""

    type: Literal["function"]
    name: str = Field(min_length=1, max_length=64)
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Reasoning(_Strict):
    effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


class _TokenLimits(_Strict):
    post_instructions: int | None = Field(default=None, ge=0)


class _RetentionRatio(_Strict):
    type: Literal["retention_ratio"]
    retention_ratio: float = Field(ge=0, le=1)
    token_limits: _TokenLimits | None = None


class _Tracing(_Strict):
    workflow_name: str | None = None
    group_id: str | None = None
    metadata: dict[str, Any] | None = None


Modalities = Annotated[list[Literal["audio", "text"]], Field(min_length=1, max_length=1)]
MaxTokens = Annotated[int, Field(ge=1, le=4096)] | Literal["inf"]
ToolChoice = Annotated[object, BeforeValidator(_tool_choice)]


class _Session(_Strict):
    type: Literal["realtime"]
    model: str | None = None
    output_modalities: Modalities | None = None
    instructions: str | None = None
    audio: _Audio | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice = "auto"
    parallel_tool_calls: bool | None = None
    reasoning: _Reasoning | None = None
    max_output_tokens: MaxTokens | None = None
    truncation: Literal["auto", "disabled"] | _RetentionRatio | None = None
    tracing: Literal["auto"] | _Tracing | None = None
    include: list[Literal["item.input_audio_transcription.logprobs"]] | None = None
    prompt: None = None


def defaults(*, session_id: str, model: str, expires_at: int) -> Config:
    """The configuration of a session that nothing was asked of. `expires_at` in seconds since 1970."""
    vad = _ServerVad(type="server_vad").model_dump()
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": _Pcm(type="audio/pcm").model_dump(),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": vad,
            },
            "output": {"format": _Pcm(type="audio/pcm").model_dump(), "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def updated(current: Config, patch: object, *, has_spoken: bool = False) -> Config:
    """The configuration after `session.update` with `patch`. Raises Refused, and then nothing has changed."""
    if not isinstance(patch, Mapping):
        raise Refused("invalid_type", "Invalid type for 'session': expected an object.", "session")
    asked = _checked(_Session, patch, "session")
    if asked.get("model") not in (None, current["model"]):
        raise Refused("invalid_value", "The model of a session cannot be changed.", "session.model")
    after = deepcopy(current)
    audio = asked.pop("audio", None) or {}
    after.update({key: value for key, value in asked.items() if key != "model"})
    for side in ("input", "output"):
        after["audio"][side].update(audio.get(side) or {})
    if has_spoken and after["audio"]["output"]["voice"] != current["audio"]["output"]["voice"]:
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise Refused("cannot_update_voice", message, "session.audio.output.voice")
    return after


def _checked(model: type[BaseModel], value: Mapping[str, Any], where: str) -> Config:
    """The fields that were given, defaults of nested objects filled in. Raises Refused for the first fault."""
    try:
        parsed = model.model_validate(dict(value))
    except ValidationError as error:
        raise _refusal(error.errors()[0], where) from None
    return _given(parsed)


def _given(parsed: BaseModel) -> Config:
    """Like `exclude_unset`, but an object that replaces another one carries its defaults."""
    out: Config = {}
    for name in parsed.model_fields_set:
        value = getattr(parsed, name)
        partial = isinstance(value, _Audio | _Input | Output)
        if isinstance(value, list):
            out[name] = [
                each.model_dump(exclude_none=True) if isinstance(each, BaseModel) else each for each in value
            ]
        elif isinstance(value, BaseModel):
            out[name] = _given(value) if partial else value.model_dump()
        else:
            out[name] = value
    return out


def _refusal(fault: ErrorDetails, where: str) -> Refused:
    path = [each for each in fault["loc"] if each not in _UNION_TAGS and not str(each)[:1].isupper()]
    param = where
    for each in path:
        param += f"[{each}]" if isinstance(each, int) else f".{each}"
    match fault["type"]:
        case "extra_forbidden":
            return Refused("unknown_parameter", f"Unknown parameter: '{param}'.", param)
        case "missing":
            return Refused("missing_required_parameter", f"Missing required parameter: '{param}'.", param)
        case _:
            return Refused("invalid_value", f"Invalid value for '{param}': {fault['msg']}", param)


class _ResponseAudio(_Strict):
    output: Output | None = None


class _ResponseAsked(_Strict):
    conversation: Literal["auto", "none"] = "auto"
    input: list[dict[str, Any]] | None = None
    instructions: str | None = None
    output_modalities: Modalities | None = None
    audio: _ResponseAudio | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice = "auto"
    parallel_tool_calls: bool | None = None
    max_output_tokens: MaxTokens | None = None
    reasoning: _Reasoning | None = None
    metadata: dict[str, Annotated[str, Field(max_length=512)]] | None = Field(default=None, max_length=16)
    prompt: None = None


def response_asked(value: object) -> Config:
    """The overrides of `response.create`. Raises Refused."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused("invalid_type", "Invalid type for 'response': expected an object.", "response")
    return _checked(_ResponseAsked, value, "response")
