"""What a nurse fills in with an action on an alert. Shape only; the services judge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.lifecycle import Action
from heartvoice.dashboard import wording

SNOOZE_HOURS = ((1, _("1 hour")), (4, _("4 hours")), (8, _("8 hours")), (24, _("24 hours")))
ROLES = tuple((code, word) for code, word in wording.ROLES.items() if code != "primary")
DISPOSITIONS = (("", _("Choose what came of it")), *wording.DISPOSITIONS.items())
FALSE_ALARMS = (("", _("Not a false alarm")), *wording.FALSE_ALARMS.items())


class Note(forms.CharField):
    """Free text of a nurse."""

    def __init__(self, label: Any, *, required: bool = True, rows: int = 3) -> None:
        super().__init__(
            label=label, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": rows})
        )


class ActionForm(forms.Form):
    """An action without further details."""

    def details(self) -> dict[str, Any]:
        """Keyword arguments for the service of the action."""
        return dict(self.cleaned_data)

    def words(self) -> str:
        """What somebody typed into it."""
        typed = (self.data.get(name, "") for name, field in self.fields.items() if isinstance(field, Note))
        return "\n".join(text.strip() for text in typed if text.strip())


class SnoozeForm(ActionForm):
    hours = forms.TypedChoiceField(label=_("Wake in"), choices=SNOOZE_HOURS, coerce=int, initial=4)
    reason = Note(_("Why it can wait"), rows=2)

    def details(self) -> dict[str, Any]:
        until: datetime = timezone.now() + timedelta(hours=self.cleaned_data["hours"])
        return {"until": until, "reason": self.cleaned_data["reason"]}


class EscalateForm(ActionForm):
    to_role = forms.ChoiceField(label=_("To"), choices=ROLES, initial="lead")
    reason = Note(_("Reason"), rows=2)


class ResolveForm(ActionForm):
    disposition = forms.ChoiceField(label=_("Outcome"), choices=DISPOSITIONS)
    false_alarm_reason = forms.ChoiceField(
        label=_("If a false alarm, why"), choices=FALSE_ALARMS, required=False
    )
    note = Note(_("Note"))


class NoteForm(ActionForm):
    text = Note(_("Note"), rows=2)


class ReopenForm(ActionForm):
    reason = Note(_("Why it is opened again"), rows=2)


class BulkForm(forms.Form):
    """What happens to several alerts at once: claim, or snooze with one reason."""

    step_name = forms.ChoiceField(
        choices=[(Action.ACKNOWLEDGE, Action.ACKNOWLEDGE), (Action.SNOOZE, Action.SNOOZE)]
    )
    hours = forms.TypedChoiceField(choices=SNOOZE_HOURS, coerce=int, required=False, empty_value=4)
    reason = forms.CharField(required=False, max_length=4000)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("step_name") == Action.SNOOZE and not given.get("reason", "").strip():
            self.add_error("reason", _("Why it can wait"))
        return given

    def step(self) -> tuple[Action, dict[str, Any]]:
        """The action and the details that its service takes."""
        action = Action(self.cleaned_data["step_name"])
        if action is Action.ACKNOWLEDGE:
            return action, {}
        until = timezone.now() + timedelta(hours=self.cleaned_data["hours"])
        return action, {"until": until, "reason": self.cleaned_data["reason"]}


FORMS: dict[Action, type[ActionForm]] = {
    Action.SNOOZE: SnoozeForm,
    Action.ESCALATE: EscalateForm,
    Action.RESOLVE: ResolveForm,
    Action.NOTE: NoteForm,
    Action.REOPEN: ReopenForm,
}
