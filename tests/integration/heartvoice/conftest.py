"""A clinic with one administrator who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from tests.support.factories import make_team, make_user
from tests.support.signing_in import prove


@pytest.fixture(autouse=True)
def the_language_of_a_page_ends_with_its_test() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def clinic(db: None) -> dict[str, Any]:
    team = make_team("Ours")
    boss = make_user(team, "admin", username="boss", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    prove(client)
    return {"team": team, "client": client, "boss": boss}
