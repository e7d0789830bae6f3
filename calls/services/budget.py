"""Tells those who answer for the money that the month's budget runs out, once for each limit."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from calls.budget import WARN_AT, Spending, month_start, spending
from calls.models import BudgetWarning
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam, Membership, User

log = logging.getLogger(__name__)

LIMITS = (*(int(share * 100) for share in WARN_AT), 100)


def budget_watch(now: datetime | None = None) -> list[BudgetWarning]:
    """Record each limit that the month's spending has passed and that was not told yet; e-mail leads and admins."""
    now = now or timezone.now()
    found = spending(now)
    told = [warning for percent in LIMITS if (warning := _passed(found, percent, now)) is not None]
    if told:
        log.warning("budget limit passed", extra={"percent": told[-1].percent})
        _mail(told[-1])
    return told


@transaction.atomic
def _passed(found: Spending, percent: int, now: datetime) -> BudgetWarning | None:
    if found.share * 100 < percent:
        return None
    warning, is_new = BudgetWarning.objects.get_or_create(
        month=month_start(now).date(),
        percent=percent,
        defaults={"spent_usd": found.month, "budget_usd": found.budget},
    )
    if not is_new:
        return None
    for team_id in CareTeam.objects.values_list("pk", flat=True):
        publish_on_commit("budget", team_id=team_id)
    return warning


def _mail(warning: BudgetWarning) -> None:
    """Money only, nothing of a patient. Mail that fails is logged; the dashboard shows the same."""
    roles = (Membership.Role.LEAD, Membership.Role.ADMIN)
    people = User.objects.filter(is_active=True, memberships__role__in=roles).exclude(email="").distinct()
    for address in people.values_list("email", flat=True):
        with override("en"):
            subject = _("HeartVoice: %(percent)d %% of this month's budget is spent") % {
                "percent": warning.percent
            }
            body = _(
                "Voice and telephone have cost $%(spent)s of $%(budget)s this month. Past the budget, scheduled "
                "check-ins are held by questionnaire or on the small model; emergencies and patients who call "
                "are not affected."
            ) % {"spent": warning.spent_usd, "budget": warning.budget_usd}
        try:
            send_mail(subject, body, None, [address])
        except OSError as error:  # includes SMTPException
            log.warning("budget mail not sent", extra={"code": type(error).__name__})
