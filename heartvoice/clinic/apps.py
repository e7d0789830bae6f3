from django.contrib.admin.apps import AdminConfig


class ClinicAdminConfig(AdminConfig):
    """Django's own admin under the clinic's site."""

    default_site = "heartvoice.clinic.site.ClinicSite"

    def ready(self) -> None:
        super().ready()
        from heartvoice.clinic import change_log

        change_log.register()
