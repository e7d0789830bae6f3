"""Who is on call, and the ladder by which a page climbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alerts.models import EscalationPolicy, Notification, OnCallShift
from alerts.ruleset import RuleSetError
from alerts.ruleset_toml import CHANNELS
from alerts.selectors import ruleset_in_force, with_policy
from alerts.services import trial_page_send
from alerts.severity import Severity
from patients.models import Membership


class ShiftForm(forms.ModelForm):
    """Somebody who is not of the team would see none of its alerts."""

    class Meta:
        model = OnCallShift
        fields = ("team", "user", "level", "starts_at", "ends_at")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        team, person = values.get("team"), values.get("user")
        if team and person and not Membership.objects.filter(team=team, user=person).exists():
            raise forms.ValidationError({"user": _("This person is not a member of the team.")})
        return values


@admin.register(OnCallShift)
class OnCallShiftAdmin(admin.ModelAdmin):
    form = ShiftForm
    list_display = ("team", "user", "level", "starts_at", "ends_at")
    list_filter = ("team", "level", "user")
    list_select_related = ("team", "user")
    date_hierarchy = "starts_at"
    actions = ("test_pages",)

    def has_delete_permission(self, request: HttpRequest, obj: OnCallShift | None = None) -> bool:
        """A duty that has begun is history: who was on call then stays known."""
        return obj is not None and obj.starts_at > timezone.now()

    @admin.action(description=_("Send a test page by text and by telephone"), permissions=["change"])
    def test_pages(self, request: HttpRequest, queryset: QuerySet[OnCallShift]) -> None:
        """What a person on call should see and hear before the night begins."""
        people = {(shift.team, shift.user) for shift in queryset.select_related("team", "user")}
        for team, person in people:
            for channel in (Notification.Channel.SMS, Notification.Channel.VOICE):
                trial_page_send(team=team, person=person, channel=channel)
        self.message_user(
            request,
            ngettext(
                "%(n)s person will be paged for a test: see the notifications.",
                "%(n)s people will be paged for a test: see the notifications.",
                len(people),
            )
            % {"n": len(people)},
        )


STEPS = range(1, 6)
ROLES = (
    ("", "–"), ("primary", _("First on call")), ("secondary", _("Second on call")), ("lead", _("Clinical lead on call")),
    ("team_lead", _("Team lead")),
)  # fmt: skip


def after_field(number: int) -> forms.IntegerField:
    """Minutes after the alert at which a step is taken."""
    label = format_lazy(_("Step {number}: minutes after the alert"), number=number)
    return forms.IntegerField(label=label, min_value=0, max_value=1440, required=False)


def role_field(number: int) -> forms.ChoiceField:
    """Who is paged then."""
    return forms.ChoiceField(
        label=format_lazy(_("Step {number}: who is paged"), number=number), choices=ROLES, required=False
    )


class EscalationPolicyForm(forms.ModelForm):
    """Steps are checked when they are written: a ladder that does not hold would be ignored at night."""

    after_1, role_1 = after_field(1), role_field(1)
    after_2, role_2 = after_field(2), role_field(2)
    after_3, role_3 = after_field(3), role_field(3)
    after_4, role_4 = after_field(4), role_field(4)
    after_5, role_5 = after_field(5), role_field(5)

    class Meta:
        model = EscalationPolicy
        fields = ("team", "severity", "repeat_every_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, step in zip(STEPS, self._known(), strict=False):
            self.initial.setdefault(f"after_{number}", step.get("after_minutes"))
            self.initial.setdefault(f"role_{number}", step.get("level"))

    def _known(self) -> list[dict[str, Any]]:
        """The steps as they are kept, without what is no step."""
        steps = self.instance.steps
        return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        steps, known = [], self._known()
        for number in STEPS:
            if self.errors.keys() & {f"after_{number}", f"role_{number}"}:
                continue
            after, role = values.get(f"after_{number}"), values.get(f"role_{number}")
            if after is None and not role:
                continue
            if after is None or not role:
                self.add_error(f"after_{number}", _("A step needs its minutes and who is paged."))
                continue
            old = known[number - 1] if number <= len(known) else {}
            kept = {"channels": old["channels"]} if set(old.get("channels", ["?"])) <= set(CHANNELS) else {}
            steps.append({"after_minutes": after, "level": role, **kept})
        if not steps and not self.errors:
            raise forms.ValidationError(_("A ladder needs at least one step."))
        try:
            with_policy(ruleset_in_force().responses[Severity.CRITICAL], steps, None)
        except RuleSetError:
            raise forms.ValidationError(_("This ladder cannot be used.")) from None
        self.instance.steps = steps
        return values


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(admin.ModelAdmin):
    """A team's own ladder. Removing one puts the rule set's ladder back in force."""

    form = EscalationPolicyForm
    list_display = ("team", "severity", "repeat_every_minutes")
    fieldsets = (
        (None, {"fields": ("team", "severity", "repeat_every_minutes")}),
        (_("Steps"), {"fields": tuple((f"after_{number}", f"role_{number}") for number in STEPS)}),
    )
