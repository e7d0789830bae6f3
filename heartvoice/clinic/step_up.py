"""Which pages of the administration ask again who is there: whatever writes, people and roles, and the logs.

A form that was opened with a fresh proof may be sent for another half hour: nobody types a patient twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from heartvoice.clinic.sealed_search import TERM
from heartvoice.web.proof import FRESH_S, ask, is_fresh

FORM_S = 30 * 60
FORMS = ("_add", "_change", "_delete", "_password_change", "patients_import", "password_link")
LOGS = ("patients_phiaccess_", "auditlog_logentry_")
READS = ("autocomplete", "logout", "jsi18n")


def proven(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page is shown, and the form taken, from somebody who has just proved who they are."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if writes(request):
            if not is_fresh(request, within_s=FRESH_S + FORM_S):
                messages.warning(
                    request, _("Nothing was saved: please prove again who you are, then repeat.")
                )
                return ask(request.path)
        elif asks_for_proof(request) and not is_fresh(request):
            return ask(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def writes(request: HttpRequest) -> bool:
    """A form that changes something: not a search, which is sent in a body too."""
    is_search = page_of(request).endswith("_changelist") and TERM in request.POST
    return request.method == "POST" and page_of(request) not in READS and not is_search


def asks_for_proof(request: HttpRequest) -> bool:
    """A form, or a log."""
    page = page_of(request)
    return page.endswith(FORMS) or page.startswith(LOGS)


def page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match else ""
