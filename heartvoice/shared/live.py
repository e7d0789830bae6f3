"""The live channel: "something changed", by ids only. A lost push is repaired by the page's own poll."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from heartvoice.shared.handover import Handover

Push = tuple[str, dict[str, Any]]


def team_group(team_id: UUID | str) -> str:
    """The channel group of one care team (ASCII, no health data)."""
    return f"team-{UUID(str(team_id)).hex}"


def publish_on_commit(topic: str, *, team_id: UUID | str, **ids: UUID | str) -> None:
    """After this transaction commits, tell the care team's open pages that rows changed. Never waits for Redis."""
    message = {
        "type": "live.changed",
        "topic": topic,
        "ids": {name: str(value) for name, value in ids.items()},
    }
    transaction.on_commit(lambda: pushes.give([(team_group(team_id), message)]), robust=True)


def _send(push: Push) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(*push)


pushes: Handover[Push] = Handover(_send)
