"""Idle sessions end. Polling and live updates are not activity: only what a person does is."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

LAST_SEEN = "last_seen"
RESOLUTION_S = 30  # one session write per half minute, not per click


class IdleSessionMiddleware:
    """Ends a session 15 minutes after the last thing its user did."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            last = request.session.get(LAST_SEEN, now)
            if now - last > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif not is_automatic(request) and (
                LAST_SEEN not in request.session or now - last > RESOLUTION_S
            ):
                request.session[LAST_SEEN] = now
        return self.get_response(request)


def is_automatic(request: HttpRequest) -> bool:
    """True for requests that the page makes by itself (polls, live repairs)."""
    return request.headers.get("X-Automatic") == "1"
