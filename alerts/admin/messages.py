"""The outbox: what was sent to whom, and what failed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alerts.models import Notification
from alerts.services.resending import notification_resend
from alerts.words import MESSAGE_PURPOSES
from heartvoice.shared.errors import Conflict
from patients.admin_base import NotAdded, NotChanged, NotDeleted, WordsMixin, by_code


@admin.register(Notification)
class NotificationAdmin(NotAdded, NotChanged, NotDeleted, WordsMixin, admin.ModelAdmin):
    """The outbox of the administrator's teams. Failed messages can be sent again."""

    words = {"purpose": MESSAGE_PURPOSES}

    list_select_related = ("team", "recipient")
    show_full_result_count = False
    fields = (
        "team", "recipient", "channel", "purpose", "level", "state", "attempts", "next_attempt_at", "error_code",
        "provider_sid", "created_at", "sent_at", "delivered_at", "acknowledged_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).filter(team__memberships__user=request.user)

    list_display = (
        "created_at",
        "team",
        "recipient",
        "channel",
        "purpose",
        "state",
        "attempts",
        "error_code",
    )
    list_filter = ("state", "channel", ("purpose", by_code(MESSAGE_PURPOSES)), "team")
    date_hierarchy = "created_at"
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        sent = 0
        for row in queryset:
            try:
                notification_resend(notification=row)
            except Conflict:
                continue
            sent += 1
        said = ngettext("%(n)s message will be sent again.", "%(n)s messages will be sent again.", sent)
        level = messages.SUCCESS if sent else messages.WARNING
        self.message_user(request, said % {"n": sent}, level)
