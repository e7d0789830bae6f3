"""What lists can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from alerts.models import Alert
from biomarkers.models import VoiceBiomarker
from calls.models import Call
from patients.models import Patient, PatientRecord


class PatientFilter(filters.FilterSet):
    class Meta:
        model = Patient
        fields = {"status": ["exact"], "care_team": ["exact"], "nyha_class": ["exact"], "language": ["exact"]}


class CallFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id")
    planned_for = filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Call
        fields = {"state": ["exact"], "purpose": ["exact"], "direction": ["exact"], "is_completed": ["exact"]}


class AlertFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id")
    created_at = filters.IsoDateTimeFromToRangeFilter()
    is_open = filters.BooleanFilter(method="only_open", label="Not resolved yet.")

    class Meta:
        model = Alert
        fields = {"state": ["exact"], "severity": ["exact"], "alert_type": ["exact"], "rule_id": ["exact"]}

    def only_open(self, rows: object, name: str, value: bool) -> object:
        return rows.exclude(state="resolved") if value else rows.filter(state="resolved")  # type: ignore[attr-defined]


class RecordFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id")
    recorded_at = filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = PatientRecord
        fields = {"is_identity_verified": ["exact"]}


class BiomarkerFilter(filters.FilterSet):
    patient = filters.UUIDFilter(field_name="patient_id")
    call = filters.UUIDFilter(field_name="call_id")
    created_at = filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = VoiceBiomarker
        fields = {"state": ["exact"], "context": ["exact"]}
