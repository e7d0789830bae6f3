"""Second factors: seen, and taken away from somebody who has lost theirs. Nobody adds one for a colleague."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from patients.admin_base import NotAdded, NotChanged
from patients.models import SecondFactor

admin.site.unregister(Authenticator)  # its page shows the secret


@admin.register(SecondFactor)
class SecondFactorAdmin(NotAdded, NotChanged, admin.ModelAdmin):
    """Deleting one lets its owner set up another at the next sign-in."""

    list_display = ("person", "kind", "added", "used")
    list_select_related = ("user",)
    list_display_links = ("person",)
    fields = ("person", "kind", "added", "used")
    readonly_fields = fields

    @admin.display(description=_("member of staff"), ordering="user__username")
    def person(self, row: SecondFactor) -> str:
        return str(row.user.get_username())

    @admin.display(description=_("kind"), ordering="type")
    def kind(self, row: SecondFactor) -> str:
        return str(row.get_type_display())

    @admin.display(description=_("created at"), ordering="created_at")
    def added(self, row: SecondFactor) -> Any:
        return row.created_at

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def used(self, row: SecondFactor) -> Any:
        return row.last_used_at
