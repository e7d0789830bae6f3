"""Is a request Twilio's? Over the public URL from the settings, never over what the request says of itself. Pure.

Source: Twilio docs, "Webhooks security"; for the Media Streams upgrade the signed text is the `wss://` URL as it
stands in the TwiML. Some carriers of the request add a port or a trailing slash: those forms are tried too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator

MAX_SIGNATURE_CHARS = 128
PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def is_signed(
    *, url: str, params: Mapping[str, Any], signature: str, tokens: Sequence[str], is_socket: bool = False
) -> bool:
    """True when one of the tokens signed this request to this URL. No token: nothing is ever signed."""
    if not signature or len(signature) > MAX_SIGNATURE_CHARS or not signature.isascii():
        return False
    validators = [RequestValidator(token) for token in tokens if token]
    urls = list(_socket_forms(url)) if is_socket else [url]
    return any(validator.validate(form, params, signature) for validator in validators for form in urls)


def socket_url(public_url: str, path: str) -> str:
    """The WebSocket address of a path under the public URL, as it stands in the TwiML."""
    return "ws" + public_url.rstrip("/").removeprefix("http") + path


def _socket_forms(url: str) -> Iterator[str]:
    """The URL, and with the default port named, each with and without a trailing slash."""
    parts = urlsplit(url)
    forms = [url]
    if parts.port is None:
        forms.append(parts._replace(netloc=f"{parts.netloc}:{PORTS[parts.scheme]}").geturl())
    for form in forms:
        yield form
        yield form.removesuffix("/") if form.endswith("/") else f"{form}/"
