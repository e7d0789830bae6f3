"""Names for people to read, each translatable. Nothing changes in the database."""

import django.db.models.deletion
import heartvoice.shared.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0006_handover'),
        ('calls', '0006_screens'),
        ('patients', '0008_proxy_document'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='alert',
            options={'verbose_name': 'alert', 'verbose_name_plural': 'alerts'},
        ),
        migrations.AlterModelOptions(
            name='alertevent',
            options={'ordering': ['at', 'pk'], 'verbose_name': 'event of an alert', 'verbose_name_plural': 'events of alerts'},
        ),
        migrations.AlterModelOptions(
            name='callflag',
            options={'verbose_name': 'flag of a call', 'verbose_name_plural': 'flags of calls'},
        ),
        migrations.AlterModelOptions(
            name='caretask',
            options={'verbose_name': 'care task', 'verbose_name_plural': 'care tasks'},
        ),
        migrations.AlterModelOptions(
            name='episode',
            options={'verbose_name': 'episode', 'verbose_name_plural': 'episodes'},
        ),
        migrations.AlterModelOptions(
            name='escalationpolicy',
            options={'verbose_name': 'escalation ladder', 'verbose_name_plural': 'escalation ladders'},
        ),
        migrations.AlterModelOptions(
            name='handover',
            options={'ordering': ['-created_at'], 'verbose_name': 'hand-over', 'verbose_name_plural': 'hand-overs'},
        ),
        migrations.AlterModelOptions(
            name='notification',
            options={'verbose_name': 'notification', 'verbose_name_plural': 'notifications'},
        ),
        migrations.AlterModelOptions(
            name='oncallshift',
            options={'verbose_name': 'on-call shift', 'verbose_name_plural': 'on-call shifts'},
        ),
        migrations.AlterModelOptions(
            name='rulesetversion',
            options={'verbose_name': 'rule set', 'verbose_name_plural': 'rule sets'},
        ),
        migrations.AlterField(
            model_name='alert',
            name='acknowledge_due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='acknowledge by'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='acknowledged_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='alert_type',
            field=models.CharField(choices=[('symptom_worsening', 'symptom worsening'), ('medication_issue', 'medication issue'), ('emergency', 'emergency'), ('voice_biomarker', 'voice biomarker'), ('missed_contact', 'missed contact')], max_length=20, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='call',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='contact_due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reach the patient by'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='contacted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='patient reached at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='dedupe_key',
            field=models.CharField(help_text='Same key for the same patient: the same alert.', max_length=120, verbose_name='key against doubles'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='description',
            field=heartvoice.shared.fields.PHITextField(context='alert.description', verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='disposition',
            field=models.CharField(blank=True, choices=[('emergency_services', '911 or emergency department'), ('same_day_visit', 'same-day visit'), ('drug_change', 'drug change by clinician'), ('education', 'nurse education'), ('false_alarm', 'false alarm'), ('unreachable', 'unable to reach'), ('other', 'other')], default='', max_length=20, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='episode',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='alerts.episode', verbose_name='episode'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='escalated_to',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='escalated to'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='escalation_level',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='step of the ladder'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='evidence',
            field=heartvoice.shared.fields.PHIJSONField(blank=True, context='alert.evidence', default=list, verbose_name='evidence'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='false_alarm_reason',
            field=models.CharField(blank=True, choices=[('misheard', 'misheard'), ('known', 'already known'), ('wrong_person', 'wrong person')], default='', max_length=12, verbose_name='why a false alarm'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='flag',
            field=models.CharField(blank=True, default='', help_text='Flag of the phrase scanner, when one raised it.', max_length=40, verbose_name='flag'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='inputs',
            field=heartvoice.shared.fields.PHIJSONField(blank=True, context='alert.inputs', default=dict, verbose_name='numbers behind it'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='last_seen_at',
            field=models.DateTimeField(verbose_name='last seen at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='notify_due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='page due at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='occurrences',
            field=models.PositiveIntegerField(default=1, verbose_name='times seen'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_alerts', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='paging_since',
            field=models.DateTimeField(blank=True, help_text='When it took its present severity or role: deadlines run from here.', null=True, verbose_name='paging since'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='recommended_action',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='alert.recommended_action', default='', verbose_name='advice'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='requires_immediate_response',
            field=models.BooleanField(default=False, verbose_name='needs an answer at once'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='resolution_note',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='alert.resolution_note', default='', verbose_name='closing note'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='resolved_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='resolved at'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='rule_id',
            field=models.CharField(help_text='Rule of the rule set, or `model`.', max_length=20, verbose_name='rule'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='rule_version',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='rule set'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='severity',
            field=models.CharField(choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high'), ('critical', 'critical')], max_length=8, verbose_name='severity'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='snoozed until'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='source',
            field=models.CharField(choices=[('rule', 'rule'), ('phrase', 'phrase scanner'), ('model', 'voice model'), ('call', 'call event'), ('staff', 'staff')], max_length=8, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='state',
            field=models.CharField(choices=[('new', 'new'), ('acknowledged', 'acknowledged'), ('in_progress', 'in progress'), ('snoozed', 'snoozed'), ('escalated', 'escalated'), ('resolved', 'resolved'), ('reopened', 'reopened')], default='new', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='topic',
            field=models.CharField(blank=True, default='', help_text='Reasons with the same topic are one alert of an episode.', max_length=40, verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='callflag',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='callflag',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='call',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='care_tasks', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='dedupe_key',
            field=models.CharField(max_length=120, unique=True, verbose_name='key against doubles'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='detail',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='care_task.detail', default='', verbose_name='detail'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='done_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='done at'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='due_at',
            field=models.DateTimeField(verbose_name='due at'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='kind',
            field=models.CharField(max_length=40, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='care_tasks', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='caretask',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('done', 'done'), ('cancelled', 'cancelled')], default='open', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='episode',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='episode',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='repeat_every_minutes',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='repeat every (minutes)'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='severity',
            field=models.CharField(choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high'), ('critical', 'critical')], max_length=8, verbose_name='severity'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='steps',
            field=models.JSONField(default=list, verbose_name='steps'),
        ),
        migrations.AlterField(
            model_name='escalationpolicy',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalation_policies', to='patients.careteam', verbose_name='team'),
        ),
        migrations.AlterField(
            model_name='handover',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='handover',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='acknowledged_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='alert',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='alerts.alert', verbose_name='alert'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='channel',
            field=models.CharField(choices=[('sms', 'text message'), ('voice', 'voice call'), ('email', 'e-mail'), ('dashboard', 'dashboard banner')], max_length=10, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='dedupe_key',
            field=models.CharField(max_length=160, unique=True, verbose_name='key against doubles'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='delivered at'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='error_code',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='error code'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='level',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='step of the ladder'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='next_attempt_at',
            field=models.DateTimeField(verbose_name='next attempt at'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='provider_sid',
            field=models.CharField(blank=True, db_index=True, default='', max_length=64, verbose_name='provider’s id'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='purpose',
            field=models.CharField(default='page', help_text='page, escalation, test, heartbeat', max_length=16, verbose_name='purpose'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='recipient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='sent_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sent at'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='state',
            field=models.CharField(choices=[('pending', 'pending'), ('sending', 'sending'), ('sent', 'sent'), ('delivered', 'delivered'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='pending', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patients.careteam', verbose_name='team'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='ends_at',
            field=models.DateTimeField(verbose_name='ends at'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='level',
            field=models.CharField(choices=[('primary', 'first on call'), ('secondary', 'second on call'), ('lead', 'clinical lead')], default='primary', max_length=10, verbose_name='place on the roster'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='starts_at',
            field=models.DateTimeField(verbose_name='starts at'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='patients.careteam', verbose_name='team'),
        ),
        migrations.AlterField(
            model_name='oncallshift',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to=settings.AUTH_USER_MODEL, verbose_name='member of staff'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='activated_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put into force by'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='body',
            field=models.TextField(help_text='The rule set as TOML; holds no patient data.', verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='in_force_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='in force since'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='replaced at'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='signed_off_by',
            field=models.CharField(blank=True, default='', max_length=120, verbose_name='signed off by'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='signed_off_on',
            field=models.DateField(blank=True, null=True, verbose_name='signed off on'),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='version',
            field=models.CharField(max_length=40, unique=True, verbose_name='version'),
        ),
        migrations.AlterConstraint(
            model_name='oncallshift',
            name='shift_ends_after_start',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shift_ends_after_start', violation_error_message='A shift ends after it starts.'),
        ),
    ]
