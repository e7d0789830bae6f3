"""Where a segment's audio waits for its analysis: sealed, in Redis, for a short time. Never on disk, never in an argument.

Redis may lose it at any moment: that costs a measurement, never a record.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from heartvoice.shared.crypto import open_bytes, seal_bytes
from heartvoice.shared.errors import PHIError

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=15)
PREFIX = "voice-segment:"
CONNECT_S, ANSWER_S = 1.0, 2.0


@lru_cache(maxsize=2)
def _redis(url: str) -> redis.Redis:
    # One immediate retry covers a connection that the server has closed; more would keep a caller waiting.
    return redis.Redis.from_url(
        url, socket_connect_timeout=CONNECT_S, socket_timeout=ANSWER_S, retry=Retry(NoBackoff(), 1)
    )


def new_key() -> str:
    """A random name that says nothing about whose voice it is."""
    return secrets.token_hex(16)


def put(key: str, audio: bytes) -> bool:
    """Keep `audio` (mu-law, 8 kHz) sealed under `key` for its lifetime. False when Redis does not take it."""
    sealed = seal_bytes(audio, _aad(key))
    try:
        _redis(settings.REDIS_URL).set(PREFIX + key, sealed, ex=LIFETIME)
    except redis.RedisError as error:
        log.warning("a voice segment could not be kept", extra={"error_type": type(error).__name__})
        return False
    return True


def take(key: str) -> bytes | None:
    """The audio under `key`; None when it is gone or does not open. It stays until `drop`.

    Raises redis.RedisError when Redis cannot be asked: gone and unreachable are different answers.
    """
    sealed = _redis(settings.REDIS_URL).get(PREFIX + key)
    if not isinstance(sealed, bytes):
        return None
    try:
        return open_bytes(sealed, _aad(key))
    except PHIError:
        log.error("a voice segment does not open")
        return None


def drop(*keys: str) -> bool:
    """Forget the audio under `keys`. False when Redis cannot be asked: then its lifetime ends it."""
    if not keys:
        return True
    try:
        _redis(settings.REDIS_URL).delete(*(PREFIX + key for key in keys))
    except redis.RedisError as error:
        log.warning("voice segments wait for their end of life", extra={"error_type": type(error).__name__})
        return False
    return True


def _aad(key: str) -> bytes:
    return f"voice-segment|{key}".encode()
