"""No look without its record: a page of protected data is shown only after the access log has it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest

from patients.access import AccessNotRecorded, access_record

log = logging.getLogger(__name__)


class LookNotRecorded(AccessNotRecorded):
    """The access log could not be written. The answer is 503, and nothing is shown."""


def look_record(
    request: HttpRequest,
    *,
    action: str,
    resource: str,
    patient_ids: Collection[UUID],
    purpose: str = "care",
    row_count: int = 1,
) -> None:
    """One row for each patient that this answer shows. Raises LookNotRecorded."""
    try:
        access_record(
            user=request.user,
            action=action,
            resource=resource,
            patient_ids=patient_ids,
            purpose=purpose,
            request=request,
            row_count=row_count,
        )
    except Exception as error:
        log.error("a look could not be recorded: %s", type(error).__name__)
        raise LookNotRecorded from None


def list_record(
    request: HttpRequest, *, resource: str, patient_ids: Collection[UUID], row_count: int
) -> None:
    """A list was shown. Raises LookNotRecorded."""
    look_record(request, action="list", resource=resource, patient_ids=patient_ids, row_count=row_count)
