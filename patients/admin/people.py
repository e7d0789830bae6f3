"""The patients themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patients.admin.agreements import ConsentInline, MedicationInline, consent_record
from patients.admin.form_fields import LinesField, ZoneField, language_field
from patients.admin.proxies import ProxyInline, proxy_keep
from patients.admin_base import TeamWallAdmin, patient_label
from patients.models import CareTeam, Consent, Patient, Proxy, User
from patients.phone import BadPhone, e164, last_digits
from patients.services import patient_enrol, patient_update
from patients.words import SCALE_NAMES

NYHA = [("", "–"), (1, "I"), (2, "II"), (3, "III"), (4, "IV")]
SCORES = [("", "–"), *((str(n), str(n)) for n in range(5))]


def usual_field(name: str) -> forms.TypedChoiceField:
    """How bad a symptom was at enrolment."""
    return forms.TypedChoiceField(
        label=SCALE_NAMES[name], choices=SCORES, coerce=int, empty_value=None, required=False
    )


class PatientForm(forms.ModelForm):
    """Checks what the service would refuse, next to the field that is wrong."""

    time_zone = ZoneField(label=_("Time zone"), initial="America/New_York")
    language = language_field(_("Language"))
    nyha_class = forms.TypedChoiceField(
        label=_("NYHA class"), choices=NYHA, coerce=int, empty_value=None, required=False
    )
    primary_concerns = LinesField(label=_("Main concerns"))
    monitoring_priorities = LinesField(label=_("What to watch"))
    interests = LinesField(label=_("Interests"))
    usual_shortness_of_breath = usual_field("shortness_of_breath")
    usual_swelling = usual_field("swelling")
    usual_fatigue = usual_field("fatigue")
    usual_sleep_difficulty = usual_field("sleep_difficulty")
    usual_mood_assessment = usual_field("mood_assessment")
    usual_quality_of_life = usual_field("quality_of_life")
    enrolment_weight_lb = forms.DecimalField(
        label=_("Weight (lb)"), required=False, min_value=60, max_value=700, decimal_places=1
    )
    voice_speed = forms.DecimalField(
        label=_("Speed of Maya’s voice"), required=False, min_value=Decimal("0.25"), max_value=Decimal("1.5"),
        decimal_places=2, help_text=_("0.25 to 1.5; empty means 1."),
    )  # fmt: skip
    voice_silence_ms = forms.IntegerField(
        label=_("Pause that ends a turn (ms)"), required=False, min_value=200, max_value=3000,
        help_text=_("200 to 3000. More for patients who speak slowly."),
    )  # fmt: skip
    voice_hard_of_hearing = forms.BooleanField(label=_("Hard of hearing"), required=False)

    class Meta:
        model = Patient
        fields = (
            "care_team", "owner", "first_name", "last_name", "date_of_birth", "sex", "record_number", "phone", "address",
            "city", "state", "time_zone", "language", "interpreter_needed", "emergency_contact_name",
            "emergency_contact_phone", "nyha_class", "discharged_on", "enrolled_on", "on_blood_thinner", "has_icd",
            "has_suicide_history", "has_fall_risk", "primary_concerns", "monitoring_priorities",
            "enrolment_weight_lb", "family_context", "interests", "on_legal_hold",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in (self.instance.enrolment_scales or {}).items():
            self.initial.setdefault(f"usual_{name}", value)
        for name, value in (self.instance.voice_accommodations or {}).items():
            self.initial.setdefault(f"voice_{name}", value)

    def clean_phone(self) -> str:
        return self._number("phone")

    def clean_emergency_contact_phone(self) -> str:
        return self._number("emergency_contact_phone") if self.cleaned_data["emergency_contact_phone"] else ""

    def _number(self, name: str) -> str:
        try:
            return e164(self.cleaned_data[name])
        except BadPhone:
            raise forms.ValidationError(_("Not a phone number. Write it like +1 201 555 0100.")) from None

    def clean_date_of_birth(self) -> date:
        born: date = self.cleaned_data["date_of_birth"]
        if not date(1900, 1, 1) <= born <= timezone.now().date():
            raise forms.ValidationError(_("The date cannot be."))
        return born

    def row_values(self) -> dict[str, Any]:
        """What the service is given: columns, with the parts of JSON columns put together."""
        said = self.cleaned_data
        values = {name: said[name] for name in PatientForm.Meta.fields if name in said}
        scales = {
            name: said[f"usual_{name}"] for name in SCALE_NAMES if said.get(f"usual_{name}") is not None
        }
        voice = dict(self.instance.voice_accommodations or {})
        voice |= {
            "speed": None if said["voice_speed"] is None else float(said["voice_speed"]),
            "silence_ms": said["voice_silence_ms"],
            "hard_of_hearing": said["voice_hard_of_hearing"] or None,
        }
        kept = {name: value for name, value in voice.items() if value is not None}
        return {**values, "enrolment_scales": scales, "voice_accommodations": kept}


@admin.register(Patient)
class PatientAdmin(TeamWallAdmin):
    patient_path = ""
    form = PatientForm
    list_display = ("initials", "masked_phone", "care_team", "status", "nyha_class", "time_zone", "language")
    list_filter = ("status", "care_team", "nyha_class", "language")
    list_select_related = ("care_team",)
    inlines = [MedicationInline, ConsentInline, ProxyInline]  # apps above add theirs
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
                )
            },
        ),
        (
            _("As it was at enrolment"),
            {
                "description": _(
                    "From 0 (none) to 4 (severe). These count until enough check-ins show what is usual."
                ),
                "fields": (
                    ("usual_shortness_of_breath", "usual_swelling", "usual_fatigue"),
                    ("usual_sleep_difficulty", "usual_mood_assessment", "usual_quality_of_life"),
                    "enrolment_weight_lb",
                ),
            },
        ),
        (
            _("Conversation"),
            {
                "fields": (
                    "family_context",
                    "interests",
                    ("voice_speed", "voice_silence_ms", "voice_hard_of_hearing"),
                )
            },
        ),
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
        values = form.row_values()
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
            elif isinstance(row, Proxy):
                proxy_keep(row, request)
            else:
                row.save()
