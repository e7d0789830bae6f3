from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Calls"

    def ready(self) -> None:
        from calls import models
        from heartvoice.shared.audit import audited

        audited(
            models.Call, models.CallIntervention, models.CallSchedule, models.FollowUp, models.StaffCall
        )  # fmt: skip
