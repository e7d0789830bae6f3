"""Names for people to read, each translatable. Nothing changes in the database."""

import django.db.models.deletion
import heartvoice.shared.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0006_screens'),
        ('patients', '0008_proxy_document'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='budgetwarning',
            options={'verbose_name': 'budget warning', 'verbose_name_plural': 'budget warnings'},
        ),
        migrations.AlterModelOptions(
            name='call',
            options={'verbose_name': 'call', 'verbose_name_plural': 'calls'},
        ),
        migrations.AlterModelOptions(
            name='callfailure',
            options={'verbose_name': 'fault in a call', 'verbose_name_plural': 'faults in calls'},
        ),
        migrations.AlterModelOptions(
            name='callintervention',
            options={'ordering': ['created_at'], 'verbose_name': 'intervention in a call', 'verbose_name_plural': 'interventions in calls'},
        ),
        migrations.AlterModelOptions(
            name='callschedule',
            options={'verbose_name': 'call schedule', 'verbose_name_plural': 'call schedules'},
        ),
        migrations.AlterModelOptions(
            name='conversationmemory',
            options={'verbose_name': 'memory of a conversation', 'verbose_name_plural': 'memories of conversations'},
        ),
        migrations.AlterModelOptions(
            name='educationgiven',
            options={'verbose_name': 'explanation given', 'verbose_name_plural': 'explanations given'},
        ),
        migrations.AlterModelOptions(
            name='followup',
            options={'verbose_name': 'follow-up', 'verbose_name_plural': 'follow-ups'},
        ),
        migrations.AlterModelOptions(
            name='screenresult',
            options={'verbose_name': 'screen result', 'verbose_name_plural': 'screen results'},
        ),
        migrations.AlterModelOptions(
            name='staffcall',
            options={'verbose_name': 'staff call', 'verbose_name_plural': 'staff calls'},
        ),
        migrations.AlterModelOptions(
            name='streamtoken',
            options={'verbose_name': 'stream token', 'verbose_name_plural': 'stream tokens'},
        ),
        migrations.AlterModelOptions(
            name='toolcall',
            options={'ordering': ['at_ms', 'created_at'], 'verbose_name': 'tool call', 'verbose_name_plural': 'tool calls'},
        ),
        migrations.AlterModelOptions(
            name='turn',
            options={'ordering': ['sequence'], 'verbose_name': 'turn', 'verbose_name_plural': 'turns'},
        ),
        migrations.AlterModelOptions(
            name='usageentry',
            options={'verbose_name': 'item of the bill', 'verbose_name_plural': 'items of the bill'},
        ),
        migrations.AlterModelOptions(
            name='webhookreceipt',
            options={'verbose_name': 'webhook', 'verbose_name_plural': 'webhooks'},
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='budget_usd',
            field=models.DecimalField(decimal_places=2, max_digits=12, verbose_name='budget (US dollars)'),
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='month',
            field=models.DateField(help_text='its first day', verbose_name='month'),
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='percent',
            field=models.PositiveSmallIntegerField(verbose_name='share of the budget (%)'),
        ),
        migrations.AlterField(
            model_name='budgetwarning',
            name='spent_usd',
            field=models.DecimalField(decimal_places=2, max_digits=12, verbose_name='spent (US dollars)'),
        ),
        migrations.AlterField(
            model_name='call',
            name='alive_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='when a process last said that it carries this call', null=True, verbose_name='last sign of life'),
        ),
        migrations.AlterField(
            model_name='call',
            name='answer_type',
            field=models.CharField(choices=[('unknown', 'unknown'), ('human', 'human'), ('voicemail', 'voicemail'), ('call_screening', 'call screening'), ('ivr', 'phone menu'), ('fax', 'fax')], default='unknown', max_length=16, verbose_name='answered by'),
        ),
        migrations.AlterField(
            model_name='call',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='answered at'),
        ),
        migrations.AlterField(
            model_name='call',
            name='attempt_no',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='attempt'),
        ),
        migrations.AlterField(
            model_name='call',
            name='call_sid',
            field=models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name='call id of the network'),
        ),
        migrations.AlterField(
            model_name='call',
            name='completion_percent',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='answered (%)'),
        ),
        migrations.AlterField(
            model_name='call',
            name='cost_usd',
            field=models.DecimalField(decimal_places=5, default=0, max_digits=9, verbose_name='cost (US dollars)'),
        ),
        migrations.AlterField(
            model_name='call',
            name='counters',
            field=models.JSONField(blank=True, default=dict, help_text='dropped frames, reconnects, bad messages, …', verbose_name='counters'),
        ),
        migrations.AlterField(
            model_name='call',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='call',
            name='dialled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dialled at'),
        ),
        migrations.AlterField(
            model_name='call',
            name='direction',
            field=models.CharField(choices=[('outbound', 'outbound'), ('inbound', 'inbound')], max_length=8, verbose_name='direction'),
        ),
        migrations.AlterField(
            model_name='call',
            name='duration_s',
            field=models.FloatField(blank=True, null=True, verbose_name='length (s)'),
        ),
        migrations.AlterField(
            model_name='call',
            name='end_reason',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='how it ended'),
        ),
        migrations.AlterField(
            model_name='call',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ended at'),
        ),
        migrations.AlterField(
            model_name='call',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='call',
            name='identity_result',
            field=models.CharField(choices=[('not_attempted', 'not attempted'), ('pending', 'pending'), ('verified', 'verified'), ('failed', 'failed')], default='not_attempted', max_length=14, verbose_name='identity'),
        ),
        migrations.AlterField(
            model_name='call',
            name='input_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='tokens in'),
        ),
        migrations.AlterField(
            model_name='call',
            name='is_completed',
            field=models.BooleanField(default=False, help_text='every required question was answered', verbose_name='completed'),
        ),
        migrations.AlterField(
            model_name='call',
            name='language',
            field=models.CharField(default='en', max_length=8, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='call',
            name='latency_ms',
            field=models.JSONField(blank=True, default=dict, help_text='first_audio, turn_p50, turn_p95, barge_in_p95, …', verbose_name='delays (ms)'),
        ),
        migrations.AlterField(
            model_name='call',
            name='mode',
            field=models.CharField(choices=[('assistant', 'Maya'), ('small_model', 'Maya on the small model'), ('questionnaire', 'questionnaire by keys and voice')], default='assistant', max_length=14, verbose_name='carried by'),
        ),
        migrations.AlterField(
            model_name='call',
            name='model',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='voice model'),
        ),
        migrations.AlterField(
            model_name='call',
            name='not_called_reason',
            field=models.CharField(blank=True, default='', max_length=80, verbose_name='why not called'),
        ),
        migrations.AlterField(
            model_name='call',
            name='output_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='tokens out'),
        ),
        migrations.AlterField(
            model_name='call',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='call',
            name='phase_s',
            field=models.JSONField(blank=True, default=dict, help_text='seconds in each phase of the conversation', verbose_name='seconds in each phase'),
        ),
        migrations.AlterField(
            model_name='call',
            name='planned_for',
            field=models.DateTimeField(db_index=True, verbose_name='planned for'),
        ),
        migrations.AlterField(
            model_name='call',
            name='prompt_hash',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='hash of the prompt'),
        ),
        migrations.AlterField(
            model_name='call',
            name='prompt_version',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='version of the prompt'),
        ),
        migrations.AlterField(
            model_name='call',
            name='protocol_version',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='version of the questions'),
        ),
        migrations.AlterField(
            model_name='call',
            name='providers',
            field=models.JSONField(blank=True, default=list, help_text='voice providers used, in order', verbose_name='voice services'),
        ),
        migrations.AlterField(
            model_name='call',
            name='purpose',
            field=models.CharField(choices=[('scheduled', 'scheduled check-in'), ('follow_up', 'follow-up call'), ('manual', 'placed by staff'), ('callback', 'patient called'), ('emergency_redial', 'redial after an emergency'), ('emergency_contact', 'emergency contact rung'), ('softphone', 'softphone')], max_length=18, verbose_name='purpose'),
        ),
        migrations.AlterField(
            model_name='call',
            name='questions_answered',
            field=models.JSONField(blank=True, default=list, verbose_name='questions answered'),
        ),
        migrations.AlterField(
            model_name='call',
            name='questions_asked',
            field=models.JSONField(blank=True, default=list, verbose_name='questions asked'),
        ),
        migrations.AlterField(
            model_name='call',
            name='retry_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='retries', to='calls.call', verbose_name='retry of'),
        ),
        migrations.AlterField(
            model_name='call',
            name='reviewed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='when the whole transcript was judged once more', null=True, verbose_name='reviewed at'),
        ),
        migrations.AlterField(
            model_name='call',
            name='rules_version',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='rule set'),
        ),
        migrations.AlterField(
            model_name='call',
            name='satisfaction',
            field=models.PositiveSmallIntegerField(blank=True, help_text='0-4, when the patient said so', null=True, verbose_name='satisfaction'),
        ),
        migrations.AlterField(
            model_name='call',
            name='scanner_version',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='version of the phrase scanner'),
        ),
        migrations.AlterField(
            model_name='call',
            name='schedule',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls', to='calls.callschedule', verbose_name='schedule'),
        ),
        migrations.AlterField(
            model_name='call',
            name='slot_key',
            field=models.CharField(blank=True, help_text='patient, protocol, local date, slot, attempt', max_length=120, null=True, unique=True, verbose_name='slot'),
        ),
        migrations.AlterField(
            model_name='call',
            name='spoke_with',
            field=models.CharField(blank=True, choices=[('', 'not known'), ('patient', 'the patient'), ('proxy', 'a proxy'), ('other', 'somebody else')], default='', max_length=8, verbose_name='spoke with'),
        ),
        migrations.AlterField(
            model_name='call',
            name='started_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by'),
        ),
        migrations.AlterField(
            model_name='call',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('dialling', 'dialling'), ('ringing', 'ringing'), ('in_progress', 'in progress'), ('completed', 'completed'), ('no_answer', 'no answer'), ('busy', 'busy'), ('failed', 'failed'), ('canceled', 'cancelled'), ('interrupted', 'interrupted')], default='planned', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='call',
            name='status_sequence',
            field=models.IntegerField(default=-1, help_text='highest SequenceNumber seen', verbose_name='last status number'),
        ),
        migrations.AlterField(
            model_name='call',
            name='stream_sid',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='stream id of the network'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='at',
            field=models.DateTimeField(verbose_name='when'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='failures', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='error_code',
            field=models.CharField(blank=True, default='', max_length=80, verbose_name='error code'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='error_type',
            field=models.CharField(help_text='connection_timeout, rate_limit, audio_error, critical, …', max_length=40, verbose_name='error'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='result',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='result'),
        ),
        migrations.AlterField(
            model_name='callfailure',
            name='strategy',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='what was tried'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interventions', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='code',
            field=models.CharField(blank=True, default='', help_text="why it failed, in the network's code", max_length=40, verbose_name='error code'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='kind',
            field=models.CharField(choices=[('take_over', 'take over'), ('end', 'end')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='settled at'),
        ),
        migrations.AlterField(
            model_name='callintervention',
            name='state',
            field=models.CharField(choices=[('asked', 'asked of the telephone network'), ('connected', 'connected'), ('unanswered', 'the phone was not answered'), ('done', 'done'), ('failed', 'failed')], default='asked', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='attempt_gap_minutes',
            field=models.PositiveSmallIntegerField(default=90, verbose_name='minutes between attempts'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='attempts_max',
            field=models.PositiveSmallIntegerField(default=3, verbose_name='attempts a day'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='next_due_at',
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='next call'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='patient',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='call_schedule', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='protocol',
            field=models.CharField(default='checkin-1', max_length=40, verbose_name='questions'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='quiet_dates',
            field=models.JSONField(blank=True, default=list, help_text='ISO dates without calls', verbose_name='days without calls'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='weekdays',
            field=models.JSONField(default=list, help_text='ISO weekdays, 1 is Monday.', verbose_name='weekdays'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='why_not_next',
            field=models.CharField(blank=True, default='', help_text='Why no next call is planned.', max_length=80, verbose_name='why no next call'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='window_end',
            field=models.TimeField(default='19:00', verbose_name='calls until'),
        ),
        migrations.AlterField(
            model_name='callschedule',
            name='window_start',
            field=models.TimeField(default='09:00', verbose_name='calls from'),
        ),
        migrations.AlterField(
            model_name='conversationmemory',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='conversationmemory',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='education_given', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='delivery_method',
            field=models.CharField(default='verbal_explanation', max_length=24, verbose_name='how it was explained'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='model_call_id',
            field=models.CharField(max_length=80, verbose_name='id of the tool call'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='education_given', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='patient_context',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='education.context', default='', verbose_name='context'),
        ),
        migrations.AlterField(
            model_name='educationgiven',
            name='topic',
            field=models.CharField(choices=[('medication_management', 'medication management'), ('diet_sodium', 'sodium in the diet'), ('fluid_restriction', 'fluid restriction'), ('exercise', 'exercise'), ('symptom_monitoring', 'symptom monitoring')], max_length=24, verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='call',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='due_at',
            field=models.DateTimeField(verbose_name='due at'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='follow_up_type',
            field=models.CharField(choices=[('voice_call', 'voice call'), ('clinic_appointment', 'clinic appointment'), ('telehealth', 'telehealth')], max_length=20, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='model_call_id',
            field=models.CharField(blank=True, default='', max_length=80, verbose_name='id of the tool call'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='reason',
            field=heartvoice.shared.fields.PHITextField(context='follow_up.reason', verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='resulting_call',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='calls.call', verbose_name='call that came of it'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('done', 'done'), ('cancelled', 'cancelled')], default='open', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='followup',
            name='urgency',
            field=models.CharField(choices=[('routine', 'routine'), ('priority', 'priority'), ('urgent', 'urgent')], max_length=10, verbose_name='urgency'),
        ),
        migrations.AlterField(
            model_name='screenresult',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='screenresult',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='call_sid',
            field=models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name='call id of the network'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='code',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='error code'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='dialled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dialled at'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ended at'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_calls', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='state',
            field=models.CharField(choices=[('ringing', 'ringing the nurse'), ('dialling', 'dialling the patient'), ('ended', 'ended'), ('unanswered', 'the patient did not answer'), ('failed', 'failed')], default='ringing', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='staffcall',
            name='talked_s',
            field=models.PositiveIntegerField(default=0, verbose_name='talked (s)'),
        ),
        migrations.AlterField(
            model_name='toolcall',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='toolcall',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='turn',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='turn',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='cached_audio_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='audio tokens from the cache'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='cached_text_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='text tokens from the cache'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='usage_entries', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='cost_usd',
            field=models.DecimalField(decimal_places=6, max_digits=10, verbose_name='cost (US dollars)'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='input_audio_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='audio tokens in'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='input_text_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='text tokens in'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='kind',
            field=models.CharField(choices=[('response', 'response'), ('transcription', 'transcription'), ('minutes', 'minutes')], max_length=14, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='model',
            field=models.CharField(max_length=60, verbose_name='voice model'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='output_audio_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='audio tokens out'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='output_text_tokens',
            field=models.PositiveIntegerField(default=0, verbose_name='text tokens out'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='price_version',
            field=models.CharField(max_length=20, verbose_name='version of the prices'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='provider',
            field=models.CharField(max_length=20, verbose_name='voice service'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='reference',
            field=models.CharField(help_text='response id or item id', max_length=80, verbose_name='reference'),
        ),
        migrations.AlterField(
            model_name='usageentry',
            name='seconds',
            field=models.FloatField(default=0, verbose_name='seconds'),
        ),
        migrations.AlterConstraint(
            model_name='callschedule',
            name='schedule_attempts_1_to_6',
            constraint=models.CheckConstraint(condition=models.Q(('attempts_max__range', (1, 6))), name='schedule_attempts_1_to_6', violation_error_message='1 to 6 attempts a day.'),
        ),
    ]
