"""Small talk about the weather: configured, fetched before the call, quoted as data, and never worth an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import override_settings

from calls.plan import call_plan
from calls.weather import weather_fetch, weather_known
from tests.support.factories import make_call, make_patient

pytestmark = pytest.mark.django_db


class Provider:
    """A weather service on this machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.content_type, self.body = 200, "text/plain", "Sunny, 72 F\n"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                self.send_response(provider.status)
                self.send_header("Content-Type", provider.content_type)
                self.end_headers()
                self.wfile.write(provider.body.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/{{city}}?s={{state}}"


@pytest.fixture
def provider(empty_redis: str) -> Iterator[Provider]:
    service = Provider()
    with override_settings(WEATHER_URL=service.url):
        yield service
    service.server.shutdown()


def test_the_line_is_fetched_once_and_enters_the_prompt_as_a_quote(provider: Provider) -> None:
    assert weather_fetch("St. Paul", "MN") == "Sunny, 72 F"
    assert weather_fetch("St. Paul", "MN") == "Sunny, 72 F"
    assert provider.asked == ["/St.%20Paul?s=MN"]
    call = make_call(make_patient(city="St. Paul", state="MN"))
    assert "Weather there: «Sunny, 72 F»" in call_plan(call).instructions


def test_json_with_a_summary_is_understood(provider: Provider) -> None:
    provider.content_type, provider.body = "application/json", '{"summary": "Light snow"}'
    assert weather_fetch("Newark", "NJ") == "Light snow"


@pytest.mark.parametrize(("status", "body"), [(500, "oops"), (404, ""), (302, "")])
def test_a_failing_provider_is_silence(provider: Provider, status: int, body: str) -> None:
    provider.status, provider.body = status, body
    assert weather_fetch("Newark", "NJ") == ""
    assert weather_known("Newark", "NJ") == ""


def test_nothing_is_asked_without_a_provider(empty_redis: str) -> None:
    assert weather_fetch("Newark", "NJ") == ""
