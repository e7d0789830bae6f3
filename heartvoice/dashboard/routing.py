"""The browser's sockets. They pass the Origin check and the session middleware (heartvoice.asgi)."""

from __future__ import annotations

from django.urls import path

from heartvoice.dashboard.consumers import DashboardConsumer
from heartvoice.dashboard.softphone import softphone_app

live_urlpatterns = [
    path("ws/live", DashboardConsumer.as_asgi()),
    path("ws/softphone", softphone_app),  # type: ignore[arg-type]  # Channels routes ASGI applications
]
