"""The seam's own words: what a caller does, what a voice model does, what our work reports, what we do.

Pure. The conversation knows these and nothing of Twilio, OpenAI or ElevenLabs; the wire modules translate.
Audio is mu-law at 8,000 Hz: 8 bytes are one millisecond. Payloads stay base64, as they came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from alerts.phrases.model import ScanResult

BYTES_PER_MS = 8


class Speaker(StrEnum):
    """Who said a turn."""

    PATIENT = "patient"
    MAYA = "maya"
    SYSTEM = "system"


class EndReason(StrEnum):
    """Why a call ended. The first five are the model's to give (tool endCall); the rest are the engine's."""

    COMPLETED = "completed"
    PATIENT_REQUEST = "patient_request"
    NOT_VERIFIED = "not_verified"
    WRONG_PERSON = "wrong_person"
    EMERGENCY = "emergency"
    SILENCE = "silence"
    HANGUP = "hangup"
    TIME_LIMIT = "time_limit"
    COST_LIMIT = "cost_limit"
    HUMAN_REQUEST = "human_request"
    OPT_OUT = "opt_out"
    CONTACT_TOLD = "contact_told"  # a call to the emergency contact, answered by somebody
    LINE_DEAD = "line_dead"
    MODEL_LOST = "model_lost"
    BAD_STREAM = "bad_stream"
    SHUTDOWN = "shutdown"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    DETECTOR_DOWN = "detector_down"  # the phrase scanner is not well: nobody of ours may carry the call
    TAKEN_OVER = "taken_over"  # by a member of staff, from the dashboard
    STAFF_ENDED = "staff_ended"


# --- from the phone ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineOpened:
    """The socket speaks; nothing is known yet."""


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The stream's own introduction. `token` is all of its parameters that is believed."""

    stream_sid: str
    call_sid: str
    account_sid: str
    token: str


@dataclass(frozen=True, slots=True)
class CallerAudio:
    """A piece of the caller's voice: `payload` as it came, `audio` the same bytes decoded."""

    payload: str
    audio: bytes


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    """The phone has played everything up to this mark, or has thrown it away after a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the telephone: 0-9, *, #."""

    digit: str


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """A steady tone at the beginning: a mailbox' beep after its greeting, or (`is_fax`) a fax machine."""

    is_fax: bool


@dataclass(frozen=True, slots=True)
class StreamStopped:
    """The phone side has ended the stream."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that means nothing here. `reason` is a stable code, safe to log and count."""

    reason: str


FromPhone: TypeAlias = (
    LineOpened
    | StreamStarted
    | CallerAudio
    | MarkPlayed
    | KeyPressed
    | ToneHeard
    | StreamStopped
    | Unreadable
)

# --- from the model ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The provider has opened a session; it knows nothing of us yet. `expires_at` is Unix seconds or None."""

    session_id: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class SessionConfigured:
    """The provider's account of the session's settings."""

    settings: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The model has begun a reply."""

    reply: str


@dataclass(frozen=True, slots=True)
class ModelAudio:
    """A piece of Maya's voice. `size` is in bytes of mu-law."""

    reply: str
    item: str
    payload: str
    size: int


@dataclass(frozen=True, slots=True)
class ModelAudioDone:
    """No more audio for this item (said also when it was interrupted)."""

    reply: str
    item: str


@dataclass(frozen=True, slots=True)
class ModelWords:
    """The next words of an item's transcript; they run ahead of the audio."""

    reply: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelSaid:
    """An item's whole transcript, as generated (not as heard)."""

    reply: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The provider hears the caller speak. `at_ms` counts the audio sent in this session."""

    item: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The provider hears the caller pause long enough to be done."""

    item: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechCommitted:
    """The caller's segment is part of the conversation."""

    item: str


@dataclass(frozen=True, slots=True)
class PatientSaid:
    """The final transcript of a caller's segment. May come before, during or after the reply to it."""

    item: str
    text: str
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class PatientUnheard:
    """The caller's segment could not be transcribed."""

    item: str
    code: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A completed wish of the model to have a tool run. `arguments` is the JSON text as generated."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What one response or one transcription is billed on. Cached counts are part of the input counts."""

    text_in: int = 0
    text_in_cached: int = 0
    audio_in: int = 0
    audio_in_cached: int = 0
    text_out: int = 0
    audio_out: int = 0
    seconds: float = 0.0

    @property
    def is_empty(self) -> bool:
        return self == Usage()


class ReplyStatus(StrEnum):
    """How a reply ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """A reply is over. `tool_calls` holds finished calls only; `error` is the vendor's code on failure."""

    reply: str
    status: ReplyStatus
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """The provider refused something. Most leave the session alive."""

    code: str
    param: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that we do not act on, or cannot read. `kind` is safe to count."""

    kind: str
    is_malformed: bool = False


FromModel: TypeAlias = (
    SessionOpened
    | SessionConfigured
    | ReplyStarted
    | ModelAudio
    | ModelAudioDone
    | ModelWords
    | ModelSaid
    | SpeechStarted
    | SpeechStopped
    | SpeechCommitted
    | PatientSaid
    | PatientUnheard
    | ReplyEnded
    | Complaint
    | Skipped
)

# --- from our own work -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The session is configured as asked. `is_resumed` after a reconnect or a renewal."""

    expires_in_ms: int | None = None
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class ModelLost:
    """The provider's socket has gone; the bridge is bringing up another."""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool has answered. `alarm` names the emergencies that the model has raised with it, `screen` what to ask."""

    call_id: str
    name: str
    output: str
    is_ok: bool
    answered: tuple[str, ...] = ()
    is_verified: bool | None = None
    tries_left: int | None = None
    end: EndReason | None = None
    alarm: tuple[str, ...] = ()
    screen: str = ""
    found: tuple[str, ...] = ()  # rules of this call so far, as "S07:high"


@dataclass(frozen=True, slots=True)
class AlertCommitted:
    """The alert and its notification jobs are in the database. `found`: rules of this call so far, as "S07:high"."""

    ticket: int
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertFailed:
    """The alert could not be committed in time."""

    ticket: int


FromWork: TypeAlias = SessionReady | ModelLost | ToolFinished | AlertCommitted | AlertFailed

# --- what we do --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Queue this audio on the phone."""

    payload: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Ask the phone to say when everything queued so far has played."""

    name: str


@dataclass(frozen=True, slots=True)
class ClearPhone:
    """Throw away what the phone has not played."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """Tell the model that only the first `at_ms` of an item were heard."""

    item: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Tell the model that nothing of an item was heard."""

    item: str


@dataclass(frozen=True, slots=True)
class AskReply:
    """Ask the model to speak. `wording` is read out word for word when given."""

    wording: str = ""


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stop the model's running reply."""

    reply: str


@dataclass(frozen=True, slots=True)
class AddText:
    """Put a text into the model's conversation, as `speaker`."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class ReturnOutput:
    """Give a tool's result to the model."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a tool and report `ToolFinished`, whatever happens."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class TellFault:
    """Tell the clinic of a fault of ours, by its code."""

    what: str


@dataclass(frozen=True, slots=True)
class RaiseFlags:
    """Commit what the scanner found and report `AlertCommitted` or `AlertFailed` under `ticket`."""

    ticket: int
    result: ScanResult
    text: str
    item: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SaveTurn:
    """Write one turn as it was heard. Times are in ms since the stream began. The same item overwrites."""

    speaker: Speaker
    item: str
    text: str
    start_ms: int
    end_ms: int
    is_interrupted: bool = False
    question_id: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaveUsage:
    """Write what a response or a transcription is billed on. `key` makes it once only."""

    key: str
    kind: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class KeepSegment:
    """The words of a caller's segment are known: its audio may go to analysis."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteProgress:
    """What has been asked and answered so far, and for how long, for the fallback and the record."""

    phase: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    spent_s: Mapping[str, int] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Renew:
    """Replace the provider's session before its limit."""


@dataclass(frozen=True, slots=True)
class ModelStalled:
    """The model gave no reply although one was due. `code` says what is known."""

    code: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Close both sides. Said once; nothing is played after it."""

    reason: EndReason


Action: TypeAlias = (
    Play
    | Mark
    | ClearPhone
    | Truncate
    | Forget
    | AskReply
    | CancelReply
    | AddText
    | ReturnOutput
    | RunTool
    | RaiseFlags
    | TellFault
    | SaveTurn
    | SaveUsage
    | KeepSegment
    | NoteProgress
    | Renew
    | ModelStalled
    | EndCall
)
