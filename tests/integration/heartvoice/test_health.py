"""What the process says of itself: to proxies, and to people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heartvoice import health
from heartvoice.server import drain
from tests.support.factories import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def draining(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "is_draining", lambda: True)


def reasons(client: Client) -> set[str]:
    return set(client.get("/health/ready").json()["reasons"])


def test_a_gap_in_the_roster_is_told_and_closes_nothing(client: Client) -> None:
    make_patient()
    assert "roster" in reasons(client)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/serving").status_code == 200


def test_a_process_that_drains_gets_no_new_work(client: Client, draining: None) -> None:
    assert client.get("/health/serving").status_code == 503
    assert "draining" in reasons(client)
    assert client.get("/health").status_code == 200


def test_the_channel_layer_is_tried_for_real(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "channel_layer" not in reasons(client)

    class Lost:
        async def new_channel(self) -> str:
            raise ConnectionRefusedError

    monkeypatch.setattr(health, "get_channel_layer", Lost)
    assert "channel_layer" in reasons(client)


def test_a_spent_budget_is_told(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "budget", lambda: False)
    assert "budget" in reasons(client)
