"""The record of who saw what: written with the read, sealed in batches, verified on demand."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from heartvoice.shared.keys import derive, log_hash
from patients.models import PhiAccess, PhiAccessSeal

log = logging.getLogger(__name__)

SEAL_BATCH = 1000
SEAL_LOCK = 0x48565345  # one sealer at a time
SETTLE = timedelta(seconds=20)  # longer than any transaction may live: no row appears behind a seal
FIELDS = (
    "id", "at", "user_id", "role", "care_team_id", "action", "purpose", "resource", "patient_hash",
    "address_hash", "request_id", "outcome", "row_count",
)  # fmt: skip


class AccessNotRecorded(Exception):
    """The access log could not be written. The answer is 503, and nothing is shown."""


def access_demand(**look: Any) -> None:
    """`access_record`, or AccessNotRecorded: what was asked for is not shown without its record."""
    try:
        access_record(**look)
    except Exception as error:  # boundary: whatever failed, nothing is shown that is not on record
        log.error("a look could not be recorded: %s", type(error).__name__)
        raise AccessNotRecorded from None


def access_record(
    *,
    user: Any,
    action: str,
    resource: str,
    patient_ids: Iterable[UUID] = (),
    purpose: str = "care",
    request: Any = None,
    outcome: str = "success",
    row_count: int = 1,
) -> None:
    """One row a patient looked at (one in all for a list without patients). Raises when it cannot be written."""
    common = {
        "at": timezone.now(),
        "user_id": getattr(user, "pk", None),
        "role": getattr(user, "access_role", "")
        or ("superuser" if getattr(user, "is_superuser", False) else ""),
        "action": action,
        "purpose": purpose,
        "resource": resource,
        "address_hash": log_hash("address", client_address(request)) if request is not None else "",
        "request_id": getattr(request, "request_id", ""),
        "outcome": outcome,
        "row_count": row_count,
    }
    rows = [PhiAccess(patient_hash=patient_hash(patient_id), **common) for patient_id in patient_ids]
    if len(rows) > 1:
        PhiAccess.objects.bulk_create(rows)
    else:  # one statement instead of three
        (rows[0] if rows else PhiAccess(**common)).save(force_insert=True)


def patient_hash(patient_id: UUID | str) -> str:
    """The keyed hash under which the access log knows a patient."""
    return log_hash("patient", str(patient_id))


def client_address(request: Any) -> str:
    """The address of the nearest untrusted hop: X-Forwarded-For is read from the right, past our own proxies only."""
    remote = request.META.get("REMOTE_ADDR", "") if hasattr(request, "META") else ""
    if settings.TRUSTED_PROXIES <= 0:
        return remote
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else remote


@transaction.atomic
def access_log_seal() -> int:
    """The number of settled rows put under a new seal. Two sealers at once: the second waits, then finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    last = PhiAccessSeal.objects.order_by("-pk").first()
    sealed_up_to = max(last.row_ids) if last else 0
    rows = list(
        PhiAccess.objects.filter(pk__gt=sealed_up_to, at__lt=timezone.now() - SETTLE)
        .order_by("pk")
        .values(*FIELDS)[:SEAL_BATCH]
    )
    if not rows:
        return 0
    previous = last.value if last else ""
    PhiAccessSeal.objects.create(
        sealed_at=timezone.now(),
        row_ids=[row["id"] for row in rows],
        previous=previous,
        value=_chain(previous, rows),
    )
    return len(rows)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the access log: which seal, which row, what."""

    seal_id: int
    row_id: int | None
    problem: str


def access_log_verify() -> list[Finding]:
    """Every change, removal, insertion, reordering or cut that the seals show. An intact log gives an empty list."""
    findings: list[Finding] = []
    previous = ""
    last_id = 0
    for seal in PhiAccessSeal.objects.order_by("pk").iterator():
        if seal.previous != previous:
            findings.append(Finding(seal.pk, None, "does not follow the seal before it"))
        if seal.purged_at is not None:
            previous, last_id = seal.value, max(seal.row_ids)
            continue
        rows = list(PhiAccess.objects.filter(pk__in=seal.row_ids).order_by("pk").values(*FIELDS))
        for missing in sorted(set(seal.row_ids) - {row["id"] for row in rows}):
            findings.append(Finding(seal.pk, missing, "row is gone"))
        inserted = PhiAccess.objects.filter(pk__gt=last_id, pk__lte=max(seal.row_ids)).exclude(
            pk__in=seal.row_ids
        )
        findings += [
            Finding(seal.pk, row_id, "row was inserted later")
            for row_id in inserted.values_list("pk", flat=True)
        ]
        if not hmac.compare_digest(_chain(seal.previous, rows), seal.value):
            findings.append(Finding(seal.pk, None, "rows differ from what was sealed"))
        previous, last_id = seal.value, max(seal.row_ids)
    unsealed = PhiAccess.objects.filter(pk__gt=last_id, at__lt=timezone.now() - timedelta(hours=1)).aggregate(
        oldest=Max("pk")
    )
    if unsealed["oldest"]:
        findings.append(Finding(0, unsealed["oldest"], "rows older than an hour are not sealed"))
    return findings


def _chain(previous: str, rows: list[dict[str, Any]]) -> str:
    """HMAC(previous | canonical rows) with the audit key."""
    canonical = json.dumps([[str(row[name]) for name in FIELDS] for row in rows], separators=(",", ":"))
    key = derive(settings.PHI_INDEX_KEY, "audit-chain")
    return hmac.new(key, f"{previous}|{canonical}".encode(), hashlib.sha256).hexdigest()
