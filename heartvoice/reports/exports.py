"""Who may take a patient's data out of the system: after a fresh sign-in, ten times a day, each time written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from patients.models import PhiAccess

A_DAY = 10
FRESH_S = 10 * 60


def exporting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view runs for a person who signed in, or gave the password again, within ten minutes and has exports left."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(request):
            again = reverse("account_reauthenticate")
            return redirect(f"{again}?{urlencode({'next': request.path})}")
        if exports_today(request.user) >= A_DAY:
            return render(request, "dashboard/too_many_exports.html", {"limit": A_DAY}, status=429)
        return view(request, *args, **kwargs)

    return guarded


def is_fresh(request: HttpRequest) -> bool:
    """True when the person proved who they are a short time ago."""
    records = get_authentication_records(request, request.user)
    last = max((float(record["at"]) for record in records), default=0.0)
    return timezone.now().timestamp() - last < max(FRESH_S, app_settings.REAUTHENTICATION_TIMEOUT)


def exports_today(user: Any) -> int:
    """How often the person has exported in 24 hours, by the access log."""
    since = timezone.now() - timedelta(days=1)
    return PhiAccess.objects.filter(user_id=user.pk, action="export", at__gte=since).count()
