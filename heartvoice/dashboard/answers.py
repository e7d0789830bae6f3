"""What the browser gets after a nurse has done something: a sentence, and the page as it stands now."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from heartvoice.dashboard import wording
from heartvoice.shared.errors import Conflict, DomainError, NotAllowed


def said(
    request: HttpRequest,
    text: str,
    *,
    back: str,
    events: tuple[str, ...] = (),
    undo: dict[str, str] | None = None,
) -> HttpResponse:
    """It is done. `events` are what the open page refreshes by; `back` is where a browser without scripts goes.

    `undo` offers the way back in the sentence itself: {"url", "label"} and the fields of the form.
    """
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, text)
        return redirect(way_back(request, back))
    response = HttpResponse(status=204)
    toast: dict[str, Any] = {"text": text, "kind": "ok"}
    if undo is not None:
        toast["undo"] = undo
    fired: dict[str, Any] = {name: {} for name in events}
    response["HX-Trigger"] = json.dumps({**fired, "toast": toast, "drawer:close": {}})
    return response


def refused(request: HttpRequest, refusal: DomainError, *, back: str) -> HttpResponse:
    """Somebody was first, or a rule is against it: say so in a sentence; nothing was changed."""
    text = words_of(refusal)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, text)
        return redirect(way_back(request, back))
    response = HttpResponse(status=status_of(refusal))
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "kind": "bad"}})
    response["HX-Reswap"] = "none"
    return response


def words_of(refusal: DomainError) -> str:
    """The sentence for a refusal's code."""
    return str(wording.REFUSALS.get(refusal.code, wording.REFUSALS[""]))


def status_of(refusal: DomainError) -> int:
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Conflict) else 422


def way_back(request: HttpRequest, otherwise: str, **kwargs: Any) -> str:
    """Where the form says it came from, if that is a page of ours; else the given place."""
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else str(resolve_url(otherwise, **kwargs))
