"""Every HTTP route. All need a log-in but those marked otherwise in their views."""

from django.contrib import admin
from django.urls import include, path

from heartvoice import health
from heartvoice.metrics import metrics

urlpatterns = [
    path("", include("calls.urls")),
    path("", include("alerts.urls")),
    path("health", health.live, name="health"),
    path("health/serving", health.serving, name="health-serving"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("heartvoice.api.urls")),
    path("fhir/r4/", include("heartvoice.fhir.urls")),
    path("", include("heartvoice.reports.urls")),
    path("", include("heartvoice.dashboard.urls")),
]

handler500 = "heartvoice.dashboard.views.errors.server_error"
