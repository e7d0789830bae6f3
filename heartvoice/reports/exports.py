"""Who may take a patient's data out of the system: after a fresh sign-in, ten times a day, each time written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from heartvoice.web.proof import ask, is_fresh
from patients.models import PhiAccess

A_DAY = 10


def exporting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view runs for a person who signed in, or gave the password again, within ten minutes and has exports left."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(request):
            return ask(request.path)
        if exports_today(request.user) >= A_DAY:
            return render(request, "dashboard/too_many_exports.html", {"limit": A_DAY}, status=429)
        return view(request, *args, **kwargs)

    return guarded


def exports_today(user: Any) -> int:
    """How often the person has exported in 24 hours, by the access log."""
    since = timezone.now() - timedelta(days=1)
    return PhiAccess.objects.filter(user_id=user.pk, action="export", at__gte=since).count()
