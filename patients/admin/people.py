"""The patients themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patients.admin.agreements import ConsentInline, MedicationInline, consent_record
from patients.admin.zones import checked_zone
from patients.admin_base import TeamWallAdmin, patient_label
from patients.models import CareTeam, Consent, Patient, User
from patients.phone import BadPhone, e164, last_digits
from patients.services import patient_enrol, patient_update


class PatientForm(forms.ModelForm):
    """Checks what the service would refuse, next to the field that is wrong."""

    class Meta:
        model = Patient
        fields = (
            "care_team", "owner", "first_name", "last_name", "date_of_birth", "sex", "record_number", "phone", "address",
            "city", "state", "time_zone", "language", "interpreter_needed", "emergency_contact_name",
            "emergency_contact_phone", "nyha_class", "discharged_on", "enrolled_on", "on_blood_thinner", "has_icd",
            "has_suicide_history", "has_fall_risk", "primary_concerns", "monitoring_priorities", "enrolment_scales",
            "enrolment_weight_lb", "family_context", "interests", "voice_accommodations", "on_legal_hold",
        )  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return e164(self.cleaned_data["phone"])
        except BadPhone:
            raise forms.ValidationError(_("Not a phone number. Write it like +1 201 555 0100.")) from None

    def clean_nyha_class(self) -> int | None:
        nyha: int | None = self.cleaned_data["nyha_class"]
        if nyha not in (None, 1, 2, 3, 4):
            raise forms.ValidationError(_("NYHA class is 1 to 4."))
        return nyha

    def clean_time_zone(self) -> str:
        return checked_zone(self.cleaned_data["time_zone"])


@admin.register(Patient)
class PatientAdmin(TeamWallAdmin):
    patient_path = ""
    form = PatientForm
    list_display = ("initials", "masked_phone", "care_team", "status", "nyha_class", "time_zone", "language")
    list_filter = ("status", "care_team", "nyha_class", "language")
    list_select_related = ("care_team",)
    inlines = [MedicationInline, ConsentInline]  # apps above add theirs
    change_list_template = "admin/clinic/patients.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "care_team",
                    "owner",
                    ("first_name", "last_name"),
                    ("date_of_birth", "sex"),
                    "record_number",
                )
            },
        ),
        (
            _("Reaching the patient"),
            {
                "fields": (
                    "phone",
                    "address",
                    ("city", "state"),
                    "time_zone",
                    ("language", "interpreter_needed"),
                )
            },
        ),
        (_("Emergency contact"), {"fields": (("emergency_contact_name", "emergency_contact_phone"),)}),
        (
            _("Heart failure"),
            {
                "fields": (
                    ("nyha_class", "discharged_on", "enrolled_on"),
                    ("on_blood_thinner", "has_icd", "has_suicide_history", "has_fall_risk"),
                    "primary_concerns",
                    "monitoring_priorities",
                    "enrolment_scales",
                    "enrolment_weight_lb",
                )
            },
        ),
        (_("Conversation"), {"fields": ("family_context", "interests", "voice_accommodations")}),
        (_("Record keeping"), {"fields": ("on_legal_hold",)}),
    )

    @admin.display(description=_("patient"))
    def initials(self, patient: Patient) -> str:
        return patient_label(patient).rsplit(" ", 1)[0]

    @admin.display(description=_("phone"))
    def masked_phone(self, patient: Patient) -> str:
        return last_digits(patient.phone)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "care_team":
            kwargs["queryset"] = CareTeam.objects.filter(memberships__user=request.user)  # type: ignore[misc]
        if db_field.name == "owner":
            kwargs["queryset"] = User.objects.filter(
                is_active=True,
                memberships__team__memberships__user=request.user,  # type: ignore[misc]
            ).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.fields}
        if change:
            values.pop("care_team", None)
            saved = patient_update(patient=obj, **values)
        else:
            saved = patient_enrol(**values)
        obj.__dict__.update(saved.__dict__)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("care_team",) if obj else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, Consent):
                consent_record(row, request)
            else:
                row.save()
