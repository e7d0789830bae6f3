"""Patients, medicines, consents, teams and roles for administrators."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from patients.admin_base import ReadOnlyAdmin, TeamWallAdmin
from patients.models import (
    CareTeam,
    Consent,
    Medication,
    Membership,
    Patient,
    PatientNote,
    PatientRecord,
    PhiAccess,
    ThresholdOverride,
    TimeLog,
    User,
)
from patients.phone import BadPhone, e164, last_digits
from patients.services import patient_enrol, patient_update

admin.site.site_header = "HeartVoice Monitor"
admin.site.site_title = "HeartVoice admin"
admin.site.index_title = "Run the clinic"


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
            raise forms.ValidationError("Not a phone number. Write it like +1 201 555 0100.") from None

    def clean_nyha_class(self) -> int | None:
        nyha: int | None = self.cleaned_data["nyha_class"]
        if nyha not in (None, 1, 2, 3, 4):
            raise forms.ValidationError("NYHA class is 1 to 4.")
        return nyha

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in zoneinfo.available_timezones():
            raise forms.ValidationError("Not an IANA time zone, such as America/New_York.")
        return zone


class MedicationInline(admin.TabularInline):
    model = Medication
    extra = 0
    can_delete = False


class ConsentInline(admin.TabularInline):
    model = Consent
    extra = 0
    can_delete = False
    readonly_fields = ("recorded_by",)


@admin.register(Patient)
class PatientAdmin(TeamWallAdmin):
    patient_path = ""
    form = PatientForm
    list_display = ("initials", "masked_phone", "care_team", "status", "nyha_class", "time_zone", "language")
    list_filter = ("status", "care_team", "nyha_class", "language")
    inlines = (MedicationInline, ConsentInline)
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
            "Reaching the patient",
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
        ("Emergency contact", {"fields": (("emergency_contact_name", "emergency_contact_phone"),)}),
        (
            "Heart failure",
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
        ("Conversation", {"fields": ("family_context", "interests", "voice_accommodations")}),
        ("Record keeping", {"fields": ("on_legal_hold",)}),
    )

    @admin.display(description="patient")
    def initials(self, patient: Patient) -> str:
        return f"{patient.first_name[:1]}. {patient.last_name[:1]}. ({patient.pk.hex[:6]})"

    @admin.display(description="phone")
    def masked_phone(self, patient: Patient) -> str:
        return last_digits(patient.phone)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "care_team":
            kwargs["queryset"] = CareTeam.objects.filter(memberships__user=request.user)  # type: ignore[misc]
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
            if isinstance(row, Consent) and row._state.adding:
                row.recorded_by = request.user  # type: ignore[assignment]
            row.save()


@admin.register(Medication)
class MedicationAdmin(TeamWallAdmin):
    list_display = ("id", "medication_class", "is_active", "started_on", "stopped_on")
    list_filter = ("medication_class", "is_active")
    autocomplete_fields = ("patient",)


@admin.register(Consent)
class ConsentAdmin(TeamWallAdmin):
    list_display = ("id", "scope", "wording_version", "method", "given_at", "revoked_at")
    list_filter = ("scope", "method")
    autocomplete_fields = ("patient",)


@admin.register(ThresholdOverride)
class ThresholdOverrideAdmin(ReadOnlyAdmin):
    list_display = ("id", "rule_id", "parameter", "value", "set_by", "valid_until", "revoked_at")
    list_filter = ("rule_id",)


@admin.register(PatientRecord)
class PatientRecordAdmin(ReadOnlyAdmin):
    list_display = ("id", "recorded_at", "is_identity_verified")


@admin.register(PatientNote)
class PatientNoteAdmin(ReadOnlyAdmin):
    list_display = ("id", "author", "created_at")


@admin.register(TimeLog)
class TimeLogAdmin(ReadOnlyAdmin):
    list_display = ("id", "staff", "started_at", "ended_at", "activity", "programme", "is_interactive")
    list_filter = ("programme",)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(CareTeam)
class CareTeamAdmin(admin.ModelAdmin):
    list_display = ("name", "time_zone", "staffed_from", "staffed_until")
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: CareTeam | None = None) -> bool:
        return False


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Staff. Left people are deactivated: the audit trail names them."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Paging", {"fields": ("phone", "time_zone")}))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(PhiAccess)
class PhiAccessAdmin(admin.ModelAdmin):
    list_display = (
        "at",
        "user_id",
        "role",
        "action",
        "purpose",
        "resource",
        "patient_hash",
        "outcome",
        "row_count",
    )
    list_filter = ("action", "outcome")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PhiAccess | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PhiAccess | None = None) -> bool:
        return False
