"""What this service can do, in FHIR's own words."""

from __future__ import annotations

from typing import Any

ASKED = {
    "Patient": (("_id", "token"), ("identifier", "token")),
    "Observation": (("patient", "reference"), ("category", "token"), ("code", "token"), ("date", "date")),
}


def capability(base: str) -> dict[str, Any]:
    """The CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": {"name": "HeartVoice Monitor"},
        "implementation": {"description": "Heart-failure monitoring by telephone, read side", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "Authorization: Bearer with a token of this installation. Each answer holds "
                    "patients of the token's care teams only and is written into the access log."
                },
                "resource": [
                    {
                        "type": name,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [{"name": each, "type": kind} for each, kind in parameters],
                    }
                    for name, parameters in ASKED.items()
                ],
            }
        ],
    }
