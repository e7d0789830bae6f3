"""Where the paper lies that says who may speak for a patient."""

import heartvoice.shared.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0007_patient_in_team_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='proxy',
            name='document',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='proxy.document', default='', help_text='Number or place of the signed paper or scan in the clinic’s own files.', verbose_name='where the document is'),
        ),
    ]
