"""`manage.py migrate`: Django's; it warns of changes of the database only."""

from django.core.management.commands import migrate

from heartvoice.management.schema_changes import SchemaAutodetector


class Command(migrate.Command):
    autodetector = SchemaAutodetector
