"""Two lists of the administration without a table of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    # Under its former name it also held every label; a database that has applied that one needs nothing.
    replaces = [('patients', '0009_words')]

    dependencies = [
        ('mfa', '0003_authenticator_type_uniq'),
        ('patients', '0008_proxy_document'),
    ]

    operations = [
        migrations.CreateModel(
            name='KccqScore',
            fields=[],
            options={'proxy': True, 'indexes': [], 'constraints': []},
            bases=('patients.patientrecord',),
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[],
            options={'proxy': True, 'indexes': [], 'constraints': []},
            bases=('mfa.authenticator',),
        ),
    ]
