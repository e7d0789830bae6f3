"""AES-256-GCM for everything protected: columns, Redis, memory, exports.

A value is `v1.<kid>.<base64url(nonce12 | ciphertext | tag16)>`. The additional data names the purpose,
so a value that is copied elsewhere does not open there.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from heartvoice.shared.errors import PHIError
from heartvoice.shared.keys import current_ring, derive

VERSION = "v1"
NONCE_BYTES = 12
TAG_BYTES = 16


@lru_cache(maxsize=64)
def _cipher(master: bytes, label: str) -> AESGCM:
    return AESGCM(derive(master, label))


def encrypt(text: str, aad: bytes = b"PHI") -> str:
    """The sealed form of `text` under the current key."""
    return _pack(*_seal(text.encode(), aad, "field"))


def decrypt(value: str, aad: bytes = b"PHI") -> str:
    """The text sealed in `value`. Raises PHIError when no key opens it; never returns the stored text."""
    kid, blob = _unpack(value)
    return _open(kid, blob, aad, "field").decode()


def key_id(value: str) -> str:
    """The id of the key that sealed `value`."""
    return _unpack(value)[0]


def seal_bytes(data: bytes, aad: bytes) -> bytes:
    """`data` sealed for a short stay outside the database (voice segments in Redis, spool files)."""
    kid, blob = _seal(data, aad, "transit")
    return kid.encode() + b"." + blob


def open_bytes(data: bytes, aad: bytes) -> bytes:
    """What `seal_bytes` sealed. Raises PHIError."""
    kid, sep, blob = data.partition(b".")
    if not sep:
        raise PHIError("not a sealed value")
    return _open(kid.decode("ascii", "replace"), blob, aad, "transit")


def _seal(data: bytes, aad: bytes, label: str) -> tuple[str, bytes]:
    kid, master = next(iter(current_ring().items()))
    nonce = os.urandom(NONCE_BYTES)
    return kid, nonce + _cipher(master, label).encrypt(nonce, data, aad)


def _open(kid: str, blob: bytes, aad: bytes, label: str) -> bytes:
    master = current_ring().get(kid)
    if master is None or len(blob) < NONCE_BYTES + TAG_BYTES:
        raise PHIError("no key opens this value")
    try:
        return _cipher(master, label).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], aad)
    except InvalidTag:
        raise PHIError("no key opens this value") from None


def _pack(kid: str, blob: bytes) -> str:
    return f"{VERSION}.{kid}.{base64.urlsafe_b64encode(blob).decode().rstrip('=')}"


def _unpack(value: str) -> tuple[str, bytes]:
    parts = value.split(".")
    if len(parts) != 3 or parts[0] != VERSION:
        raise PHIError("not a sealed value")
    try:
        return parts[1], base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4))
    except (ValueError, UnicodeError):
        raise PHIError("not a sealed value") from None
