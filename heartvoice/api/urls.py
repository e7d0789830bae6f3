"""`/api/v1/…` and its description at `/api/schema/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from heartvoice.api import views

router = SimpleRouter()
router.register("patients", views.PatientViewSet, basename="api-patient")
router.register("calls", views.CallViewSet, basename="api-call")
router.register("alerts", views.AlertViewSet, basename="api-alert")
router.register("records", views.RecordViewSet, basename="api-record")
router.register("biomarkers", views.BiomarkerViewSet, basename="api-biomarker")

urlpatterns = [
    path("api/v1/", include(router.urls)),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="api-schema",
    ),
]
