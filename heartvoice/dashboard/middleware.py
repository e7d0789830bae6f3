"""What HTMX needs of every answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from heartvoice.dashboard.views.errors import not_recorded
from patients.access import AccessNotRecorded


class PartialRedirectMiddleware:
    """A redirect in answer to a part is meant for the whole page: nothing is swapped, the browser goes there.

    Without it HTMX would follow the redirect and put the log-in page into a row of the worklist.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code != 302:
            return response
        log_in = resolve_url(settings.LOGIN_URL)
        if response["Location"].startswith(
            log_in
        ):  # without its `next`: that is the part's address, not the page's
            return HttpResponse(status=401, headers={"HX-Redirect": log_in})
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A look that could not be recorded did not happen."""
        return not_recorded(request) if isinstance(exception, AccessNotRecorded) else None
