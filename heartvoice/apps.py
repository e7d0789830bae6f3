from django.apps import AppConfig


class HeartvoiceConfig(AppConfig):
    name = "heartvoice"
    verbose_name = "HeartVoice Monitor"

    def ready(self) -> None:
        from heartvoice.celery import app  # tasks bind to this app in every process

        app.set_default()
