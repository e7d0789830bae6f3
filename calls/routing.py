"""The media socket's address."""

from django.urls import re_path

from calls.consumers import MediaStreamConsumer

media_urlpatterns = [re_path(r"^media/?$", MediaStreamConsumer.as_asgi())]
