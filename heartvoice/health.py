"""Is the process alive, and may it be given work?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from calls.budget import is_within_budget
from calls.scheduling.facts import is_team_on_call
from heartvoice.server import drain
from patients.models import CareTeam, Patient

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_MAX_AGE = timedelta(seconds=60)
DISK_FREE_LEAST = 0.10


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """Liveness: touches nothing but this process."""
    return JsonResponse({"status": "healthy", "timestamp": timezone.now().isoformat()})


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


def _workers() -> bool:
    beat = cache.get(HEARTBEAT_KEY)
    return beat is not None and timezone.now() - beat < HEARTBEAT_MAX_AGE


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
    "workers": _workers,
    "budget": is_within_budget,
    "roster": _roster,
    "disk": _disk,
}
