"""Paging: who is on call, whether each channel gets through, and a test page to every person. Names no patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts.models import Notification, OnCallShift
from alerts.selectors import ChannelHealth, channel_health, roster_gap
from alerts.services import trial_page_send
from heartvoice.dashboard import wording
from heartvoice.dashboard.staff import Staff, staff_of, staff_page
from patients.models import CareTeam, Membership, User

AHEAD = timedelta(days=7)
TESTS_KEPT = timedelta(days=30)
TESTED = (Notification.Channel.SMS, Notification.Channel.VOICE, Notification.Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Member:
    """A colleague, how they can be told, and their last test page by channel."""

    user: User
    role: str
    tests: Sequence[tuple[str, Notification | None]]
    may_test: bool


@dataclass(frozen=True, slots=True)
class TeamPaging:
    """One team's paging at a glance. `gap_at`: when, within the roster gate, nobody is on call."""

    team: CareTeam
    shifts: Sequence[OnCallShift]
    gap_at: datetime | None
    health: Sequence[ChannelHealth]
    members: Sequence[Member]


@require_safe
@staff_page
def paging(request: HttpRequest) -> HttpResponse:
    """Roster, channels and people of the teams that this person belongs to."""
    staff = staff_of(request)
    teams = CareTeam.objects.filter(pk__in=list(staff.roles)).order_by("name")
    context = {"teams": [_team(team, staff) for team in teams], "wording": wording}
    return render(request, "dashboard/paging.html", context)


@require_POST
@staff_page
def test_page(request: HttpRequest, team_id: UUID, user_id: int) -> HttpResponse:
    """A harmless page to oneself; a lead or an administrator may send one to anybody of the team."""
    staff = staff_of(request)
    if team_id not in staff.roles:
        raise Http404
    if user_id != staff.user_id and not staff.leads(team_id):
        raise PermissionDenied
    channel = request.POST.get("channel", "")
    person = User.objects.filter(memberships__team_id=team_id, pk=user_id, is_active=True).first()
    if person is None or channel not in TESTED:
        raise Http404
    trial_page_send(team=CareTeam.objects.get(pk=team_id), person=person, channel=channel)
    messages.success(request, _("A test page is on its way. Its outcome shows here."))
    return redirect("dashboard:paging")


def _team(team: CareTeam, staff: Staff) -> TeamPaging:
    now = timezone.now()
    shifts = OnCallShift.objects.filter(team=team, ends_at__gt=now, starts_at__lt=now + AHEAD)
    return TeamPaging(
        team=team,
        shifts=list(shifts.select_related("user").order_by("starts_at", "level")),
        gap_at=roster_gap(team, now=now),
        health=channel_health(team, now=now),
        members=_members(team, staff, now),
    )


def _members(team: CareTeam, staff: Staff, now: datetime) -> list[Member]:
    newest: dict[tuple[int | None, str], Notification] = {}
    tests = Notification.objects.filter(team=team, purpose="test", created_at__gt=now - TESTS_KEPT)
    for row in tests.order_by("created_at"):
        newest[row.recipient_id, row.channel] = row
    memberships = Membership.objects.filter(team=team, user__is_active=True).select_related("user")
    return [
        Member(
            user=one.user,
            role=one.role,
            tests=[(str(channel), newest.get((one.user_id, str(channel)))) for channel in TESTED],
            may_test=one.user_id == staff.user_id or staff.leads(team.pk),
        )
        for one in memberships.order_by("user__last_name", "user__username")
    ]
