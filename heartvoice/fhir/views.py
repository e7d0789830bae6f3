"""The routes under /fhir/r4: read and search, every error an OperationOutcome."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from heartvoice.dashboard.staff import staff_of
from heartvoice.fhir import search
from heartvoice.fhir.asking import CONTINUE, Asked, BadSearch, PersonalInAddress, asked
from heartvoice.fhir.capability import capability
from heartvoice.fhir.people import people_asked
from heartvoice.fhir.resources import bundle, outcome, patient_resource
from patients.access import AccessNotRecorded, access_demand
from patients.models import Patient

ISSUES = {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported",
          406: "not-supported", 415: "not-supported", 429: "throttled", 503: "transient"}  # fmt: skip


class NotFound(APIException):
    status_code = 404
    default_detail = "There is no such resource."


class FHIRRenderer(JSONRenderer):
    """FHIR's JSON, which is always UTF-8."""

    media_type = "application/fhir+json"
    format = "fhir"
    charset = "utf-8"

    def render(self, data: Any, media: str | None = None, context: Any = None) -> bytes:
        rendered: bytes = super().render(data, "application/json", context)
        return rendered


class PlainRenderer(FHIRRenderer):
    """For clients that ask for JSON in general: FHIR lets a server answer them with its own type."""

    media_type = "application/json"

    def get_content_type(self) -> str:
        return FHIRRenderer.media_type


@extend_schema(exclude=True)
class FHIRView(APIView):
    """A protected FHIR resource."""

    renderer_classes = [FHIRRenderer, PlainRenderer]
    permission_classes = [IsAuthenticated]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.content_type = "application/fhir+json; charset=utf-8"
        return answer

    def get_exception_handler(self) -> Any:
        return as_outcome

    @property
    def base(self) -> str:
        return f"{settings.PUBLIC_URL.rstrip('/')}/fhir/r4"

    def look(self, request: Request, what: str, resource: str, patients: set[UUID], count: int = 1) -> None:
        staff_of(request)  # puts the role where the log reads it
        access_demand(
            user=request.user,
            action=what,
            resource=f"fhir:{resource}",
            patient_ids=patients,
            purpose="api",
            request=request,
            row_count=count,
        )

    def answer_search(
        self, request: Request, asked: Asked, found: list[dict[str, Any]], total: int, page: search.Paging
    ) -> Response:
        """The bundle with its links. Addresses repeat the search but for what names a person, which waits sealed."""
        name = asked.resource
        links = {"self": f"{self.base}/{name}?{urlencode(asked.address, doseq=True)}"}
        if page.offset + page.count < total:
            after = {**asked.address, "_count": page.count, "_offset": page.offset + page.count}
            if token := asked.continued(request.user):
                after[CONTINUE] = token
            links["next"] = f"{self.base}/{name}?{urlencode(after, doseq=True)}"
        return Response(bundle(found, total=total, base=self.base, links=links))


def as_outcome(error: Exception, context: Any) -> Response | None:
    """Any refusal as an OperationOutcome, with the status it has elsewhere."""
    if isinstance(error, AccessNotRecorded):
        return Response(outcome("transient", "The access log could not be written."), status=503)
    if isinstance(error, PersonalInAddress):
        return Response(outcome("invalid", error.advice(settings.PUBLIC_URL)), status=400)
    if isinstance(error, BadSearch):
        return Response(outcome("invalid", f"Not understood: {error}"), status=400)
    response = exception_handler(error, context)
    if response is not None:
        text = str(getattr(error, "detail", "Not found."))
        response.data = outcome(ISSUES.get(response.status_code, "processing"), text)
    return response


class MetadataView(FHIRView):
    """What the service can do. Open to all: it says nothing about anybody."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def get(self, request: Request) -> Response:
        return Response(capability(self.base))


class PatientView(FHIRView):
    def get(self, request: Request, patient_id: str) -> Response:
        try:
            wanted = UUID(patient_id)
        except ValueError:
            raise NotFound from None
        patient = (
            Patient.objects.visible_to(request.user).select_related("care_team").filter(pk=wanted).first()
        )
        if patient is None:
            raise NotFound
        self.look(request, "view", "Patient", {patient.pk})
        return Response(patient_resource(patient, self.base))


class PatientSearchView(FHIRView):
    """By id, or in a body by what names a person; without either, all of the caller's patients page by page."""

    def get(self, request: Request) -> Response:
        return self.find(request, asked(request, "Patient"))

    def find(self, request: Request, asked: Asked) -> Response:
        visible = Patient.objects.visible_to(request.user)
        rows = people_asked(visible, asked.query).select_related("care_team").order_by("created_at", "pk")
        page = search.paging(asked.query)
        total = rows.count()
        shown = list(rows[page.offset : page.offset + page.count])
        self.look(request, "list", "Patient", {patient.pk for patient in shown}, len(shown))
        found = [patient_resource(patient, self.base) for patient in shown]
        return self.answer_search(request, asked, found, total, page)


class PatientPostView(PatientSearchView):
    """The same search with its parameters in the body."""

    http_method_names = ["post", "options"]
    parser_classes = [FormParser]

    def post(self, request: Request) -> Response:
        return self.find(request, asked(request, "Patient"))


class ObservationView(FHIRView):
    def get(self, request: Request, observation_id: str) -> Response:
        visible = Patient.objects.visible_to(request.user)
        found = search.observation(visible, observation_id, self.base)
        if found is None:
            raise NotFound
        patient_id, resource = found
        self.look(request, "view", "Observation", {patient_id})
        return Response(resource)


class ObservationSearchView(FHIRView):
    """A patient's observations; `patient` is needed."""

    def get(self, request: Request) -> Response:
        return self.find(request, asked(request, "Observation"))

    def find(self, request: Request, asked: Asked) -> Response:
        query = asked.query
        whose = query.get("patient") or query.get("subject")
        kinds = search.kinds_asked(query.dict())
        if not whose:
            raise BadSearch("patient")
        page = search.paging(query)
        period = search.period_asked(query.getlist("date"))
        wanted = search.patient_id(whose)
        patient = Patient.objects.visible_to(request.user).filter(pk=wanted).first()
        found, total = search.observations(patient, kinds, period, page, self.base) if patient else ([], 0)
        self.look(request, "list", "Observation", {patient.pk} if patient else set(), len(found))
        return self.answer_search(request, asked, found, total, page)


class ObservationPostView(ObservationSearchView):
    """The same search with its parameters in the body."""

    http_method_names = ["post", "options"]
    parser_classes = [FormParser]

    def post(self, request: Request) -> Response:
        return self.find(request, asked(request, "Observation"))


class NothingHereView(FHIRView):
    """Any other address under the service."""

    def get(self, request: Request, rest: str = "") -> Response:
        raise NotFound
