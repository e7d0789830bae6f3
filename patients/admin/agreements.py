"""What a patient takes and what a patient agreed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from patients.admin.form_fields import language_field
from patients.admin_base import InForceFilter, NotChanged, TeamWallAdmin, by_code
from patients.models import Consent, Medication
from patients.services import consent_give, consent_revoke, medication_stop
from patients.words import CONSENT_METHODS

METHODS = {name: CONSENT_METHODS[name] for name in ("paper", "portal", "voice", "in person")}


class GivenForm(forms.ModelForm):
    """A consent as it is written down, in whichever form."""

    language = language_field(_("Language of the wording"))
    method = forms.ChoiceField(label=_("How it was given"), choices=[*METHODS.items()])

    class Meta:
        model = Consent
        fields = ("scope", "wording_version", "language", "method", "given_at")

    def clean_given_at(self) -> Any:
        given = self.cleaned_data["given_at"]
        if given > timezone.now():
            raise forms.ValidationError(_("A consent is given in the past."))
        return given


class MedicationInline(admin.StackedInline):
    """Stacked: in a table Django leaves the fields without labels."""

    model = Medication
    extra = 0
    can_delete = False
    fields = (
        ("medication_class", "name"),
        ("dose", "patient_word"),
        ("is_active", "started_on", "stopped_on"),
    )


class ConsentInline(NotChanged, admin.StackedInline):
    """Consents as they were given. New ones are written here; none is ever edited: see the actions of Consents."""

    model = Consent
    form = GivenForm
    extra = 0
    can_delete = False
    readonly_fields = ("recorded_by", "revoked_at", "ended_how")
    fields = (
        ("scope", "wording_version", "language", "method"),
        "given_at",
        ("recorded_by", "revoked_at", "ended_how"),
    )

    @admin.display(description=_("how it was revoked"))
    def ended_how(self, row: Consent) -> Any:
        return CONSENT_METHODS.get(row.revoked_how, row.revoked_how) or "-"


def consent_record(row: Consent, request: HttpRequest) -> Consent:
    """The consent of a form, given through the service."""
    given = consent_give(
        patient=row.patient,
        scope=row.scope,
        wording_version=row.wording_version,
        method=row.method,
        language=row.language,
        given_at=row.given_at,
        recorded_by=request.user,  # type: ignore[arg-type]
    )
    row.pk = given.pk
    return given


@admin.register(Medication)
class MedicationAdmin(TeamWallAdmin):
    list_display = ("who", "medication_class", "is_active", "started_on", "stopped_on")
    list_filter = ("medication_class", "is_active")
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    actions = ("stop",)

    @admin.action(description=_("No longer taken, from today"), permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Medication]) -> None:
        rows = list(queryset.filter(is_active=True))
        for medication in rows:
            medication_stop(medication=medication, on=timezone.localdate())
        said = ngettext("%(n)s medicine stopped.", "%(n)s medicines stopped.", len(rows))
        self.message_user(request, said % {"n": len(rows)})


class ConsentForm(GivenForm):
    class Meta(GivenForm.Meta):
        fields = ("patient", *GivenForm.Meta.fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        patient, scope = values.get("patient"), values.get("scope")
        if (
            patient
            and scope
            and Consent.objects.filter(patient=patient, scope=scope, revoked_at=None).exists()
        ):
            raise forms.ValidationError(_("This consent is in force already. Revoke it first."))
        return values


@admin.register(Consent)
class ConsentAdmin(NotChanged, TeamWallAdmin):
    """Consents are added and revoked, never edited: what was agreed to stays as it was."""

    words = {"method": CONSENT_METHODS, "revoked_how": CONSENT_METHODS}
    form = ConsentForm
    list_display = ("who", "scope", "wording_version", "method", "given_at", "revoked_at")
    list_filter = ("scope", ("method", by_code(CONSENT_METHODS)), InForceFilter)
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: Consent, form: Any, change: bool) -> None:
        consent_record(obj, request)

    @admin.action(description=_("Revoke, from now on"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        ended = sum(
            consent_revoke(patient=row.patient, scope=row.scope, how="administrator")
            for row in queryset.filter(revoked_at__isnull=True).select_related("patient")
        )
        level = messages.SUCCESS if ended else messages.WARNING
        said = ngettext("%(n)s consent revoked.", "%(n)s consents revoked.", ended) % {"n": ended}
        self.message_user(request, said, level)
