"""Keys from the environment's text, and the keys derived from them.

One secret never serves two purposes: each use has its own HKDF label. Pure but for `settings`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
LABELS = ("field", "transit", "blind-index", "log-hash", "audit-chain", "backup", "safety-id", "stream-token")


class BadKey(ValueError):
    """A key's text is unusable. The message says why and never quotes the text."""


def key_from_text(text: str) -> bytes:
    """32 key bytes from base64 (either alphabet), hex, or any secret text of 32 characters or more."""
    text = text.strip()
    for decode in (bytes.fromhex, _base64):
        try:
            raw = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(raw) == KEY_BYTES:
            return raw
    if len(text) < KEY_BYTES:
        raise BadKey("needs 32 random bytes, as base64")
    return hashlib.sha256(b"heartvoice key text|" + text.encode()).digest()


def _base64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)


def key_ring(text: str) -> dict[str, bytes]:
    """`kid:base64[,kid:base64…]` (the first encrypts, all decrypt), a JSON object, or one bare key."""
    text = text.strip()
    if text.startswith("{"):
        pairs = list(json.loads(text).items())
    else:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        pairs = []
        for number, part in enumerate(parts, 1):
            kid, sep, key = part.partition(":")
            pairs.append((kid, key) if sep else (f"k{number}", part))
    ring: dict[str, bytes] = {}
    for kid, key in pairs:
        if not str(kid).isalnum() or len(str(kid)) > 16:
            raise BadKey("a key id is up to 16 letters and digits")
        if kid in ring:
            raise BadKey("two keys have one id")
        ring[str(kid)] = key_from_text(str(key))
    if not ring:
        raise BadKey("holds no key")
    return ring


@lru_cache(maxsize=64)
def derive(master: bytes, label: str) -> bytes:
    """The 32-byte key for one purpose. Unknown labels are a programming error."""
    if label not in LABELS:
        raise KeyError(label)
    return HKDF(hashes.SHA256(), KEY_BYTES, b"heartvoice", label.encode()).derive(master)


def current_ring() -> Mapping[str, bytes]:
    """PHI_KEYS in force: key id to master key; the first one encrypts. Read at call time."""
    ring: Mapping[str, bytes] = settings.PHI_KEYS
    return ring


def blind_index(purpose: str, value: str) -> str:
    """A keyed fingerprint (64 hex digits) under which an encrypted value can be looked up, and nothing else."""
    key = derive(settings.PHI_INDEX_KEY, "blind-index")
    return hmac.new(key, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()


def log_hash(purpose: str, value: str) -> str:
    """A keyed fingerprint for logs and the access log (32 hex digits)."""
    key = derive(settings.PHI_INDEX_KEY, "log-hash")
    return hmac.new(key, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()[:32]
