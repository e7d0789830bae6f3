"""Every refusal in one shape: a stable code and a sentence."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from heartvoice.shared.errors import Conflict, DomainError, NotAllowed
from patients.access import AccessNotRecorded


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error, or None for what is a fault of ours."""
    match error:
        case AccessNotRecorded():
            return Response(
                {"code": "not_recorded", "detail": "The access log could not be written; nothing is shown."},
                status=503,
                headers={"Retry-After": "10"},
            )
        case NotAllowed():
            return Response({"code": error.code, "detail": str(error)}, status=403)
        case Conflict():
            return Response({"code": error.code, "detail": str(error)}, status=409)
        case DomainError():
            return Response({"code": error.code, "detail": str(error)}, status=400)
        case _:
            return exception_handler(error, context)
