"""Who is looking: the person's roles and the zone in which they read times. One query a request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

from patients.models import Membership, User

ROLE_ORDER = ("nurse", "lead", "admin")


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in person's place in their care teams."""

    user_id: int
    roles: Mapping[UUID, str]
    team_names: Mapping[UUID, str]
    zone: tzinfo

    @property
    def role(self) -> str:
        """The highest role in any team; empty for nobody's member."""
        held = [ROLE_ORDER.index(role) for role in self.roles.values() if role in ROLE_ORDER]
        return ROLE_ORDER[max(held)] if held else ""

    def leads(self, team_id: UUID) -> bool:
        """May do in this team what only a clinical lead or administrator may."""
        return self.roles.get(team_id) in {"lead", "admin"}

    def now(self) -> datetime:
        """The present in the person's zone."""
        return timezone.now().astimezone(self.zone)


def user_of(request: HttpRequest) -> User:
    """The signed-in person. Pages behind LoginRequiredMiddleware have one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def staff_of(request: HttpRequest) -> Staff:
    """The staff context of this request, read once."""
    known: Staff | None = getattr(request, "staff", None)
    if known is None:
        memberships = list(
            Membership.objects.filter(user_id=request.user.pk or 0)
            .order_by("team__name")
            .values_list("team_id", "role", "team__time_zone", "team__name")
        )
        own_zone = getattr(request.user, "time_zone", "")
        known = Staff(
            user_id=request.user.pk or 0,
            roles={team: role for team, role, _, _ in memberships},
            team_names={team: name for team, _, _, name in memberships},
            zone=zone_of(own_zone or (memberships[0][2] if memberships else "UTC")),
        )
        request.staff = known  # type: ignore[attr-defined]
        request.user.access_role = known.role  # type: ignore[union-attr]  # for the access log
    return known


def clinical(request: HttpRequest, team_id: UUID) -> None:
    """Raises PermissionDenied for an administrator: they run the clinic's system, they do not care for patients."""
    if staff_of(request).roles.get(team_id) not in {"nurse", "lead"}:
        raise PermissionDenied


def staff_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view runs with `request.staff` set and times in the person's zone; its page travels compressed.

    Django pads compressed pages by a random amount, so that their length tells nothing of what stands in them.
    """

    @gzip_page
    @wraps(view)
    def in_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(staff_of(request).zone):
            return view(request, *args, **kwargs)

    return in_zone


def zone_of(name: str) -> tzinfo:
    """The IANA zone of that name; UTC for one that is not known."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
