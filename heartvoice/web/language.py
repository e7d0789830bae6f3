"""Pages in the language that a person chose; without a choice, in the browser's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

KNOWN = frozenset(code for code, _ in settings.LANGUAGES)


class UserLanguageMiddleware:
    """Stands after authentication; LocaleMiddleware before it has chosen for everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen in KNOWN:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)
