"""Calm pages for what went wrong. They read no data: the database may be what is broken."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

AWAY = (OperationalError, InterfaceError)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with the request's id, drawn without context processors; 503 while the database is away."""
    if isinstance(sys.exc_info()[1], AWAY):
        return not_recorded(request)
    request_id = getattr(request, "request_id", "")
    return HttpResponse(loader.get_template("500.html").render({"request_id": request_id}), status=500)


def not_recorded(request: HttpRequest) -> HttpResponse:
    """The access log could not be written: nothing is shown, and the browser may try again soon."""
    request_id = getattr(request, "request_id", "")
    page = loader.get_template("503.html").render({"request_id": request_id})
    return HttpResponse(page, status=503, headers={"Retry-After": "10"})
