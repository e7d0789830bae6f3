"""What an administrator should look at first: counts, each with the page that shows the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.models import Notification
from alerts.selectors import roster_gap, ruleset_in_force
from calls.budget import spending
from calls.scheduling.audit import forgotten
from patients.models import CareTeam, Patient, User

LOOK_AHEAD_MINUTES = 7 * 24 * 60.0


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of the panel. `kind` is bad, warn or ok; `count` None where nothing is counted."""

    text: Any
    kind: str
    count: int | None = None
    url: str = ""


def attention(user: Any) -> list[Matter]:
    """Patients that nothing will call, messages that failed, gaps in rosters, money, the rules in force."""
    now = timezone.now()
    visible = Patient.objects.visible_to(user).values("pk")
    lost = forgotten(now).filter(pk__in=visible).count()
    failed = Notification.objects.filter(
        state=Notification.State.FAILED,
        created_at__gte=now - timedelta(days=7),
        team__memberships__user=user,
    ).count()
    matters = [
        Matter(
            _("Active patients without a next call"),
            "bad" if lost else "ok",
            lost,
            reverse("admin:calls_callschedule_changelist") + "?next=none",
        ),
        Matter(
            _("Messages that failed in the last week"),
            "bad" if failed else "ok",
            failed,
            reverse("admin:alerts_notification_changelist") + "?state__exact=failed",
        ),
        _budget(),
        *_rosters(user, now),
        Matter(
            _("Rules in force: %(version)s") % {"version": ruleset_in_force().version},
            "ok",
            None,
            reverse("admin:alerts_rulesetversion_changelist"),
        ),
    ]
    phoneless = User.objects.filter(is_active=True, shifts__ends_at__gt=now).distinct()
    silent = sum(1 for person in phoneless if not person.phone)
    if silent:
        people = reverse("admin:patients_user_changelist")
        matters.insert(2, Matter(_("People on call without a phone number"), "bad", silent, people))
    return matters


def _budget() -> Matter:
    spent = spending(timezone.now())
    text = _("Budget of the month: %(spent)s of %(budget)s US dollars spent") % {
        "spent": f"{spent.month:.2f}",
        "budget": f"{spent.budget:.2f}",
    }
    kind = {None: "ok", 80: "warn", 95: "bad"}[spent.warning]
    return Matter(text, kind, None, reverse("admin:calls_budgetwarning_changelist"))


def _rosters(user: Any, now: Any) -> list[Matter]:
    shifts = reverse("admin:alerts_oncallshift_changelist")
    found = []
    for team in CareTeam.objects.filter(memberships__user=user):
        gap = roster_gap(team, now=now, minutes=LOOK_AHEAD_MINUTES)
        if gap is not None:
            text = _("%(team)s: nobody is on call from %(at)s (UTC)") % {
                "team": team.name,
                "at": f"{gap:%Y-%m-%d %H:%M}",
            }
            found.append(Matter(text, "bad" if gap <= now + timedelta(days=1) else "warn", None, shifts))
    return found
