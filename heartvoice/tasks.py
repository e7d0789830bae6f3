"""Upkeep of the whole system."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from heartvoice.health import HEARTBEAT_KEY


@shared_task
def heartbeat() -> None:
    """Workers take tasks: readiness asks for this."""
    cache.set(HEARTBEAT_KEY, timezone.now(), 300)


@shared_task
def purge_expired() -> None:
    """Throw away what is past retention."""
    from heartvoice.retention import purge

    purge()
