"""`manage.py makemigrations`: Django's, for changes of the database only."""

from django.core.management.commands import makemigrations

from heartvoice.management.schema_changes import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
