"""Prometheus metrics behind a token. Labels hold codes, never people."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from heartvoice import gauges  # noqa: F401  (registers what is read from the rows)


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The process's metrics for a bearer of METRICS_TOKEN; 404 where no token is configured."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=403)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
