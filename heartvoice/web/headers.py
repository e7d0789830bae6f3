"""Response headers that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
SOFTPHONE_PERMISSIONS = PERMISSIONS.replace("microphone=()", "microphone=(self)")


class HeadersMiddleware:
    """No caching of what a signed-in person sees, no device access but the softphone's microphone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        softphone = request.path.startswith("/softphone")
        response["Permissions-Policy"] = SOFTPHONE_PERMISSIONS if softphone else PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.user.is_authenticated and not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        if request.path.startswith("/accounts/logout") and request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
