from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts and on-call"

    def ready(self) -> None:
        from alerts import models
        from heartvoice.shared.audit import audited

        audited(
            models.Alert, models.OnCallShift, models.RuleSetVersion, models.EscalationPolicy, models.CareTask,
            models.Handover,
        )  # fmt: skip
