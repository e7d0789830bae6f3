"""The seam to the outside: one function per channel, each sends one message or raises ChannelError.

What is sent holds no health data: no name, no number of a patient, no symptom. Errors carry a code, never a body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from smtplib import SMTPException

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.mail import get_connection, send_mail
from redis.exceptions import RedisError
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.twiml.voice_response import Gather, VoiceResponse

from alerts.page_texts import VOICES, reply_text

TIMEOUT_S = 8.0
TOO_MANY = 429
SERVER_ERROR = 500
RING_S = 30
MAIL_NOT_CONFIGURED = "mail_not_configured"
PROBE_GROUP = "heartbeat"  # nobody listens: the channel's own server answers


class ChannelError(Exception):
    """A message could not be sent. `permanent`: trying again cannot help; `code` is safe to store and to show."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Sent:
    """What the provider calls the message. `done`: there will be no further receipt."""

    sid: str = ""
    done: bool = False


def sms_send(*, to: str, body: str, callback: str) -> Sent:
    """A text message handed to Twilio; receipts come to `callback`."""
    sender = (
        {"messaging_service_sid": settings.TWILIO_MESSAGING_SERVICE_SID}
        if settings.TWILIO_MESSAGING_SERVICE_SID
        else {"from_": settings.TWILIO_FROM_NUMBER}
    )
    with _telling_why():
        message = _client().messages.create(to=_number(to), body=body, status_callback=callback, **sender)
        return Sent(message.sid or "")


def voice_send(*, to: str, spoken: str, answer_url: str, callback: str, language: str = "en") -> Sent:
    """A call that says the words and asks for a 1; the digit goes to `answer_url`, the outcome to `callback`."""
    with _telling_why():
        call = _client().calls.create(
            to=_number(to),
            from_=settings.TWILIO_FROM_NUMBER,
            twiml=page_twiml(spoken, answer_url, language),
            timeout=RING_S,
            status_callback=callback,
            status_callback_event=["completed"],
            status_callback_method="POST",
        )
        return Sent(call.sid or "")


def page_twiml(spoken: str, answer_url: str, language: str = "en") -> str:
    """Say it twice and wait for a digit each time."""
    response = VoiceResponse()
    voice = VOICES[language]
    for _ in range(2):
        gather = Gather(input="dtmf", num_digits=1, timeout=6, action=answer_url, method="POST")
        gather.say(spoken, language=voice)
        response.append(gather)
    response.say(reply_text("no_key", language), language=voice)
    return str(response)


def email_send(*, to: str, subject: str, body: str) -> Sent:
    """An e-mail handed to the mail server."""
    if not is_mail_configured():
        raise ChannelError(MAIL_NOT_CONFIGURED, permanent=True)
    if not to:
        raise ChannelError("no_address", permanent=True)
    try:
        accepted = send_mail(subject, body, None, [to], fail_silently=False)
    except (SMTPException, OSError) as error:
        raise ChannelError(f"mail_{type(error).__name__}", permanent=False) from None
    if not accepted:
        raise ChannelError("mail_refused", permanent=False)
    return Sent(done=True)


def is_mail_configured() -> bool:
    """False where mail is thrown away: no EMAIL_URL is set."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"


def mail_heartbeat() -> None:
    """Return if the mail server takes our connection; raise ChannelError if not. Sends nothing to anybody."""
    if not is_mail_configured():
        raise ChannelError(MAIL_NOT_CONFIGURED, permanent=True)
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
        connection.close()
    except (SMTPException, OSError) as error:
        raise ChannelError(f"mail_{type(error).__name__}", permanent=False) from None


def dashboard_heartbeat() -> None:
    """Return if the live channel to open pages takes a message; raise ChannelError if not."""
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(PROBE_GROUP, {"type": "live.probe"})
    except (RedisError, OSError) as error:
        raise ChannelError(f"live_{type(error).__name__}", permanent=False) from None


def telephone_heartbeat() -> None:
    """Return if Twilio knows us and answers; raise ChannelError if it does not. Sends nothing to anybody."""
    with _telling_why():
        _client().api.accounts(settings.TWILIO_ACCOUNT_SID).fetch()


def _client() -> Client:
    return _client_for(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_BASE)


@cache
def _client_for(account_sid: str, auth_token: str, base: str) -> Client:
    """One client per process. No retries of its own: it would repeat a POST, and so a call, on any error."""
    client = Client(account_sid, auth_token, http_client=TwilioHttpClient(timeout=TIMEOUT_S))
    client.api.base_url = base
    return client


def _number(to: str) -> str:
    if not to:
        raise ChannelError("no_number", permanent=True)
    return to


class _telling_why:
    """Turns the client's errors into ours. The originals quote the number and the request: they are dropped."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case TwilioRestException():
                status = error.status or SERVER_ERROR
                again = status == TOO_MANY or status >= SERVER_ERROR
                raise ChannelError(f"twilio_{error.code or status}", permanent=not again) from None
            case RequestException() | TwilioException() | OSError():
                raise ChannelError(f"twilio_{type(error).__name__}", permanent=False) from None
