"""The log of changes (django-auditlog) in the reader's own words. For looking at."""

from __future__ import annotations

from typing import Any

from auditlog.admin import LogEntryAdmin
from auditlog.filters import CIDFilter
from auditlog.models import LogEntry
from auditlog.render import get_field_verbose_name
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LISTED = 4


class KindFilter(admin.SimpleListFilter):
    """By the kind of row that changed, under its own name."""

    title = _("what was changed")
    parameter_name = "resource_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        used = LogEntry.objects.order_by().values_list("content_type", flat=True).distinct()
        kinds = [(str(kind.pk), capfirst(kind.name)) for kind in ContentType.objects.filter(pk__in=used)]
        return sorted(kinds, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(content_type_id=self.value())


class RequestFilter(CIDFilter):
    """All changes of one request: set by a link in the list."""

    title = _("request")

    def has_output(self) -> bool:
        return self.value() is not None


class ChangeLogAdmin(LogEntryAdmin):
    """Who changed which row. Protected values are never in it, only that they changed."""

    list_filter = ["action", KindFilter, RequestFilter]
    list_display = ["created", "resource_url", "action", "changed", "user_url", "cid_url"]
    show_full_result_count = False

    @admin.display(description=_("what was changed"))
    def resource_url(self, row: Any) -> Any:
        """The row that changed, under the name of its kind and its own where it has one."""
        kind = capfirst(row.content_type.name)
        name = row.object_pk[:8] if row.object_pk in row.object_repr else row.object_repr
        try:
            address = reverse(
                f"admin:{row.content_type.app_label}_{row.content_type.model}_change", args=[row.object_pk]
            )
        except NoReverseMatch:
            return f"{kind} {name}"
        return format_html('<a href="{}">{} {}</a>', address, kind, name)

    @admin.display(description=_("Changes"))
    def changed(self, row: Any) -> str:
        """How many columns changed, and the names of the first."""
        if row.action in (LogEntry.Action.DELETE, LogEntry.Action.ACCESS):
            return ""
        names = [str(get_field_verbose_name(row, name)) for name in row.changes_dict]
        said = ngettext("%(n)s change", "%(n)s changes", len(names)) % {"n": len(names)}
        more = " …" if len(names) > LISTED else ""
        return f"{said}: {', '.join(names[:LISTED])}{more}" if names else ""

    @admin.display(description=_("User"))
    def user_url(self, row: Any) -> Any:
        return super().user_url(row) if row.actor else _("the system")

    @admin.display(description=_("Request"))
    def cid_url(self, row: Any) -> Any:
        return super().cid_url(row)


def register() -> None:
    """In place of the package's own page."""
    admin.site.unregister(LogEntry)
    admin.site.register(LogEntry, ChangeLogAdmin)
