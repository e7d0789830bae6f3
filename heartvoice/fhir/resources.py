"""Our rows as FHIR R4 resources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from biomarkers.models import CallVoice
from heartvoice.fhir import codes
from heartvoice.fhir.codes import Kind
from patients.models import Patient, PatientRecord

GENDER = {"f": "female", "m": "male"}
INVESTIGATIONAL = "Investigational voice measurement: not for diagnosis."
TOLD = "Told by the patient on the telephone; not measured by a device."


def patient_resource(patient: Patient, base: str) -> dict[str, Any]:
    """US Core's shape of a patient. `base` is the address of the service, without a slash at the end."""
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(patient.pk),
        "meta": {"lastUpdated": instant(patient.created_at)},
        "identifier": [{"system": f"{base}/patient-id", "value": str(patient.pk)}],
        "active": patient.status != Patient.Status.ENDED,
        "name": [{"use": "official", "family": patient.last_name, "given": [patient.first_name]}],
        "telecom": [{"system": "phone", "value": patient.phone, "use": "home"}],
        "gender": GENDER.get(patient.sex, "unknown"),
        "birthDate": patient.date_of_birth.isoformat(),
        "communication": [
            {
                "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": patient.language}]},
                "preferred": True,
            }
        ],
        "managingOrganization": {"display": patient.care_team.name},
    }
    if patient.record_number:
        medical = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
        resource["identifier"].append(
            {"type": medical, "system": f"{base}/record-number", "value": patient.record_number}
        )
    address = {"city": patient.city, "state": patient.state, "text": patient.address}
    if any(address.values()):
        resource["address"] = [{name: value for name, value in address.items() if value}]
    if patient.emergency_contact_name:
        contact: dict[str, Any] = {
            "relationship": [
                {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "C"}]}
            ],
            "name": {"text": patient.emergency_contact_name},
        }
        if patient.emergency_contact_phone:
            contact["telecom"] = [{"system": "phone", "value": patient.emergency_contact_phone}]
        resource["contact"] = [contact]
    return resource


def observation_of_record(record: PatientRecord, kind: Kind, base: str) -> dict[str, Any]:
    """One answer of a check-in. Preliminary while nobody had proved who answered."""
    status = "final" if record.is_identity_verified else "preliminary"
    resource = _observation(record.pk, kind, base, record.patient_id, record.recorded_at, status)
    resource["note"] = [{"text": TOLD}]
    value = getattr(record, kind.field)
    if kind.slug == "blood-pressure":
        resource["component"] = [
            {**_coded((("8480-6", "Systolic blood pressure"),)), "valueQuantity": _quantity(value, kind)},
            {
                **_coded((("8462-4", "Diastolic blood pressure"),)),
                "dataAbsentReason": {"coding": [{"system": codes.ABSENT, "code": "not-asked"}]},
            },
        ]
    elif kind.ucum:
        resource["valueQuantity"] = _quantity(value, kind)
    else:
        resource["valueInteger"] = int(value)
    return resource


def observation_of_voice(voice: CallVoice, kind: Kind, base: str) -> dict[str, Any]:
    """One feature of a call's pooled voice, marked as investigational."""
    status = "final" if voice.is_usable else "preliminary"
    resource = _observation(voice.pk, kind, base, voice.patient_id, voice.at, status)
    resource["meta"] = {"tag": [{"system": f"{base}/CodeSystem/status", "code": "investigational"}]}
    resource["method"] = {"text": f"algorithm {voice.algorithm_version}"}
    resource["valueQuantity"] = _quantity(voice.features[kind.field] * kind.factor, kind)
    resource["note"] = [{"text": INVESTIGATIONAL}]
    return resource


def _observation(
    row_id: Any, kind: Kind, base: str, patient_id: Any, at: datetime, status: str
) -> dict[str, Any]:
    words = codes.CATEGORY_WORDS[kind.category]
    coding = [{"system": codes.LOINC, "code": code, "display": display} for code, display in kind.loinc]
    coding.append({"system": f"{base}/CodeSystem/check-in", "code": kind.field, "display": kind.text})
    return {
        "resourceType": "Observation",
        "id": f"{row_id}-{kind.slug}",
        "status": status,
        "category": [{"coding": [{"system": codes.CATEGORY, "code": kind.category, "display": words}]}],
        "code": {"coding": coding, "text": kind.text},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": instant(at),
        "issued": instant(at),
    }


def _coded(pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "code": {"coding": [{"system": codes.LOINC, "code": code, "display": text} for code, text in pairs]}
    }


def _quantity(value: Any, kind: Kind) -> dict[str, Any]:
    return {"value": round(float(value), 4), "unit": kind.unit, "system": codes.UCUM, "code": kind.ucum}


def instant(at: datetime) -> str:
    """A FHIR instant in UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def outcome(code: str, text: str) -> dict[str, Any]:
    """An OperationOutcome: the code is of FHIR's IssueType."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": text}],
    }


def bundle(
    resources: list[dict[str, Any]], *, total: int, base: str, links: dict[str, str]
) -> dict[str, Any]:
    """The answer to a search."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": [{"relation": relation, "url": url} for relation, url in links.items()],
        "entry": [
            {
                "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in resources
        ],
    }
