"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """`rehearsal`: no real telephone can ring. `softphone`: the training phone is on."""
    return {"rehearsal": settings.REHEARSAL, "softphone": settings.SOFTPHONE_ENABLED}
