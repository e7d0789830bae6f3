"""No look without its record: a page of protected data is shown only after the access log has it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest

from patients.access import access_demand


def look_record(
    request: HttpRequest,
    *,
    action: str,
    resource: str,
    patient_ids: Collection[UUID],
    purpose: str = "care",
    row_count: int = 1,
) -> None:
    """One row for each patient that this answer shows. Raises AccessNotRecorded."""
    access_demand(
        user=request.user,
        action=action,
        resource=resource,
        patient_ids=patient_ids,
        purpose=purpose,
        request=request,
        row_count=row_count,
    )


def list_record(
    request: HttpRequest, *, resource: str, patient_ids: Collection[UUID], row_count: int
) -> None:
    """A list was shown. Raises AccessNotRecorded."""
    look_record(request, action="list", resource=resource, patient_ids=patient_ids, row_count=row_count)
