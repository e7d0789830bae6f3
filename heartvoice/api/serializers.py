"""What the API shows of each row. Fields are listed by name; what is not listed does not leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from alerts.models import Alert
from biomarkers.models import VoiceBiomarker
from calls.models import Call
from patients.models import Patient, PatientRecord
from patients.phone import last_digits


class PatientListSerializer(serializers.ModelSerializer):
    """A patient in a list: enough to tell two apart, not enough to name them."""

    initials = serializers.SerializerMethodField()
    phone_masked = serializers.SerializerMethodField()

    class Meta:
        model = Patient
        fields = ("id", "initials", "phone_masked", "status", "care_team", "nyha_class", "language", "time_zone",
                  "enrolled_on", "created_at")  # fmt: skip

    def get_initials(self, patient: Patient) -> str:
        return f"{patient.first_name[:1]}{patient.last_name[:1]}"

    def get_phone_masked(self, patient: Patient) -> str:
        return last_digits(patient.phone)


class PatientSerializer(serializers.ModelSerializer):
    """One patient in full."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    phone = serializers.CharField()
    record_number = serializers.CharField()

    class Meta:
        model = Patient
        fields = (
            "id", "first_name", "last_name", "date_of_birth", "sex", "record_number", "phone", "status", "care_team",
            "owner", "time_zone", "language", "interpreter_needed", "nyha_class", "on_blood_thinner", "has_icd",
            "has_fall_risk", "discharged_on", "enrolled_on", "last_contact_at", "created_at",
        )  # fmt: skip


class CallSerializer(serializers.ModelSerializer):
    """One call, without its words."""

    class Meta:
        model = Call
        fields = (
            "id", "patient", "direction", "purpose", "state", "mode", "answer_type", "identity_result", "planned_for",
            "answered_at", "ended_at", "duration_s", "end_reason", "not_called_reason", "language",
            "completion_percent", "is_completed", "satisfaction", "prompt_version", "rules_version", "cost_usd",
            "created_at",
        )  # fmt: skip


class AlertSerializer(serializers.ModelSerializer):
    """One alert with its reason."""

    description = serializers.CharField()
    recommended_action = serializers.CharField()

    class Meta:
        model = Alert
        fields = (
            "id", "patient", "call", "severity", "alert_type", "source", "rule_id", "rule_version", "description",
            "recommended_action", "requires_immediate_response", "occurrences", "state", "owner", "escalated_to",
            "snoozed_until", "acknowledge_due_at", "contact_due_at", "acknowledged_at", "contacted_at",
            "resolved_at", "disposition", "false_alarm_reason", "last_seen_at", "created_at",
        )  # fmt: skip


class RecordSerializer(serializers.ModelSerializer):
    """One check-in's answers. Null means not asked or not understood, never zero."""

    class Meta:
        model = PatientRecord
        fields = (
            "id", "patient", "call", "recorded_at", "is_identity_verified", "shortness_of_breath", "swelling",
            "fatigue", "sleep_difficulty", "quality_of_life", "mood_assessment", "weight_lb", "weight_change_lb",
            "heart_rate_bpm", "systolic_mmhg", "spo2_percent", "takes_ace_inhibitor", "takes_beta_blocker",
            "takes_diuretic", "missed_doses_week", "emergency_flags",
        )  # fmt: skip


class BiomarkerSerializer(serializers.ModelSerializer):
    """One measured stretch of speech. Investigational."""

    class Meta:
        model = VoiceBiomarker
        fields = (
            "id", "patient", "call", "segment_id", "start_ms", "end_ms", "context", "state", "algorithm_version",
            "gate_reasons", "jitter", "shimmer", "hnr", "cpps", "f0_mean", "f0_median", "speech_rate",
            "articulation_rate", "pause_ratio", "pauses_per_min", "mean_phrase_s", "voice_quality_score",
            "measured_at", "created_at",
        )  # fmt: skip


class Strict(serializers.Serializer):
    """Refuses fields that it does not know, instead of dropping them in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({str(name)[:60]: ["Unknown field."] for name in unknown})
        return super().to_internal_value(data)


class AcknowledgeSerializer(Strict):
    """Nothing but the alert's address is needed."""


class ResolveSerializer(Strict):
    """What came of an alert."""

    disposition = serializers.ChoiceField(choices=Alert.Disposition.choices)
    false_alarm_reason = serializers.ChoiceField(
        choices=Alert.FalseAlarm.choices, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(max_length=4000)


class ErrorSerializer(serializers.Serializer):
    """A refusal."""

    code = serializers.CharField(required=False)
    detail = serializers.CharField()
