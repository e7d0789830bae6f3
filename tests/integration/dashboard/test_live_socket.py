"""The dashboard socket: who may open it, what it says, and when it ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from heartvoice.asgi import application
from heartvoice.dashboard import consumers
from heartvoice.web.sessions import LAST_SEEN
from patients.models import Membership, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import raise_alert

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis")]

SIGNED_OUT = 4401


def rows(function: Any, *args: Any, **kwargs: Any) -> Any:
    return sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def socket(cookie: str = "", origin: str = settings.PUBLIC_URL) -> WebsocketCommunicator:
    headers = [(b"origin", origin.encode()), (b"cookie", cookie.encode())]
    return WebsocketCommunicator(application, "/ws/live", headers=headers)


@pytest.fixture
def quick_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_S", 0.05)


async def open_page(user: User) -> WebsocketCommunicator:
    page = socket(await rows(cookie_of, user))
    connected, _ = await page.connect()
    assert connected
    return page


async def test_a_change_reaches_the_team_as_topic_and_ids_only():
    team = await rows(make_team)
    page = await open_page(await rows(make_user, team))
    patient = await rows(make_patient, team, first_name="Zyx")
    alert = await rows(raise_alert, patient)
    message = await page.receive_json_from()
    while message["topic"] != "alerts":
        message = await page.receive_json_from()
    assert message["ids"]["alert"] == str(alert.pk)
    assert set(message) == {"topic", "ids"}
    assert "Zyx" not in str(message)
    await page.disconnect()


async def test_another_team_hears_nothing():
    page = await open_page(await rows(make_user, await rows(make_team)))
    await rows(raise_alert, await rows(make_patient, await rows(make_team)))
    assert await page.receive_nothing(0.3)
    await page.disconnect()


async def test_without_a_session_the_socket_is_closed_as_signed_out():
    page = socket()
    await page.connect()
    assert (await page.receive_output())["code"] == SIGNED_OUT


async def test_a_foreign_origin_is_refused_at_the_handshake():
    cookie = await rows(cookie_of, await rows(make_user, await rows(make_team)))
    for origin in ("https://evil.example", "null", ""):
        page = socket(cookie, origin)
        connected, _ = await page.connect()
        assert not connected
        await page.disconnect()


@pytest.mark.usefixtures("quick_check")
@pytest.mark.parametrize("end", ["log_out", "disable", "password", "idle"])
async def test_the_socket_ends_with_the_session(end: str):
    user = await rows(make_user, await rows(make_team))
    page = await open_page(user)

    def finish() -> None:
        if end == "log_out":
            Session.objects.all().delete()
        elif end == "disable":
            User.objects.filter(pk=user.pk).update(is_active=False)
        elif end == "password":
            user.set_password("another long password")
            user.save()
        else:
            store = Session.objects.get()
            data = {**store.get_decoded(), LAST_SEEN: time.time() - settings.SESSION_IDLE_SECONDS - 1}
            store.session_data = Session.objects.encode(data)
            store.save()

    await rows(finish)
    assert (await page.receive_output(timeout=5))["code"] == SIGNED_OUT


@pytest.mark.usefixtures("quick_check")
async def test_who_leaves_a_team_stops_hearing_of_it():
    team, other = await rows(make_team), await rows(make_team)
    user = await rows(make_user, team)
    page = await open_page(user)
    await rows(Membership.objects.filter(user=user).update, team=other)
    async with asyncio.timeout(10):
        while await page.receive_nothing(0.1):  # heard from the next check of the membership on
            await rows(make_patient, other)
        while not await page.receive_nothing(0.2):
            await page.receive_json_from()
    await rows(raise_alert, await rows(make_patient, team))
    assert await page.receive_nothing(0.3)
    await page.disconnect()


async def test_what_the_page_sends_is_ignored():
    page = await open_page(await rows(make_user, await rows(make_team)))
    for text in ("{}", "not json", "[" * 1000, '{"type": "live.changed", "topic": "x"}'):
        await page.send_to(text_data=text)
    assert await page.receive_nothing(0.1)
    await page.disconnect()
