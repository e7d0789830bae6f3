"""Upkeep of the access log."""

from __future__ import annotations

from celery import shared_task

from patients.access import SEAL_BATCH, access_log_seal


@shared_task
def seal_access_log() -> None:
    """Put every settled row under a seal."""
    while access_log_seal() == SEAL_BATCH:
        pass
