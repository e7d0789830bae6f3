from django.apps import AppConfig


class BiomarkersConfig(AppConfig):
    name = "biomarkers"
    verbose_name = "Voice biomarkers"

    def ready(self) -> None:
        from biomarkers import metrics, models  # noqa: F401
        from heartvoice.shared.audit import audited

        audited(models.Baseline)
