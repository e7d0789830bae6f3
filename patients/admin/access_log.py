"""The access log, for looking at."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patients.access import patient_hash
from patients.admin_base import NotAdded, NotChanged, NotDeleted, WordsMixin, by_code
from patients.models import Patient, PhiAccess, User
from patients.search import patients_matching
from patients.words import LOOK_PURPOSES, LOOKS, OUTCOMES, RESOURCES, ROLES


@admin.register(PhiAccess)
class PhiAccessAdmin(NotAdded, NotChanged, NotDeleted, WordsMixin, admin.ModelAdmin):
    """Who looked at what. The log knows patients by a keyed hash: a search by name finds the hash first."""

    words = {"role": ROLES, "action": LOOKS, "purpose": LOOK_PURPOSES, "outcome": OUTCOMES}
    fields = (
        "at", "person", "role", "action", "purpose", "what", "patient_code", "outcome", "row_count", "request_id",
    )  # fmt: skip
    readonly_fields = ("person", "what", "patient_code")

    list_display = (
        "at",
        "person",
        "role",
        "action",
        "purpose",
        "what",
        "patient_code",
        "outcome",
        "row_count",
    )
    list_filter = (
        ("action", by_code(LOOKS)),
        ("outcome", by_code(OUTCOMES)),
        ("purpose", by_code(LOOK_PURPOSES)),
    )
    date_hierarchy = "at"
    search_fields = ("request_id",)
    search_help_text = _("A patient’s name, phone or date of birth; a username; or a request id")
    show_full_result_count = False
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhiAccess]:
        name = User.objects.filter(pk=OuterRef("user_id")).values("username")[:1]
        return super().get_queryset(request).annotate(username=Subquery(name))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PhiAccess], search_term: str
    ) -> tuple[QuerySet[PhiAccess], bool]:
        if not search_term.strip():
            return queryset, False
        found = patients_matching(Patient.objects.visible_to(request.user), search_term)
        by = User.objects.filter(username__iexact=search_term.strip()).values("pk")
        return queryset.filter(
            Q(patient_hash__in=[patient_hash(pk) for pk in found[:50]])
            | Q(user_id__in=by)
            | Q(request_id=search_term.strip())
        ), False

    @admin.display(description=_("person"))
    def person(self, row: Any) -> str:
        return row.username or "–"

    @admin.display(description=_("resource"), ordering="resource")
    def what(self, row: PhiAccess) -> str:
        """Pages of the administration by the name of what they list; others by their own."""
        known = RESOURCES.get(row.resource)
        if known is not None or not row.resource.startswith("admin:"):
            return str(known or row.resource)
        try:
            names = apps.get_model(row.resource.removeprefix("admin:"))._meta.verbose_name_plural
        except (LookupError, ValueError):
            return row.resource
        return f"{_('Administration')}: {names}"

    @admin.display(description=_("patient code"))
    def patient_code(self, row: PhiAccess) -> str:
        return row.patient_hash[:8]
