"""Names for people to read, each translatable. Nothing changes in the database."""

import django.db.models.deletion
import heartvoice.shared.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0007_words'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('patients', '0008_proxy_document'),
    ]

    operations = [
        migrations.CreateModel(
            name='KccqScore',
            fields=[
            ],
            options={
                'verbose_name': 'KCCQ-12 score',
                'verbose_name_plural': 'KCCQ-12 scores',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('patients.patientrecord',),
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
            ],
            options={
                'verbose_name': 'second factor',
                'verbose_name_plural': 'second factors',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('mfa.authenticator',),
        ),
        migrations.AlterModelOptions(
            name='apitoken',
            options={'ordering': ['-created_at'], 'verbose_name': 'API token', 'verbose_name_plural': 'API tokens'},
        ),
        migrations.AlterModelOptions(
            name='careteam',
            options={'ordering': ['name'], 'verbose_name': 'care team', 'verbose_name_plural': 'care teams'},
        ),
        migrations.AlterModelOptions(
            name='consent',
            options={'verbose_name': 'consent', 'verbose_name_plural': 'consents'},
        ),
        migrations.AlterModelOptions(
            name='medication',
            options={'verbose_name': 'medicine', 'verbose_name_plural': 'medicines'},
        ),
        migrations.AlterModelOptions(
            name='membership',
            options={'verbose_name': 'team membership', 'verbose_name_plural': 'team memberships'},
        ),
        migrations.AlterModelOptions(
            name='patient',
            options={'verbose_name': 'patient', 'verbose_name_plural': 'patients'},
        ),
        migrations.AlterModelOptions(
            name='patientnote',
            options={'ordering': ['-created_at'], 'verbose_name': 'note', 'verbose_name_plural': 'notes'},
        ),
        migrations.AlterModelOptions(
            name='patientrecord',
            options={'verbose_name': 'check-in answers', 'verbose_name_plural': 'check-in answers'},
        ),
        migrations.AlterModelOptions(
            name='phiaccess',
            options={'verbose_name': 'look at patient data', 'verbose_name_plural': 'looks at patient data'},
        ),
        migrations.AlterModelOptions(
            name='phiaccessseal',
            options={'verbose_name': 'seal of the access log', 'verbose_name_plural': 'seals of the access log'},
        ),
        migrations.AlterModelOptions(
            name='proxy',
            options={'verbose_name': 'proxy', 'verbose_name_plural': 'proxies'},
        ),
        migrations.AlterModelOptions(
            name='thresholdoverride',
            options={'verbose_name': 'personal threshold', 'verbose_name_plural': 'personal thresholds'},
        ),
        migrations.AlterModelOptions(
            name='timelog',
            options={'verbose_name': 'time log', 'verbose_name_plural': 'time logs'},
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'verbose_name': 'member of staff', 'verbose_name_plural': 'staff'},
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='expires_at',
            field=models.DateTimeField(verbose_name='expires at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='label',
            field=models.CharField(help_text='Which program uses it.', max_length=60, verbose_name='label'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='last_used_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='revoked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='token_hash',
            field=models.CharField(editable=False, max_length=64, unique=True, verbose_name='token hash'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='members',
            field=models.ManyToManyField(related_name='care_teams', through='patients.Membership', to=settings.AUTH_USER_MODEL, verbose_name='members'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='name',
            field=models.CharField(max_length=120, unique=True, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='spoken_name',
            field=models.CharField(blank=True, default='', help_text='How Maya names the team before identity is known; no condition in it.', max_length=120, verbose_name='spoken name'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='staffed_from',
            field=models.TimeField(default='08:00', verbose_name='staffed from'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='staffed_until',
            field=models.TimeField(default='17:00', verbose_name='staffed until'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='staffed_weekdays',
            field=models.JSONField(blank=True, default=list, help_text='ISO weekdays, 1 is Monday; empty means 1-5.', verbose_name='staffed weekdays'),
        ),
        migrations.AlterField(
            model_name='careteam',
            name='time_zone',
            field=models.CharField(default='America/New_York', max_length=64, verbose_name='time zone'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='given_at',
            field=models.DateTimeField(verbose_name='given at'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='language',
            field=models.CharField(default='en', max_length=8, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='method',
            field=models.CharField(help_text='paper, portal, voice, …', max_length=40, verbose_name='how it was given'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='revoked at'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='revoked_how',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='how it was revoked'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='scope',
            field=models.CharField(choices=[('ai_voice_call', 'calls by an AI voice'), ('voice_biomarker', 'voice measurement'), ('voicemail', 'voicemail message'), ('sms', 'text messages'), ('proxy', 'a proxy may answer'), ('recording', 'recording'), ('research', 'de-identified research export')], max_length=20, verbose_name='scope'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='wording_version',
            field=models.CharField(max_length=40, verbose_name='version of the wording'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='dose',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='medication.dose', default='', verbose_name='dose'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='medication_class',
            field=models.CharField(choices=[('acei', 'ACE inhibitor'), ('arb', 'ARB'), ('arni', 'ARNI'), ('beta_blocker', 'beta blocker'), ('mra', 'MRA'), ('sglt2i', 'SGLT2 inhibitor'), ('loop_diuretic', 'loop diuretic'), ('thiazide', 'thiazide'), ('hydralazine_nitrate', 'hydralazine and nitrate'), ('ivabradine', 'ivabradine'), ('vericiguat', 'vericiguat'), ('digoxin', 'digoxin'), ('anticoagulant', 'anticoagulant'), ('antiarrhythmic', 'antiarrhythmic'), ('potassium', 'potassium'), ('other', 'other')], max_length=24, verbose_name='class'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='name',
            field=heartvoice.shared.fields.PHICharField(context='medication.name', verbose_name='name of the medicine'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='medications', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='started_on',
            field=models.DateField(blank=True, null=True, verbose_name='taken since'),
        ),
        migrations.AlterField(
            model_name='medication',
            name='stopped_on',
            field=models.DateField(blank=True, null=True, verbose_name='taken until'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('nurse', 'nurse'), ('lead', 'clinical lead'), ('admin', 'administrator')], default='nurse', max_length=8, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='patients.careteam', verbose_name='team'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='member of staff'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='address',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='patient.address', default='', verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='care_team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patients', to='patients.careteam', verbose_name='care team'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='city',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='patient.city', default='', verbose_name='city'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='date_of_birth',
            field=heartvoice.shared.fields.PHIDateField(context='patient.date_of_birth', verbose_name='date of birth'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='emergency_contact_name',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='patient.emergency_name', default='', verbose_name='name of the emergency contact'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='emergency_contact_phone',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='patient.emergency_phone', default='', verbose_name='phone of the emergency contact'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='enrolled_on',
            field=models.DateField(verbose_name='enrolled on'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='enrolment_scales',
            field=models.JSONField(blank=True, default=dict, help_text='Scale name to 0-4, before a baseline exists.', verbose_name='symptoms at enrolment'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='enrolment_weight_lb',
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='weight at enrolment (lb)'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='family_context',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='patient.family_context', default='', verbose_name='family'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='first_name',
            field=heartvoice.shared.fields.PHICharField(context='patient.first_name', verbose_name='first name'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='has_fall_risk',
            field=models.BooleanField(default=False, verbose_name='at risk of falls'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='has_suicide_history',
            field=models.BooleanField(default=False, verbose_name='history of suicide attempts'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='interests',
            field=heartvoice.shared.fields.PHIJSONField(blank=True, context='patient.interests', default=list, verbose_name='interests'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='interpreter_needed',
            field=models.BooleanField(default=False, verbose_name='needs an interpreter'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='language',
            field=models.CharField(default='en', max_length=8, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='last_contact_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last contact'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='last_name',
            field=heartvoice.shared.fields.PHICharField(context='patient.last_name', verbose_name='last name'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='monitoring_priorities',
            field=heartvoice.shared.fields.PHIJSONField(blank=True, context='patient.monitoring_priorities', default=list, verbose_name='what to watch'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='on_blood_thinner',
            field=models.BooleanField(default=False, verbose_name='takes a blood thinner'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='on_legal_hold',
            field=models.BooleanField(default=False, verbose_name='legal hold: keep everything'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_patients', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='pause_reason',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='patient.pause_reason', default='', verbose_name='reason of the pause'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='paused_until',
            field=models.DateField(blank=True, null=True, verbose_name='paused until'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='phone',
            field=heartvoice.shared.fields.PHICharField(context='patient.phone', verbose_name='phone'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='phone_index',
            field=heartvoice.shared.fields.BlindIndexField(db_index=True, purpose='phone', source='phone', verbose_name='phone index'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='primary_concerns',
            field=heartvoice.shared.fields.PHIJSONField(blank=True, context='patient.primary_concerns', default=list, verbose_name='main concerns'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='record_number',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='patient.record_number', default='', verbose_name='record number'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='record_number_index',
            field=heartvoice.shared.fields.BlindIndexField(db_index=True, purpose='record_number', source='record_number', verbose_name='record number index'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='state',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='state or province'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='status',
            field=models.CharField(choices=[('active', 'active'), ('paused', 'paused'), ('ended', 'ended')], default='active', max_length=8, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='patient',
            name='voice_accommodations',
            field=models.JSONField(blank=True, default=dict, help_text='speed (0.25-1.5), silence_ms (end of turn), hard_of_hearing.', verbose_name='adjustments of the voice'),
        ),
        migrations.AlterField(
            model_name='patientnote',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AlterField(
            model_name='patientnote',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='patientnote',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='patientnote',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='patient_notes', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='patientnote',
            name='text',
            field=heartvoice.shared.fields.PHITextField(context='note.text', verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='breathless_at_rest',
            field=models.BooleanField(blank=True, null=True, verbose_name='breathless at rest'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='call',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='record', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='emergency_flags',
            field=models.JSONField(blank=True, default=list, verbose_name='emergency flags'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='heart_rate_bpm',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='heart rate (bpm)'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='is_identity_verified',
            field=models.BooleanField(default=False, verbose_name='identity verified'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='missed_doses_week',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='missed doses in a week'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='notes',
            field=heartvoice.shared.fields.PHITextField(blank=True, context='record.notes', default='', verbose_name='notes'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='recorded_at',
            field=models.DateTimeField(verbose_name='recorded at'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='spo2_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='oxygen saturation (%)'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='systolic_mmhg',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='systolic blood pressure (mmHg)'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='takes_ace_inhibitor',
            field=models.BooleanField(blank=True, null=True, verbose_name='takes the ACE inhibitor'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='takes_beta_blocker',
            field=models.BooleanField(blank=True, null=True, verbose_name='takes the beta blocker'),
        ),
        migrations.AlterField(
            model_name='patientrecord',
            name='takes_diuretic',
            field=models.BooleanField(blank=True, null=True, verbose_name='takes the diuretic'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='action',
            field=models.CharField(max_length=20, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='address_hash',
            field=models.CharField(blank=True, max_length=32, verbose_name='address hash'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='at',
            field=models.DateTimeField(db_index=True, verbose_name='when'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='care_team_id',
            field=models.UUIDField(null=True, verbose_name='care team number'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='outcome',
            field=models.CharField(default='success', max_length=12, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='patient_hash',
            field=models.CharField(blank=True, db_index=True, max_length=32, verbose_name='patient hash'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='purpose',
            field=models.CharField(max_length=40, verbose_name='purpose'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='request_id',
            field=models.CharField(blank=True, max_length=36, verbose_name='request id'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='resource',
            field=models.CharField(max_length=60, verbose_name='resource'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='role',
            field=models.CharField(blank=True, max_length=12, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='row_count',
            field=models.PositiveIntegerField(default=1, verbose_name='rows'),
        ),
        migrations.AlterField(
            model_name='phiaccess',
            name='user_id',
            field=models.BigIntegerField(null=True, verbose_name='staff number'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='authority',
            field=models.CharField(help_text="the patient's own word, power of attorney, guardian, …", max_length=80, verbose_name='on whose authority'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='level',
            field=models.CharField(choices=[('called', 'may hear that we called'), ('answer', 'may answer for the patient'), ('full', 'may hear and answer everything')], max_length=8, verbose_name='how far'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='name',
            field=heartvoice.shared.fields.PHICharField(context='proxy.name', verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proxies', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='relation',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='relation to the patient'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='revoked at'),
        ),
        migrations.AlterField(
            model_name='proxy',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='parameter',
            field=models.CharField(max_length=60, verbose_name='number of the rule'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='threshold_overrides', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='reason',
            field=heartvoice.shared.fields.PHITextField(context='override.reason', verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='revoked at'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='rule_id',
            field=models.CharField(max_length=8, verbose_name='rule'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='valid_until',
            field=models.DateField(verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='thresholdoverride',
            name='value',
            field=models.DecimalField(decimal_places=2, max_digits=8, verbose_name='value'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='activity',
            field=models.CharField(max_length=40, verbose_name='activity'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='ended_at',
            field=models.DateTimeField(verbose_name='ended at'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='is_interactive',
            field=models.BooleanField(default=False, verbose_name='with the patient or caregiver'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_logs', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='programme',
            field=models.CharField(default='RPM', max_length=8, verbose_name='programme'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='time_logs', to=settings.AUTH_USER_MODEL, verbose_name='member of staff'),
        ),
        migrations.AlterField(
            model_name='timelog',
            name='started_at',
            field=models.DateTimeField(verbose_name='started at'),
        ),
        migrations.AlterField(
            model_name='user',
            name='time_zone',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='time zone'),
        ),
        migrations.AlterConstraint(
            model_name='medication',
            name='medication_stops_after_start',
            constraint=models.CheckConstraint(condition=models.Q(('stopped_on__isnull', True), ('started_on__isnull', True), ('stopped_on__gte', models.F('started_on')), _connector='OR'), name='medication_stops_after_start', violation_error_message='It cannot have been stopped before it was started.'),
        ),
        migrations.AlterConstraint(
            model_name='patient',
            name='patient_weight_plausible',
            constraint=models.CheckConstraint(condition=models.Q(('enrolment_weight_lb__isnull', True), ('enrolment_weight_lb__range', (60, 700)), _connector='OR'), name='patient_weight_plausible', violation_error_message='A weight is between 60 and 700 lb.'),
        ),
    ]
