from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BiomarkersConfig(AppConfig):
    name = "biomarkers"
    verbose_name = _("Voice biomarkers")

    def ready(self) -> None:
        from biomarkers import metrics, models  # noqa: F401
        from heartvoice.shared.audit import audited

        audited(models.Baseline)
