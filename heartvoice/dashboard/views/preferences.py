"""What a person sets for their own screen, and what every browser asks for unasked."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from heartvoice.dashboard.theme import COOKIE, THEMES

YEAR_S = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remembers the colour theme and goes back to the page it was chosen on."""
    value = request.POST.get("theme", "")
    if value not in THEMES:
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        COOKIE, value, max_age=YEAR_S, secure=settings.OVER_TLS, httponly=True, samesite="Strict"
    )
    return response


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for pages that name no icon of their own (the admin, errors)."""
    return redirect(static("img/mark.svg"))
