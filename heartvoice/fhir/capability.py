"""What this service can do, in FHIR's own words."""

from __future__ import annotations

from typing import Any

from heartvoice.fhir.asking import PERSONAL

IN_BODY = "In the body of POST Patient/_search only, so that no address names a person."
ASKED = {
    "Patient": (
        ("_id", "token"), ("identifier", "token"), ("name", "string"), ("family", "string"), ("given", "string"),
        ("phone", "token"), ("birthdate", "date"),
    ),
    "Observation": (("patient", "reference"), ("category", "token"), ("code", "token"), ("date", "date")),
}  # fmt: skip


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
                        "documentation": f"Search by GET {name} or by POST {name}/_search, the parameters in a "
                        "body of application/x-www-form-urlencoded. What names a person is taken in a body only.",
                        "searchParam": [
                            {
                                "name": each,
                                "type": kind,
                                **({"documentation": IN_BODY} if each in PERSONAL else {}),
                            }
                            for each, kind in parameters
                        ],
                    }
                    for name, parameters in ASKED.items()
                ],
            }
        ],
    }
