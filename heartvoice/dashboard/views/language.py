"""The language of a person's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from heartvoice.dashboard.staff import user_of
from heartvoice.shared.errors import DomainError
from patients.services.staff import user_language_set


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers the choice for the person and goes back to the page it was made on."""
    try:
        user_language_set(user=user_of(request), language=request.POST.get("language", ""))
    except DomainError:
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
