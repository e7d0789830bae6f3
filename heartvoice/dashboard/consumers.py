"""The dashboard's socket: tells open pages of a care team that rows changed. Topics and ids, never health data."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from importlib import import_module
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from heartvoice.shared.live import team_group
from heartvoice.web.sessions import LAST_SEEN
from patients.models import Membership

log = logging.getLogger(__name__)
RECHECK_S = 60
SIGNED_OUT = 4401


class DashboardConsumer(AsyncJsonWebsocketConsumer):
    """One open page. Joins the groups of the person's teams; leaves when the session or the membership ends."""

    groups_joined: frozenset[str] = frozenset()
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accepts a signed-in member of staff; the Origin was checked before."""
        teams = await self._teams()
        if teams is None:
            await self.accept()  # a refused handshake shows the browser no code; a closed socket does
            await self.close(code=SIGNED_OUT)
            return
        await self._join(teams)
        await self.accept()
        self.watch = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        """Leaves every group."""
        if self.watch is not None:
            self.watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.watch
        await self._join(frozenset())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """The page has nothing to say here: whatever it sends is ignored."""

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Passes on that something changed."""
        await self.send_json({"topic": message["topic"], "ids": message["ids"]})

    async def _watch(self) -> None:
        """Every minute: is the session still good, and which teams are the person's now?"""
        while True:
            await asyncio.sleep(RECHECK_S)
            try:
                teams = await self._teams()
                if teams is None:
                    await self.close(code=SIGNED_OUT)
                    return
                await self._join(teams)
            except Exception:  # what cannot be checked is not trusted: the page connects again
                log.warning("dashboard socket could not be checked", exc_info=True)
                await self.close()
                return

    async def _join(self, teams: frozenset[str]) -> None:
        for group in teams - self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.groups_joined - teams:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.groups_joined = teams

    async def _teams(self) -> frozenset[str] | None:
        """The groups of the signed-in person; None when nobody is signed in any more."""
        session: SessionBase | None = self.scope.get("session")
        key = getattr(session, "session_key", None)
        if key is None:
            return None
        read = database_sync_to_async(teams_of_session, thread_sensitive=False)
        teams: list[UUID] | None = await read(key)
        return None if teams is None else frozenset(team_group(team) for team in teams)


def teams_of_session(session_key: str) -> list[UUID] | None:
    """The teams of the person signed in under this session key; None when it ended, idled or lost its rights."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)  # checks the password's fingerprint and that the account is active
    if not user.is_authenticated:
        return None
    last = request.session.get(LAST_SEEN)
    if last is not None and time.time() - last > settings.SESSION_IDLE_SECONDS:
        return None
    return list(Membership.objects.filter(user_id=user.pk).values_list("team_id", flat=True))
