"""Only what Twilio signed, over our own public address, is Twilio's."""

import pytest
from twilio.request_validator import RequestValidator

from calls.twilio.signature import is_signed, socket_url

TOKEN, OLD = "a" * 32, "b" * 32
URL = "https://heart.example.org/voice?call=1"
FORM = {"CallSid": "CA1", "From": "+12015550100", "To": "+12015550101"}


def sign(url: str, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form or {}))


def check(
    signature: str, url: str = URL, form: dict[str, str] | None = None, *, socket: bool = False
) -> bool:
    params = FORM if form is None else form
    return is_signed(url=url, params=params, signature=signature, tokens=[TOKEN, OLD], is_socket=socket)


def test_a_signed_webhook_is_accepted_with_either_token() -> None:
    assert check(sign(URL, FORM)) and check(sign(URL, FORM, OLD))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "é" * 20,
        "A" * 500,
        sign(URL, FORM, "c" * 32),
        sign("https://evil.example.org/voice?call=1", FORM),
        sign(URL, {**FORM, "From": "+12015550199"}),
        sign(URL),
    ],
)
def test_anything_else_is_refused(signature: str) -> None:
    assert not check(signature)


def test_without_a_token_nothing_is_signed() -> None:
    assert not is_signed(url=URL, params=FORM, signature=sign(URL, FORM, ""), tokens=["", ""])


@pytest.mark.parametrize(
    "signed",
    [
        "wss://heart.example.org/media",
        "wss://heart.example.org:443/media",
        "wss://heart.example.org/media/",
        "wss://heart.example.org:443/media/",
    ],
)
def test_the_stream_is_signed_over_its_socket_address(signed: str) -> None:
    url = socket_url("https://heart.example.org", "/media")
    assert url == "wss://heart.example.org/media"
    assert check(sign(signed), url, {}, socket=True)


def test_the_https_form_of_the_stream_address_is_not_accepted() -> None:
    assert not check(
        sign("https://heart.example.org/media"), "wss://heart.example.org/media", {}, socket=True
    )


def test_a_local_address_keeps_its_port() -> None:
    assert socket_url("http://127.0.0.1:8000", "/media") == "ws://127.0.0.1:8000/media"
    assert check(sign("ws://127.0.0.1:8000/media"), "ws://127.0.0.1:8000/media", {}, socket=True)
