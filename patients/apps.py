from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = _("Patients and care teams")

    def ready(self) -> None:
        from heartvoice.shared.audit import audited
        from patients import models

        audited(
            models.User, models.CareTeam, models.Membership, models.Patient, models.Medication, models.Consent,
            models.PatientRecord, models.Proxy, models.ThresholdOverride, models.PatientNote, models.TimeLog,
            models.ApiToken,
            also_mask=("phone_index", "record_number_index", "password", "token_hash"),
        )  # fmt: skip
