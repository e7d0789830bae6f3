"""Every change of a patient's data, one function each."""

from patients.services.consents import consent_give, consent_in_force, consent_revoke
from patients.services.documents import note_add, time_log_add, time_log_correct, time_log_withdraw
from patients.services.patients import (
    contact_record,
    medication_add,
    medication_stop,
    override_revoke,
    override_set,
    patient_enrol,
    patient_pause,
    patient_resume,
    patient_update,
)
from patients.services.proxies import proxy_record, proxy_revoke

__all__ = [
    "consent_give",
    "consent_in_force",
    "consent_revoke",
    "contact_record",
    "medication_add",
    "medication_stop",
    "note_add",
    "override_revoke",
    "override_set",
    "patient_enrol",
    "patient_pause",
    "patient_resume",
    "patient_update",
    "proxy_record",
    "proxy_revoke",
    "time_log_add",
    "time_log_correct",
    "time_log_withdraw",
]
