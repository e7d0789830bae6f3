"""What somebody typed that no address may say: sealed in the cache for a quarter of an hour, under a random token.

The address carries the token. It opens for the person who typed, and for the purpose they typed it for.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core.cache import cache

from heartvoice.shared.crypto import open_bytes, seal_bytes
from heartvoice.shared.errors import PHIError

KEPT_S = 15 * 60
TOKEN_BYTES = 18
LONGEST_TOKEN = 64


def keep(text: str, *, purpose: str, owner: Any) -> str:
    """The token under which `text` lies for KEPT_S seconds. `owner` is the person's primary key."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    cache.set(_key(token), seal_bytes(text.encode(), _aad(purpose, owner)), KEPT_S)
    return token


def kept(token: str, *, purpose: str, owner: Any) -> str | None:
    """What lies under the token, kept for another KEPT_S; None when it is over, another's, or for another purpose."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        return None
    sealed = cache.get(_key(token))
    if sealed is None:
        return None
    try:
        text = open_bytes(sealed, _aad(purpose, owner)).decode()
    except PHIError:
        return None
    cache.touch(_key(token), KEPT_S)
    return text


def _key(token: str) -> str:
    return f"kept:{token}"


def _aad(purpose: str, owner: Any) -> bytes:
    return f"PHI|kept|{purpose}|{owner}".encode()
