"""Where HTTP and WebSocket requests go."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heartvoice.settings")
_http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the app registry)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from calls.routing import media_urlpatterns  # noqa: E402
from heartvoice.dashboard.routing import live_urlpatterns  # noqa: E402
from heartvoice.traces import traces_start  # noqa: E402

# Every view is loaded now: a fault in one stops the start, the first visitor does not wait, and the collector need
# not walk them (heartvoice.server.runner freezes what is loaded).
_ = get_resolver().url_patterns
traces_start(settings.OTEL_EXPORTER_OTLP_ENDPOINT)

# Twilio's sockets carry no cookie and no Origin: they never pass the browser's middleware, nor pay for it.
_browser = OriginValidator(AuthMiddlewareStack(URLRouter(live_urlpatterns)), [settings.PUBLIC_URL])
_media = URLRouter(media_urlpatterns)


async def _websocket(scope, receive, send):  # type: ignore[no-untyped-def]
    if scope["path"].rstrip("/") == "/media":
        return await _media(scope, receive, send)
    return await _browser(scope, receive, send)


application = ProtocolTypeRouter({"http": _http, "websocket": _websocket})
