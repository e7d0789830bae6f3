"""What every admin page of health data shares: the team's wall, the access log, no deleting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, ForeignKey, Model, QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from patients.access import access_demand
from patients.models import Patient
from patients.phone import last_digits
from patients.search import patients_matching


def patient_label(patient: Patient) -> str:
    """How lists and choices name a patient: enough to tell two apart, not enough to name them to a passer-by."""
    return f"{patient.first_name[:1]}. {patient.last_name[:1]}. ({patient.pk.hex[:6]}) {last_digits(patient.phone)}"


class PostedSelect(AutocompleteSelect):
    """A choice with a search that sends what is typed in a body, not in an address."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-ajax--type": "POST"}


class CodeFilter(admin.AllValuesFieldListFilter):
    """The stored codes of a column, offered in words."""

    words: Mapping[str, Any] = {}

    def choices(self, changelist: Any) -> Any:
        for each in super().choices(changelist):
            yield {**each, "display": self.words.get(each["display"], each["display"])}


def by_code(words: Mapping[str, Any]) -> type[CodeFilter]:
    """A filter of a column that stores codes, for `list_filter`."""
    return type("WordFilter", (CodeFilter,), {"words": words})


YES_NO = {True: _("yes"), False: _("no")}


class WordsMixin:
    """Shows stored codes in the reader's own words, in lists and on pages that are for looking at."""

    words: Mapping[str, Mapping[str, Any]] = {}  # name of a field to the words of its codes

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self.in_words(name) for name in super().get_list_display(request)]  # type: ignore[misc]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)  # type: ignore[misc]
        if self.has_change_permission(request, obj) or obj is None:  # type: ignore[attr-defined]
            return fields
        return [self.in_words(name) if isinstance(name, str) else name for name in fields]

    def in_words(self, name: Any) -> Any:
        """The field, or a column that says its code in words. Yes and no are words too: an icon's name has no Spanish."""
        try:
            field = self.model._meta.get_field(name)  # type: ignore[attr-defined]
        except (FieldDoesNotExist, TypeError):  # a column of the page's own
            return name
        words: Any = YES_NO if isinstance(field, BooleanField) else self.words.get(name)
        if words is None:
            return name

        def said(row: Any) -> Any:
            code = getattr(row, name)
            return self.get_empty_value_display() if code is None or code == "" else words.get(code, code)  # type: ignore[attr-defined]

        said.__name__ = f"{name}_in_words"
        return admin.display(description=field.verbose_name, ordering=name)(said)


class InForceFilter(admin.SimpleListFilter):
    """Of rows that are revoked, never edited: those that hold."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(revoked_at__isnull=self.value() == "yes")


class NotAdded:
    """Nobody writes a row by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NotChanged:
    """A row stays as it was written."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NotDeleted:
    """A row stays until the time of keeping it is over."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TeamWallAdmin(NotDeleted, WordsMixin, admin.ModelAdmin):
    """Rows of the administrator's own care teams only; each look is written to the access log."""

    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}

    patient_path = "patient"  # from the model to its patient; "" when the model is the patient
    search_fields = ("pk",)  # shows the box; `get_search_results` does the finding
    search_help_text = _("Name, phone number, date of birth or record number")
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

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Patients to choose from are those of the administrator's teams, under a name that can be told apart."""
        if db_field.related_model is Patient:
            kwargs["queryset"] = Patient.objects.visible_to(request.user)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PostedSelect(db_field, self.admin_site))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Patient:
            setattr(field, "label_from_instance", patient_label)  # noqa: B010  (it shadows a method)
        return field

    def in_words(self, name: Any) -> Any:
        """A patient stands under the label, with the way to their page."""
        if name != "patient" or self.model._meta.get_field(name).related_model is not Patient:
            return super().in_words(name)

        def patient(row: Any) -> Any:
            address = reverse("admin:patients_patient_change", args=[row.patient_id])
            return format_html('<a href="{}">{}</a>', address, patient_label(row.patient))

        return admin.display(description=_("patient"))(patient)

    @admin.display(description=_("patient"))
    def who(self, row: Any) -> str:
        """The row's patient as a label, for lists."""
        for step in filter(None, self.patient_path.split("__")):
            row = getattr(row, step)
        return patient_label(row)

    def look(self, request: HttpRequest, action: str, patients: list[Any] | None = None) -> None:
        """Write the look down. Raises AccessNotRecorded, and then nothing is shown."""
        access_demand(
            user=request.user,
            action=action,
            resource=f"admin:{self.opts.label_lower}",
            patient_ids=patients or [],
            purpose="admin",
            request=request,
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.look(request, "list")
        return super().changelist_view(request, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._look_at(request, object_id, "view")
        return super().history_view(request, object_id, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if object_id:
            owner = self._look_at(request, object_id, "view" if request.method == "GET" else "change")
            if owner is not None:
                context["subtitle"] = patient_label(owner)
        return super().changeform_view(request, object_id, form_url, context)

    def _look_at(self, request: HttpRequest, object_id: str, action: str) -> Patient | None:
        """Write down that this row is opened; the patient it belongs to."""
        obj: Any = self.get_object(request, object_id)
        if obj is None:
            return None
        for step in filter(None, self.patient_path.split("__")):
            obj = getattr(obj, step)
        self.look(request, action, [obj.pk])
        return obj


class ReadOnlyAdmin(NotAdded, NotChanged, TeamWallAdmin):
    """Rows that the system writes: looked at here, never changed."""


class ConfigurationAdmin(NotDeleted, admin.ModelAdmin):
    """Settings of the clinic: no health data, kept for ever once they were used."""

    list_per_page = 50
