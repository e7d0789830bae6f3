import pytest

from tests.standins.application import Application
from tests.standins.telephone import AUTH_TOKEN, telephone


@pytest.fixture
async def application():
    async with Application(AUTH_TOKEN) as running:
        yield running


@pytest.fixture
async def phone(application):
    async with telephone(application.url) as server:
        yield server
