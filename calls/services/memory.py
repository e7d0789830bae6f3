"""What the next call may refer to. The row is the truth; Redis holds a sealed copy for seven days."""

from __future__ import annotations

import json
import logging
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from calls.instructions import Memory
from calls.models import ConversationMemory
from heartvoice.shared.crypto import open_bytes, seal_bytes
from heartvoice.shared.errors import PHIError

log = logging.getLogger(__name__)

CACHE_SECONDS = 7 * 24 * 3600
LISTS = ("previous_concerns", "medication_changes", "personal_topics", "follow_up_items")
KEEP = 6


def memory_write(*, patient_id: UUID, call_id: UUID, body: dict[str, Any]) -> ConversationMemory:
    """The patient's memory after this call: newest first, what was known before after it, six of each kind."""
    row, _ = ConversationMemory.objects.get_or_create(patient_id=patient_id)
    merged: dict[str, Any] = {"last_call_on": body.get("last_call_on") or row.body.get("last_call_on", "")}
    for name in LISTS:
        known = [str(value) for value in row.body.get(name, [])]
        fresh = [str(value) for value in body.get(name, [])]
        merged[name] = list(dict.fromkeys([*fresh, *known]))[:KEEP]
    row.body, row.call_id = merged, call_id
    row.save(update_fields=["body", "call", "updated_at"])
    _cache_set(patient_id, merged)
    return row


def memory_read(*, patient_id: UUID) -> Memory:
    """What is remembered of the patient; empty when there is nothing."""
    body = _cache_get(patient_id)
    if body is None:
        row = ConversationMemory.objects.filter(patient_id=patient_id).first()
        if row is None:
            return Memory()
        body = row.body
        _cache_set(patient_id, body)
    return Memory(
        last_call_on=str(body.get("last_call_on", "")),
        **{name: tuple(str(value) for value in body.get(name, [])) for name in LISTS},
    )


def _aad(patient_id: UUID) -> bytes:
    return f"PHI|memory|{patient_id}".encode()


def _cache_set(patient_id: UUID, body: dict[str, Any]) -> None:
    sealed = seal_bytes(json.dumps(body, ensure_ascii=False).encode(), _aad(patient_id))
    try:
        cache.set(f"memory:{patient_id}", sealed, CACHE_SECONDS)
    except (RedisError, OSError):
        log.warning("conversation memory is not cached: Redis is away")


def _cache_get(patient_id: UUID) -> dict[str, Any] | None:
    try:
        sealed = cache.get(f"memory:{patient_id}")
        if not isinstance(sealed, bytes):
            return None
        body = json.loads(open_bytes(sealed, _aad(patient_id)))
    except (RedisError, OSError, PHIError, ValueError):
        return None
    return body if isinstance(body, dict) else None
