"""Signed-in people for tests of the pages."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client

from heartvoice.web.sessions import LAST_SEEN
from patients.models import CareTeam, User
from tests.integration.calls.conftest import joan, world  # noqa: F401  (fixtures: a call over real sockets)
from tests.support.factories import make_team, make_user


@pytest.fixture
def team(db: None) -> CareTeam:
    return make_team(time_zone="America/New_York")


@pytest.fixture
def nurse(team: CareTeam) -> User:
    return make_user(team, first_name="Nora", last_name="Nurse")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser of this person, already past the first request that writes the session."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[LAST_SEEN] = time.time() + 600  # a slow test writes no session in between
        session.save()
        return client

    return sign_in


@pytest.fixture
def client(nurse: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(nurse)
