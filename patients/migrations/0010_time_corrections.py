"""What the time log said before it was put right; who ended a personal threshold, and why."""

import django.db.models.deletion
import heartvoice.shared.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from heartvoice.shared.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0009_score_and_factor_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='thresholdoverride',
            name='revoke_reason',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='override.revoke_reason', default='', verbose_name='why it ended'),
        ),
        migrations.AddField(
            model_name='thresholdoverride',
            name='revoked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='timelog',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at'),
        ),
        migrations.CreateModel(
            name='TimeLogChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('reason', heartvoice.shared.fields.PHITextField(context='timelog.reason', verbose_name='reason')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('ended_at', models.DateTimeField(verbose_name='ended at')),
                ('activity', models.CharField(max_length=40, verbose_name='activity')),
                ('programme', models.CharField(max_length=8, verbose_name='programme')),
                ('is_interactive', models.BooleanField(verbose_name='with the patient or caregiver')),
                ('is_withdrawal', models.BooleanField(default=False, verbose_name='withdrawn')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='patients.timelog', verbose_name='entry')),
            ],
            options={
                'verbose_name': 'change of a time log',
                'verbose_name_plural': 'changes of time logs',
                'ordering': ['created_at'],
            },
        ),
        append_only("patients_timelogchange"),
    ]
