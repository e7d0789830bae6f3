"""A team with a whole roster, a patient with a call, and short ways to report what the patient said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert, Notification
from alerts.services import Heard, flags_submit
from calls.models import Call
from patients.models import CareTeam, Patient, User
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.factories import make_call, make_patient, make_shift, make_team, make_user


@dataclass(frozen=True, slots=True)
class Said:
    """A flag as the phrase scanner would report it."""

    flag: str
    severity: str = "critical"
    alert_type: str = "emergency"
    rule_id: str = ""
    max_age_h: float | None = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """One team's people and one patient."""

    team: CareTeam
    nurse: User
    second: User
    lead: User
    patient: Patient

    def call(self, **others: Any) -> Call:
        return make_call(self.patient, **others)

    def alerts(self) -> list[Alert]:
        return list(Alert.objects.filter(patient=self.patient).order_by("created_at"))

    def pages(self, alert: Alert | None = None) -> set[tuple[str, str, int]]:
        """(username, channel, level) of every page of the patient, or of one alert."""
        rows = Notification.objects.filter(alert__patient=self.patient)
        if alert is not None:
            rows = rows.filter(alert=alert)
        return {(row.recipient.username, row.channel, row.level) for row in rows.select_related("recipient")}


@pytest.fixture
def ward(db: None) -> Ward:
    """Ann and Bea are nurses on call, Lea leads; the patient has a medication list without a blood thinner."""
    team = make_team()
    nurse = make_user(team, username="ann", phone="+12015550101", email="ann@example.org")
    second = make_user(team, username="bea", phone="+12015550102", email="bea@example.org")
    lead = make_user(team, "lead", username="lea", phone="+12015550103", email="lea@example.org")
    make_shift(team, nurse, level="primary")
    make_shift(team, second, level="secondary")
    make_shift(team, lead, level="lead")
    usual = {
        "shortness_of_breath": 1,
        "swelling": 1,
        "fatigue": 1,
        "sleep_difficulty": 1,
        "quality_of_life": 1,
        "mood_assessment": 0,
    }
    patient = make_patient(team, enrolment_scales=usual)
    patient.medications.create(medication_class="beta_blocker", name="carvedilol")
    return Ward(team, nurse, second, lead, patient)


Hear = Callable[..., list[Alert]]


@pytest.fixture
def hear(ward: Ward) -> Hear:
    """Report flags of a call: names of critical emergencies, or whole hits."""

    def report(call: Call, *hits: str | Said, words: str = "my own words", **when: datetime) -> list[Alert]:
        said = [hit if isinstance(hit, Said) else Said(hit) for hit in hits]
        return flags_submit(patient=ward.patient, call=call, hits=said, heard=Heard(words, 42_000), **when)

    return report


def later(**amount: float) -> datetime:
    return timezone.now() + timedelta(**amount)


@pytest.fixture
def twilio(settings: object) -> Iterator[TwilioRest]:
    """The telephone network's REST side, on a socket."""
    with twilio_rest() as peer:
        settings.TWILIO_API_BASE = peer.url  # type: ignore[attr-defined]
        yield peer
