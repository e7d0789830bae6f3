"""Who may speak for a patient: recorded and ended, never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from patients.admin_base import InForceFilter, NotChanged, TeamWallAdmin
from patients.models import Proxy
from patients.services import proxy_record, proxy_revoke

WRITTEN = ("name", "relation", "level", "authority", "document", "valid_until")


class ProxyForm(forms.ModelForm):
    class Meta:
        model = Proxy
        fields = ("patient", *WRITTEN)

    def clean_valid_until(self) -> Any:
        end = self.cleaned_data["valid_until"]
        if end is not None and end < timezone.now().date():
            raise forms.ValidationError(_("The authority has ended already."))
        return end


class ProxyInline(NotChanged, admin.StackedInline):
    """Proxies as they were recorded. New ones are written here; none is edited: see the actions of Proxies."""

    model = Proxy
    form = ProxyForm
    extra = 0
    can_delete = False
    readonly_fields = ("recorded_by", "revoked_at")
    fields = (
        ("name", "relation", "level"),
        ("authority", "document", "valid_until"),
        ("recorded_by", "revoked_at"),
    )


def proxy_keep(row: Proxy, request: HttpRequest) -> None:
    """The proxy of a form, recorded through the service."""
    values = {name: getattr(row, name) for name in WRITTEN}
    kept = proxy_record(patient=row.patient, recorded_by=request.user, **values)  # type: ignore[arg-type]
    row.pk = kept.pk


@admin.register(Proxy)
class ProxyAdmin(NotChanged, TeamWallAdmin):
    """Proxies are added and ended, never edited: who might speak for whom at which time stays known."""

    form = ProxyForm
    list_display = ("who", "level", "authority", "valid_until", "revoked_at")
    list_filter = ("level", InForceFilter)
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: Proxy, form: Any, change: bool) -> None:
        proxy_keep(obj, request)

    @admin.action(description=_("End, from now on"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Proxy]) -> None:
        ended = sum(proxy_revoke(proxy=proxy) for proxy in queryset.select_related("patient"))
        level = messages.SUCCESS if ended else messages.WARNING
        said = ngettext("%(n)s proxy ended.", "%(n)s proxies ended.", ended) % {"n": ended}
        self.message_user(request, said, level)
