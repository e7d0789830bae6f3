"""Who the patients are, who cares for them, what they agreed to, what they answered."""

from patients.models.access import PhiAccess, PhiAccessSeal
from patients.models.care import CareTeam, Membership, User
from patients.models.documents import PatientNote, TimeLog
from patients.models.patient import Consent, Medication, Patient, Proxy, ThresholdOverride
from patients.models.records import KccqScore, PatientRecord
from patients.models.second_factors import SecondFactor
from patients.models.time_changes import TimeLogChange
from patients.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "CareTeam",
    "Consent",
    "KccqScore",
    "Medication",
    "Membership",
    "Patient",
    "PatientNote",
    "PatientRecord",
    "PhiAccess",
    "PhiAccessSeal",
    "Proxy",
    "SecondFactor",
    "ThresholdOverride",
    "TimeLog",
    "TimeLogChange",
    "User",
]
