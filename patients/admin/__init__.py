"""Patients, medicines, consents, staff and the access log, for administrators."""

from patients.admin.access_log import PhiAccessAdmin
from patients.admin.agreements import ConsentAdmin, MedicationAdmin
from patients.admin.people import PatientAdmin
from patients.admin.proxies import ProxyAdmin
from patients.admin.records import PatientNoteAdmin, PatientRecordAdmin, TimeLogAdmin
from patients.admin.second_factors import SecondFactorAdmin
from patients.admin.staff import CareTeamAdmin, StaffAdmin

__all__ = [
    "CareTeamAdmin",
    "ConsentAdmin",
    "MedicationAdmin",
    "PatientAdmin",
    "PatientNoteAdmin",
    "PatientRecordAdmin",
    "PhiAccessAdmin",
    "ProxyAdmin",
    "SecondFactorAdmin",
    "StaffAdmin",
    "TimeLogAdmin",
]
