"""What tests of the administration share: the form of a patient, and actions on rows of a list."""

from __future__ import annotations

from typing import Any


def patient_form(team_id: object, **changes: str) -> dict[str, str]:
    data = {
        "care_team": str(team_id),
        "first_name": "Zoë",
        "last_name": "Canaryson",
        "date_of_birth": "1948-03-03",
        "sex": "f",
        "phone": "(201) 555-0142",
        "time_zone": "America/New_York",
        "language": "en",
        "enrolled_on": "2026-11-01",
        "primary_concerns": "",
        "monitoring_priorities": " weight \n\nswelling",
        "interests": "roses",
        "usual_swelling": "2",
        "voice_speed": "0.9",
        **{
            f"{prefix}-{name}": value
            for prefix in ("medications", "consents", "proxies", "call_schedule")
            for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
        },
    }
    return {**data, **changes}


def act(clinic: dict[str, Any], address: str, action: str, *rows: Any) -> Any:
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return clinic["client"].post(address, data, follow=True)
