"""Webhooks of paging. Included at the root: Twilio is given these paths under PUBLIC_URL."""

from django.urls import path

from alerts.webhooks import page_answered, page_status

urlpatterns = [
    path("voice/page/<uuid:notification_id>", page_answered, name="page-answered"),
    path("voice/page-status/<uuid:notification_id>", page_status, name="page-status"),
]
