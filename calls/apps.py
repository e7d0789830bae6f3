from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from calls import models
        from heartvoice.shared.audit import audited

        audited(
            models.Call, models.CallIntervention, models.CallSchedule, models.FollowUp, models.StaffCall
        )  # fmt: skip
