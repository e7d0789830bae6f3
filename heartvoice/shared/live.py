"""The live channel: "something changed", by ids only. A lost push is repaired by the page's own poll."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)


def team_group(team_id: UUID | str) -> str:
    """The channel group of one care team (ASCII, no health data)."""
    return f"team-{UUID(str(team_id)).hex}"


def publish_on_commit(topic: str, *, team_id: UUID | str, **ids: UUID | str) -> None:
    """After this transaction commits, tell the care team's open pages that rows changed."""
    message = {
        "type": "live.changed",
        "topic": topic,
        "ids": {name: str(value) for name, value in ids.items()},
    }
    transaction.on_commit(lambda: _send(team_group(team_id), message), robust=True)


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except Exception:  # the row is committed; the page finds it by its poll
        log.warning("live push failed", extra={"topic": message["topic"]}, exc_info=False)
