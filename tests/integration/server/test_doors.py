"""Nobody comes in without a log-in or a valid signature, through whatever URL."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.support.url_rules import TWILIO, WITHOUT_LOGIN, is_excused, routes

SAMPLES = {
    "uuid": str(UUID(int=1)),
    "int": "1",
    "str": "x",
    "slug": "x",
    "path": "x",
    "date": "2026-01-01",
    "": "x",
}
EXPRESSION = re.compile(r"[()^$\\*+?]")
CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")


def concrete(route: str) -> str:
    return "/" + CONVERTER.sub(lambda match: SAMPLES.get(match[1] or "", "x"), route)


def signed_paths() -> list[str]:
    return sorted(concrete(route) for route, rule in WITHOUT_LOGIN.items() if rule == TWILIO)


def closed_paths() -> list[str]:
    """A concrete path for every route that asks for a log-in; those written as expressions are left out."""
    paths = {concrete(route) for route, _ in routes() if not is_excused(route)}
    return sorted(path for path in paths if not EXPRESSION.search(path))


def lets_nobody_in(answer: HttpResponse) -> bool:
    if answer.status_code == 302:
        return re.match(r"/(accounts/login|admin/login)/", answer.headers["Location"]) is not None
    return answer.status_code in {401, 403, 404, 405}


def test_a_stranger_is_sent_to_the_log_in_or_refused(db: None) -> None:
    stranger = Client()
    answers = {
        (method, path): getattr(stranger, method)(path)
        for path in closed_paths()
        for method in ("get", "post")
    }
    assert len(answers) > 50
    assert {key: one.status_code for key, one in answers.items() if not lets_nobody_in(one)} == {}


@pytest.mark.parametrize(
    "headers", [{}, {"X-Twilio-Signature": "bm90IHNpZ25lZA=="}], ids=["unsigned", "badly signed"]
)
def test_a_webhook_without_a_valid_signature_is_refused(db: None, headers: dict[str, str]) -> None:
    sender = Client(enforce_csrf_checks=True)
    body = {"CallSid": "CA1", "CallStatus": "completed"}
    answers = {path: sender.post(path, body, headers=headers) for path in signed_paths()}
    assert answers
    assert {path: one.status_code for path, one in answers.items() if one.status_code != 403} == {}
    assert {path: one.content for path, one in answers.items() if one.content} == {}


def test_metrics_need_their_token(db: None) -> None:
    assert Client().get("/metrics").status_code in {401, 403, 404}
    assert Client().get("/metrics", headers={"Authorization": "Bearer guess"}).status_code in {401, 403, 404}
