"""What every admin page of health data shares: the team's wall, the access log, no deleting."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from patients.access import access_record
from patients.models import Patient
from patients.search import patients_matching


class TeamWallAdmin(admin.ModelAdmin):
    """Rows of the administrator's own care teams only; each look is written to the access log."""

    patient_path = "patient"  # from the model to its patient; "" when the model is the patient
    search_fields: tuple[str, ...] = ("pk",)  # shows the box; `get_search_results` does the finding
    search_help_text = "Name, phone number, date of birth or record number"
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = Patient.objects.visible_to(request.user)
        queryset = super().get_queryset(request)
        if not self.patient_path:
            return queryset.filter(pk__in=visible.values("pk"))
        return queryset.filter(**{f"{self.patient_path}__in": visible})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        found = patients_matching(Patient.objects.visible_to(request.user), search_term)
        path = f"{self.patient_path}__in" if self.patient_path else "pk__in"
        return queryset.filter(**{path: found}), False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # clinical rows leave by retention only

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        access_record(
            user=request.user,
            action="list",
            resource=f"admin:{self.opts.label_lower}",
            purpose="admin",
            request=request,
        )
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id) if object_id else None
        if obj is not None:
            owner = obj if isinstance(obj, Patient) else getattr(obj, "patient", None)
            access_record(
                user=request.user,
                action="view" if request.method == "GET" else "change",
                resource=f"admin:{self.opts.label_lower}",
                patient_ids=[owner.pk] if owner is not None else [],
                purpose="admin",
                request=request,
            )
        return super().changeform_view(request, object_id, form_url, extra_context)


class ReadOnlyAdmin(TeamWallAdmin):
    """Rows that the system writes: looked at here, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
