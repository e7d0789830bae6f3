"""Is the process alive, and may it be given work?"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from calls import detector
from calls.budget import is_within_budget
from calls.scheduling.facts import is_team_on_call
from heartvoice.server import drain
from patients.models import CareTeam, Patient

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_MAX_AGE = timedelta(seconds=60)
DISK_FREE_LEAST = 0.10
LAYER_WITHIN_S = 2.0


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """Liveness: touches nothing but this process."""
    return JsonResponse({"status": "healthy", "timestamp": timezone.now().isoformat()})


@login_not_required
def serving(request: HttpRequest) -> JsonResponse:
    """May a proxy send this process new work? 503 only while it drains.

    Not `ready`: with the database away or nobody on call, every process would leave the proxy at once, and neither
    the fixed sentences for patients who call nor the worklist could be reached.
    """
    is_open = _not_draining()
    return JsonResponse({"status": "serving" if is_open else "draining"}, status=200 if is_open else 503)


@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Readiness: 200, or 503 with the names of what is wrong and no details."""
    reasons = [name for name, check in CHECKS.items() if not _passes(check)]
    return JsonResponse(
        {"status": "ready" if not reasons else "not ready", "reasons": reasons},
        status=503 if reasons else 200,
    )


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever is wrong with a part, the answer is that it is not ready
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _broker() -> bool:
    cache.set("ready-probe", 1, 5)
    return cache.get("ready-probe") == 1


def _channel_layer() -> bool:
    """A message makes the round through the layer that carries pushes to open pages."""
    return async_to_sync(_round_trip)()


async def _round_trip() -> bool:
    layer = get_channel_layer()
    if layer is None:
        return False
    async with asyncio.timeout(LAYER_WITHIN_S):
        name = await layer.new_channel()
        await layer.send(name, {"type": "ready.probe"})
        return bool((await layer.receive(name))["type"] == "ready.probe")


def _workers() -> bool:
    beat = cache.get(HEARTBEAT_KEY)
    return beat is not None and timezone.now() - beat < HEARTBEAT_MAX_AGE


def _detector() -> bool:
    """The phrase scanner passes its test of itself: without it no call is placed or taken."""
    return detector.PROCESS.is_well()


def _roster() -> bool:
    """Every team with active patients has somebody on call for the next hour."""
    now = timezone.now()
    teams = CareTeam.objects.filter(patients__status=Patient.Status.ACTIVE).distinct()
    return all(is_team_on_call(team.pk, now) for team in teams)


def _disk() -> bool:
    usage = shutil.disk_usage(settings.BASE_DIR)
    return usage.free > min(DISK_FREE_LEAST * usage.total, 5 * 2**30)


def _not_draining() -> bool:
    return not drain.is_draining()


CHECKS: dict[str, Callable[[], bool]] = {
    "draining": _not_draining,
    "database": _database,
    "broker": _broker,
    "channel_layer": _channel_layer,
    "workers": _workers,
    "detector": _detector,
    "budget": is_within_budget,
    "roster": _roster,
    "disk": _disk,
}
