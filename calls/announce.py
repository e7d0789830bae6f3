"""Tells the care team's open pages that a live call has moved on: ids only, at most once a second, never awaited
by the call. A lost push is repaired by the page's own poll."""

from __future__ import annotations

import asyncio
import logging

from channels.layers import get_channel_layer

from calls.plan import CallPlan
from heartvoice.shared.live import team_group

log = logging.getLogger(__name__)

EVERY_S = 1.0
DEADLINE_S = 2.0


class Announcer:
    """The pushes of one call."""

    def __init__(self, plan: CallPlan) -> None:
        self._group = team_group(plan.team_id)
        ids = {"call": str(plan.call_id), "patient": str(plan.patient_id)}
        self._message = {"type": "live.changed", "topic": "calls", "ids": ids}
        self._changed = asyncio.Event()
        self._changed.set()  # a call that begins is news

    def changed(self) -> None:
        """Something of the call was written."""
        self._changed.set()

    async def run(self) -> None:
        """Push what changed, until cancelled."""
        layer = get_channel_layer()
        while layer is not None:
            await self._changed.wait()
            self._changed.clear()
            try:
                async with asyncio.timeout(DEADLINE_S):
                    await layer.group_send(self._group, self._message)
            except Exception:  # boundary (push): the row is committed; the page finds it by its poll
                log.warning("live push failed", extra={"topic": "calls"})
            await asyncio.sleep(EVERY_S)
