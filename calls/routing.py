"""The media socket's address."""

from django.urls import re_path

from calls.consumers import MediaStreamConsumer
from calls.warmup import warm_up

warm_up()

media_urlpatterns = [re_path(r"^media/?$", MediaStreamConsumer.as_asgi())]
