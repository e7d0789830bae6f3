from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("Alerts and on-call")

    def ready(self) -> None:
        from alerts import models
        from heartvoice.shared.audit import audited

        audited(
            models.Alert, models.OnCallShift, models.RuleSetVersion, models.EscalationPolicy, models.CareTask,
            models.Handover,
        )  # fmt: skip
