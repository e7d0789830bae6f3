"""Every page of the administration: lists, forms to add, rows to look at, and pages that no model has."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

OWN = ("admin:index", "admin:patients_import", "admin:texts")
TEXT = "/admin/texts/prompts/prompts-1--system.txt/"


def admin_addresses(boss: Any) -> dict[str, str]:
    """Addresses by name, for rows that are there. Call it when everything is written."""
    request = RequestFactory().get("/admin/")
    request.user = boss
    found = {name.removeprefix("admin:"): reverse(name) for name in OWN} | {"text": TEXT}
    for model, page in admin.site._registry.items():
        stem = f"{model._meta.app_label}_{model._meta.model_name}"
        found[f"{stem} list"] = reverse(f"admin:{stem}_changelist")
        if page.has_add_permission(request):
            found[f"{stem} add"] = reverse(f"admin:{stem}_add")
        row = page.get_queryset(request).first()
        if row is not None:
            found[f"{stem} row"] = reverse(f"admin:{stem}_change", args=[row.pk])
            found[f"{stem} history"] = reverse(f"admin:{stem}_history", args=[row.pk])
            if page.has_delete_permission(request, row):
                found[f"{stem} delete"] = reverse(f"admin:{stem}_delete", args=[row.pk])
    return found
