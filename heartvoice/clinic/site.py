"""The site itself: models sorted by what an administrator does, and pages that no model has."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from heartvoice.clinic.sealed_search import sealed
from heartvoice.clinic.step_up import proven
from heartvoice.dashboard.staff import staff_of
from patients.access import access_demand
from patients.admin_base import patient_label
from patients.models import Patient

GROUPS = (
    ("patients", _("Patients"), ("Patient", "Medication", "Consent", "Proxy", "CallSchedule", "ThresholdOverride", "KccqScore")),
    ("teams", _("Teams and rosters"), ("CareTeam", "User", "OnCallShift", "EscalationPolicy", "SecondFactor", "ApiToken")),
    ("rules", _("Rules"), ("RuleSetVersion",)),
    ("messages", _("Messages and money"), ("Notification", "BudgetWarning", "UsageEntry", "CallFailure")),
    (
        "care",
        _("Care, for looking at"),
        (
            "Alert", "CareTask", "FollowUp", "Call", "StaffCall", "CallIntervention", "PatientRecord",
            "EducationGiven", "PatientNote", "TimeLog",
        ),
    ),
    ("voice", _("Voice measurements"), ("CallVoice", "VoiceBiomarker", "Baseline")),
    ("logs", _("Who did what"), ("PhiAccess", "LogEntry")),
)  # fmt: skip


class PatientAutocomplete(AutocompleteJsonView):
    """Choices under labels that can be told apart, each look at them written down.

    Asked in a body: what is typed must not stand in an address.
    """

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.GET = request.POST  # where Django's own view reads what is asked
        response: HttpResponse = super().get(request, *args, **kwargs)
        shown = [obj.pk for obj in self.object_list[: self.paginate_by] if isinstance(obj, Patient)]
        if shown:
            access_demand(
                user=request.user,
                action="search",
                resource="admin:patients.patient",
                patient_ids=shown,
                purpose="admin",
                request=request,
                row_count=len(shown),
            )
        return response

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        text = patient_label(obj) if isinstance(obj, Patient) else str(obj)
        return {"id": str(getattr(obj, to_field_name)), "text": text}


class ClinicSite(AdminSite):
    """Django's admin, sorted for a clinic. Only administrators of the installation reach it."""

    site_header = _("HeartVoice Monitor")
    site_title = _("HeartVoice administration")
    index_title = _("Run the clinic")
    index_template = "admin/clinic/index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Every list of the site searches without its words in an address."""
        super().register(model_or_iterable, sealed(admin_class), **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers only: half of an administrator is nobody that a clinic has."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_superuser)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one way in, with its second step and its limits. Who is signed in already may not see this."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if request.user.is_authenticated:
            return redirect(wanted)
        return redirect_to_login(wanted, reverse("account_login"))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Behind the log-in, and behind a fresh proof where something is written or people are shown at work.

        Times are read and written in the zone of the administrator's team, not in UTC.
        """
        inner = super().admin_view(proven(view), cacheable)

        def in_own_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return inner(request, *args, **kwargs)
            with timezone.override(staff_of(request).zone):
                response = inner(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        return update_wrapper(in_own_zone, inner)

    def get_urls(self) -> list[Any]:
        # views need the registry that this site is
        from heartvoice.clinic import import_views, password_views, text_views

        own = [
            path("patients/import/", self.admin_view(import_views.import_patients), name="patients_import"),
            path(
                "patients/import/template.csv", self.admin_view(import_views.template), name="import_template"
            ),
            path(
                "patients/user/<int:person_id>/password-link/",
                self.admin_view(password_views.password_link),
                name="password_link",
            ),
            path("texts/", self.admin_view(text_views.texts), name="texts"),
            path("texts/<slug:kind>/<str:name>/", self.admin_view(text_views.text), name="text"),
        ]
        return own + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The groups above; whatever a later version adds stands at the end under its app's own name."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        groups = []
        for label, name, wanted in GROUPS:
            rows = [models.pop(each) for each in wanted if each in models]
            if rows:
                groups.append(
                    {
                        "name": name,
                        "app_label": label,
                        "app_url": "",
                        "has_module_perms": True,
                        "models": rows,
                    }
                )
        if models:
            rest = {"name": _("More"), "app_label": "more", "app_url": "", "has_module_perms": True}
            groups.append({**rest, "models": list(models.values())})
        return groups

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from heartvoice.clinic.attention import attention

        return super().index(request, {**(extra_context or {}), "attention": attention(request.user)})

    @method_decorator(sensitive_post_parameters("term"))
    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response: Any = PatientAutocomplete.as_view(admin_site=self)(request)
        return response
