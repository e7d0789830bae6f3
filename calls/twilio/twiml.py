"""TwiML: what the telephone network does next. Pure, from approved wording; nothing of a patient in it.

Source: Twilio docs, "TwiML for Programmable Voice": Connect, Stream, Gather, Dial, Say.
"""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

VOICES = {"en": ("Polly.Joanna-Neural", "en-US"), "es": ("Polly.Lupe-Neural", "es-US")}
DIAL_SECONDS = 25
GATHER_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Twilio finds us. All absolute, none with a patient in it."""

    media: str
    ended: str
    stream_status: str
    questionnaire: str
    nurse_whisper: str
    nurse_result: str


def stream(where: Addresses, token: str) -> str:
    """Connect the call to us, both ways; when the stream ends for whatever reason, ask `ended`."""
    response = VoiceResponse()
    connect = Connect(action=where.ended, method="POST")
    leg = connect.stream(url=where.media, status_callback=where.stream_status, status_callback_method="POST")
    leg.parameter(name="session_token", value=token)
    response.append(connect)
    return str(response)


def _say(response: VoiceResponse | Gather, text: str, language: str) -> None:
    voice, locale = VOICES.get(language, VOICES["en"])
    response.say(text, voice=voice, language=locale)


def say_and_hang_up(text: str, language: str = "en") -> str:
    """One sentence, then the line closes."""
    response = VoiceResponse()
    _say(response, text, language)
    response.hangup()
    return str(response)


def hang_up() -> str:
    """The line closes."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def nothing() -> str:
    """An empty answer, for callbacks whose reply is not used."""
    return str(VoiceResponse())


def go_to(url: str) -> str:
    """Ask that address what to do."""
    response = VoiceResponse()
    response.redirect(url, method="POST")
    return str(response)


def ask(*, text: str, hint: str, action: str, language: str, digits: int | None = 1, repeat: str = "") -> str:
    """One question, answered by voice or keys; `action` is asked even when nothing comes."""
    response = VoiceResponse()
    if repeat:
        _say(response, repeat, language)
    gather = Gather(
        input="dtmf speech",
        action=action,
        method="POST",
        timeout=GATHER_SECONDS,
        speech_timeout="auto",
        num_digits=digits,
        action_on_empty_result=True,
        language=VOICES.get(language, VOICES["en"])[1],
    )
    _say(gather, f"{text} {hint}".strip(), language)
    response.append(gather)
    return str(response)


def dial_nurse(where: Addresses, *, number: str, caller_id: str, text: str, language: str) -> str:
    """Ring a person, who must press a key to take the call; `nurse_result` is asked what came of it."""
    response = VoiceResponse()
    if text:
        _say(response, text, language)
    dial = Dial(
        action=where.nurse_result,
        method="POST",
        timeout=DIAL_SECONDS,
        caller_id=caller_id,
        answer_on_bridge=True,
    )
    dial.number(number, url=where.nurse_whisper, method="POST")
    response.append(dial)
    return str(response)


def dial_patient(*, number: str, caller_id: str, result: str, text: str) -> str:
    """Connect a member of staff, who is on the line, with a patient; `result` is asked what came of it."""
    response = VoiceResponse()
    _say(response, text, "en")
    dial = Dial(
        action=result, method="POST", timeout=DIAL_SECONDS, caller_id=caller_id, answer_on_bridge=True
    )
    dial.number(number)
    response.append(dial)
    return str(response)


def whisper(*, text: str, action: str) -> str:
    """What the person hears who is rung: press 1 to accept; anything else, or nothing, is no."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=action, method="POST", timeout=10, num_digits=1)
    _say(gather, text, "en")
    response.append(gather)
    response.hangup()
    return str(response)
