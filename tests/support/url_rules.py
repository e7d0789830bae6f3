"""Every URL that needs no log-in, and what protects it instead. A new one without a line here fails the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TWILIO = "X-Twilio-Signature, checked before anything else is read"
WITHOUT_LOGIN = {
    "voice": TWILIO,
    "voice/status": TWILIO,
    "voice/amd": TWILIO,
    "voice/ended": TWILIO,
    "voice/stream-status": TWILIO,
    "voice/questionnaire": TWILIO,
    "voice/contact": TWILIO,
    "voice/nurse": TWILIO,
    "voice/nurse-result": TWILIO,
    "voice/staff/whisper": TWILIO,
    "voice/staff/take-over": TWILIO,
    "voice/staff/call": TWILIO,
    "voice/staff/result": TWILIO,
    "voice/staff/status": TWILIO,
    "voice/page/<uuid:notification_id>": TWILIO,
    "voice/page-status/<uuid:notification_id>": TWILIO,
    "health": "says only that the process is alive",
    "health/serving": "says only whether the process drains",
    "health/ready": "says which part is missing, nothing about anybody",
    "metrics": "bearer token",
    "api/schema/": "the API's description, public with the source",
    "fhir/r4/metadata": "what the FHIR service can do, nothing about anybody",
    "favicon.ico": "the picture in the browser's tab",
}
WITHOUT_LOGIN_FOLDERS = {
    "admin/login/": "the log-in page itself",
    "accounts/": "allauth's pages: each asks for what it needs, sign-up is closed",
}


def routes() -> Iterator[tuple[str, Any]]:
    """Every route as text, with the function that answers it."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
        for one in patterns:
            route = prefix + str(one.pattern).removeprefix("^")
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route)
            else:
                yield route, one.callback

    return walk(get_resolver().url_patterns, "")


def is_excused(route: str) -> bool:
    return route in WITHOUT_LOGIN or any(route.startswith(folder) for folder in WITHOUT_LOGIN_FOLDERS)
