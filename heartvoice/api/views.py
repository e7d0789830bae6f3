"""Lists and rows of what the caller's care teams may see, and the two things that may be done to an alert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from alerts.models import Alert
from alerts.services import alert_acknowledge, alert_resolve
from biomarkers.models import VoiceBiomarker
from calls.models import Call
from heartvoice.api import filters, serializers
from heartvoice.api.authentication import TokenMayWrite
from heartvoice.dashboard.staff import staff_of, user_of
from patients.access import access_demand
from patients.models import Patient, PatientRecord


class NewestFirst(CursorPagination):
    """Pages by cursor: the same cost for the first page and the last, and no row twice while others arrive."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-created_at", "-id")


class PlannedLastFirst(NewestFirst):
    ordering = ("-planned_for", "-id")


class RecordedLastFirst(NewestFirst):
    ordering = ("-recorded_at", "-id")


class Walled(ReadOnlyModelViewSet):
    """Rows of the caller's own care teams; each answer is written into the access log before it is given."""

    permission_classes = [IsAuthenticated, TokenMayWrite]
    pagination_class = NewestFirst
    resource = ""
    is_patient = False

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        self.look(request, "list", rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        self.look(request, "view", [row])
        return Response(self.get_serializer(row).data)

    def look(self, request: Request, what: str, rows: Sequence[Any]) -> None:
        staff_of(request)  # puts the role where the log reads it
        patients: set[UUID] = {row.pk if self.is_patient else row.patient_id for row in rows}
        access_demand(
            user=request.user,
            action=what,
            resource=f"api:{self.resource}",
            patient_ids=patients,
            purpose="api",
            request=request,
            row_count=len(rows),
        )


REFUSALS = {
    status: OpenApiResponse(serializers.ErrorSerializer, description=text)
    for status, text in {
        400: "The request is not usable.",
        403: "Seen, but the role or token does not allow it.",
        409: "Somebody was first, or the alert has moved on.",
        503: "The access log could not be written.",
    }.items()
}


class PatientViewSet(Walled):
    """Patients. A list shows initials; one patient shows all."""

    queryset = Patient.objects.none()
    resource, is_patient = "patients", True
    filterset_class = filters.PatientFilter

    def get_queryset(self) -> QuerySet[Patient]:
        return Patient.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> Any:
        return serializers.PatientListSerializer if self.action == "list" else serializers.PatientSerializer


class CallViewSet(Walled):
    """Calls, planned and past."""

    queryset = Call.objects.none()
    resource = "calls"
    filterset_class = filters.CallFilter
    serializer_class = serializers.CallSerializer
    pagination_class = PlannedLastFirst

    def get_queryset(self) -> QuerySet[Call]:
        return Call.objects.visible_to(self.request.user)


@extend_schema_view(
    acknowledge=extend_schema(
        request=serializers.AcknowledgeSerializer, responses={200: serializers.AlertSerializer, **REFUSALS}
    ),
    resolve=extend_schema(
        request=serializers.ResolveSerializer, responses={200: serializers.AlertSerializer, **REFUSALS}
    ),
)
class AlertViewSet(Walled):
    """Alerts. They are acknowledged and resolved through the same services as on the page."""

    queryset = Alert.objects.none()
    resource = "alerts"
    filterset_class = filters.AlertFilter
    serializer_class = serializers.AlertSerializer

    def get_queryset(self) -> QuerySet[Alert]:
        return Alert.objects.visible_to(self.request.user).select_related("patient")

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str | None = None) -> Response:
        """The alert is the caller's, and paging for it stops."""
        row = self.get_object()
        self.look(request, "change", [row])
        serializers.AcknowledgeSerializer(data=request.data).is_valid(raise_exception=True)
        return Response(self.get_serializer(alert_acknowledge(alert=row, by=user_of(request))).data)

    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str | None = None) -> Response:
        """The alert is closed with its outcome and a note."""
        row = self.get_object()
        self.look(request, "change", [row])
        asked = serializers.ResolveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(
            self.get_serializer(alert_resolve(alert=row, by=user_of(request), **asked.validated_data)).data
        )


class RecordViewSet(Walled):
    """The answers of check-ins."""

    queryset = PatientRecord.objects.none()
    resource = "records"
    filterset_class = filters.RecordFilter
    serializer_class = serializers.RecordSerializer
    pagination_class = RecordedLastFirst

    def get_queryset(self) -> QuerySet[PatientRecord]:
        return PatientRecord.objects.filter(patient__in=Patient.objects.visible_to(self.request.user))


class BiomarkerViewSet(Walled):
    """Voice measurements. Investigational."""

    queryset = VoiceBiomarker.objects.none()
    resource = "biomarkers"
    filterset_class = filters.BiomarkerFilter
    serializer_class = serializers.BiomarkerSerializer

    def get_queryset(self) -> QuerySet[VoiceBiomarker]:
        return VoiceBiomarker.objects.visible_to(self.request.user).defer("speech_content")
