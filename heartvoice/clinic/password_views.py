"""How somebody gets a password that nobody else knows: a link that works once, for half an hour.

It goes by mail where there is mail. Where there is none, the administrator who asked sees it once and hands it over.
Nobody sets a colleague's password.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alerts.channels import ChannelError, email_send, is_mail_configured
from patients.models import User

log = logging.getLogger(__name__)


def link_for(person: User) -> str:
    """A link that sets this person's password once; over after PASSWORD_RESET_TIMEOUT, a log-in, or another password."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.PUBLIC_URL.rstrip("/") + path.replace("UID-KEY", quote(key))


@require_POST
def password_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send the link, or show it once where it cannot be sent."""
    person = get_object_or_404(User, pk=person_id)
    back = redirect("admin:patients_user_change", person.pk)
    if person.pk == request.user.pk:
        return redirect("account_change_password")
    if not person.is_active:
        messages.error(request, _("This account is closed. Open it first."))
        return back
    if not (person.email and is_mail_configured()):
        _write_down(request, person, "showed a link to set the password")
        context = {
            **admin.site.each_context(request),
            "title": _("A link to set a password"),
            "person": person,
            "link": link_for(person),
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
        return render(request, "admin/clinic/password_link.html", context)
    try:
        _mail(person)
    except ChannelError as error:
        log.error("a password link could not be sent: %s", error)
        messages.error(request, _("The mail could not be sent. Nothing has changed."))
        return back
    _write_down(request, person, "sent a link to set the password")
    messages.success(request, _("The link was sent by e-mail. It works once, for half an hour."))
    return back


def _mail(person: User) -> None:
    with translation.override(person.language or "en"):
        subject = gettext("HeartVoice: set your password")
        body = gettext(
            "An administrator asked for this link, with which you set your password. It works once, for "
            "%(minutes)s minutes:\n\n%(link)s\n\nIf you expected no such mail, tell your administrator."
        ) % {"minutes": settings.PASSWORD_RESET_TIMEOUT // 60, "link": link_for(person)}
        email_send(to=person.email, subject=subject, body=body)


def _write_down(request: HttpRequest, person: User, what: str) -> None:
    by: Any = request.user.pk
    LogEntry.objects.log_actions(by, [person], CHANGE, what, single_object=True)
