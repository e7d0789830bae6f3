"""A text to a patient who was not reached: that we called, and will again. Only with consent to texts, and no health data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alerts.models import Alert, Notification
from alerts.selectors import ruleset_in_force
from alerts.services.paging import hand_over
from patients.local_time import zone_of
from patients.models import Consent, Patient
from patients.services import consent_in_force, consent_revoke

MISSED = "missed"
STOPPED = "twilio_21610"  # the telephone company has a STOP of this number on file
FRESH = timedelta(hours=24)  # later than that, "we missed you" is no news


def may_be_texted(patient: Patient) -> bool:
    """True while the patient agrees to text messages and has a number."""
    return bool(patient.phone) and consent_in_force(patient=patient, scope=Consent.Scope.SMS)


def patient_texts_stop(patient: Patient) -> None:
    """The patient answered a text with STOP: the consent to texts has ended, by their own word."""
    consent_revoke(patient=patient, scope=Consent.Scope.SMS, how="text message")


def missed_text_write(*, alert: Alert, patient: Patient, day: date, now: datetime) -> Notification | None:
    """The outbox row of the text about one missed day; None without consent, and when it is written already.

    Consent is looked at again when it is sent. A text that would leave at night waits for the morning.
    """
    if not may_be_texted(patient):
        return None
    row, is_new = Notification.objects.get_or_create(
        dedupe_key=f"{MISSED}:{patient.pk}:{day.isoformat()}",
        defaults={
            "alert": alert,
            "team_id": patient.care_team_id,
            "channel": Notification.Channel.SMS,
            "purpose": MISSED,
            "next_attempt_at": by_day(patient, now),
        },
    )
    if not is_new:
        return None
    if row.next_attempt_at <= now:
        hand_over([row])
    return row


def by_day(patient: Patient, now: datetime) -> datetime:
    """Now, or the next local moment at which the patient may be texted: in the hours that hold for calls. UTC."""
    legal, local = ruleset_in_force().legal_hours, now.astimezone(zone_of(patient))
    if legal.hold(local.time()):
        return now
    on = local.date() + timedelta(days=local.time() >= legal.end)
    return datetime.combine(on, legal.start, local.tzinfo).astimezone(UTC)
