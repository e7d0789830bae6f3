"""What every answer to the telephone network is made of: our addresses, approved wording, a person to ring."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings

from calls.recordings import scripts
from calls.twilio import twiml
from calls.twilio.signature import socket_url


def addresses() -> twiml.Addresses:
    """Our own addresses, from the public URL."""
    url = settings.PUBLIC_URL
    return twiml.Addresses(
        media=socket_url(url, "/media"),
        ended=f"{url}/voice/ended",
        stream_status=f"{url}/voice/stream-status",
        questionnaire=f"{url}/voice/questionnaire",
        nurse_whisper=f"{url}/voice/nurse",
        nurse_result=f"{url}/voice/nurse-result",
    )


def question_url(language: str, question: str, **counts: int) -> str:
    """Where the answer to a question goes. The language is told for when the rows cannot be asked."""
    told = {"q": question, **counts} | ({"l": language} if language != "en" else {})
    return f"{addresses().questionnaire}?{urlencode(told)}"


def said(language: str, key: str, **values: str) -> str:
    """Approved wording for the telephone's own voice."""
    return scripts(language).said[key].format(**values)


def script(language: str, key: str) -> str:
    """The wording of an approved recording, or a screen's, for the telephone's own voice."""
    return scripts(language).text(key)


def to_person(language: str, text: str = "") -> str:
    """Ring the nurse line; the patient hears that we do. Needs nothing but the settings."""
    return twiml.dial_nurse(
        addresses(),
        number=settings.NURSE_LINE_NUMBER,
        caller_id=settings.TWILIO_FROM_NUMBER,
        text=" ".join(filter(None, (text, said(language, "connecting_nurse")))),
        language=language,
    )
