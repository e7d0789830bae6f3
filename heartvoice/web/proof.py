"""Step-up: what is hard to undo, or shows who did what, asks again for password or code, and believes it for 10 minutes."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

FRESH_S = 10 * 60


def is_fresh(request: HttpRequest, *, within_s: int = FRESH_S) -> bool:
    """True when the person proved in this session, that long ago at most, who they are."""
    records = get_authentication_records(request, request.user)
    last = max((float(record["at"]) for record in records), default=0.0)
    return timezone.now().timestamp() - last < max(within_s, app_settings.REAUTHENTICATION_TIMEOUT)


def ask(next_page: str) -> HttpResponse:
    """To the page that asks for password or code, and from there to `next_page`."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': next_page})}")
