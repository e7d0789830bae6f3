"""Names for people to read, each translatable. Nothing changes in the database."""

import django.db.models.deletion
import heartvoice.shared.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('biomarkers', '0004_baseline_end_reason'),
        ('calls', '0006_screens'),
        ('patients', '0008_proxy_document'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='baseline',
            options={'verbose_name': 'voice baseline', 'verbose_name_plural': 'voice baselines'},
        ),
        migrations.AlterModelOptions(
            name='callvoice',
            options={'verbose_name': 'voice of a call', 'verbose_name_plural': 'voices of calls'},
        ),
        migrations.AlterModelOptions(
            name='voicebiomarker',
            options={'verbose_name': 'voice measurement of a segment', 'verbose_name_plural': 'voice measurements of segments'},
        ),
        migrations.AlterField(
            model_name='baseline',
            name='algorithm_version',
            field=models.CharField(max_length=20, verbose_name='version of the algorithm'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='calls_n',
            field=models.PositiveSmallIntegerField(verbose_name='calls'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='channel',
            field=models.CharField(default='default', max_length=40, verbose_name='line'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='composite',
            field=models.JSONField(blank=True, default=dict, verbose_name='composite'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('admission', 'the patient was in hospital'), ('clinician', 'a clinician asked for a new one'), ('rescored', 'computed anew from the same calls')], default='', max_length=12, verbose_name='why it was replaced'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='features',
            field=models.JSONField(help_text='feature to {median, mad, n}', verbose_name='features'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='first_call_at',
            field=models.DateTimeField(verbose_name='first call at'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='frozen_at',
            field=models.DateTimeField(verbose_name='frozen at'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voice_baselines', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='reason',
            field=models.CharField(default='first', max_length=40, verbose_name='why it was made'),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='superseded_at',
            field=models.DateTimeField(blank=True, help_text='judges no call from then on', null=True, verbose_name='replaced at'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='algorithm_version',
            field=models.CharField(max_length=20, verbose_name='version of the algorithm'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='at',
            field=models.DateTimeField(verbose_name='when'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='call',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='voice', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='channel',
            field=models.JSONField(blank=True, default=dict, verbose_name='line'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='composite_z',
            field=models.FloatField(blank=True, null=True, verbose_name='distance from the usual (SD)'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='confounders',
            field=models.JSONField(blank=True, default=list, help_text='cold, dentures, loud_room, speakerphone, …', verbose_name='what may confuse'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='cusum',
            field=models.FloatField(blank=True, null=True, verbose_name='lasting change (CUSUM)'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='features',
            field=models.JSONField(blank=True, default=dict, help_text='feature name (with unit) to value', verbose_name='features'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='is_outside_baseline',
            field=models.BooleanField(default=False, verbose_name='outside the patient’s own baseline'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='is_usable',
            field=models.BooleanField(default=False, help_text='fit for baseline and change detection', verbose_name='usable'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='call_voices', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='reasons',
            field=models.JSONField(blank=True, default=dict, verbose_name='reasons'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='segments_measured',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='segments measured'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='segments_total',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='segments'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='voiced_s',
            field=models.FloatField(default=0, verbose_name='voiced speech (s)'),
        ),
        migrations.AlterField(
            model_name='callvoice',
            name='z_scores',
            field=models.JSONField(blank=True, default=dict, verbose_name='distances from the usual (SD)'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='algorithm_version',
            field=models.CharField(blank=True, default='', max_length=20, verbose_name='version of the algorithm'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='articulation_rate',
            field=models.FloatField(blank=True, help_text='syllables per second of speech', null=True, verbose_name='articulation rate'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='audio_expires_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='audio expires at'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='audio_key',
            field=models.CharField(blank=True, default='', editable=False, help_text='random name of the sealed audio, while it may exist', max_length=64, verbose_name='name of the sealed audio'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='breath_pauses',
            field=models.FloatField(blank=True, help_text='count', null=True, verbose_name='pauses for breath'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voice_biomarkers', to='calls.call', verbose_name='call'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='channel',
            field=models.JSONField(blank=True, default=dict, help_text='channel fingerprint: levels in bands, noise floor', verbose_name='line'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='context',
            field=models.CharField(choices=[('general', 'general'), ('clinical', 'clinical'), ('emotional', 'emotional')], default='general', max_length=10, verbose_name='context'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='cpps',
            field=models.FloatField(blank=True, help_text='dB', null=True, verbose_name='cepstral peak (CPPS)'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='end_ms',
            field=models.PositiveIntegerField(help_text='ms from the start of the stream', verbose_name='end (ms)'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='f0_mean',
            field=models.FloatField(blank=True, help_text='Hz', null=True, verbose_name='mean pitch'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='f0_median',
            field=models.FloatField(blank=True, help_text='Hz', null=True, verbose_name='median pitch'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='f0_sd_semitones',
            field=models.FloatField(blank=True, help_text='semitones', null=True, verbose_name='spread of pitch'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='gate_reasons',
            field=models.JSONField(blank=True, default=dict, help_text='gate or feature name to reason', verbose_name='why not measured'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='hnr',
            field=models.FloatField(blank=True, help_text='dB', null=True, verbose_name='harmonics-to-noise ratio'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='item_id',
            field=models.CharField(blank=True, default='', help_text='The conversation item (turn) it belongs to.', max_length=64, verbose_name='turn'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='jitter',
            field=models.FloatField(blank=True, help_text='local, ratio', null=True, verbose_name='jitter'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='jitter_ppq5',
            field=models.FloatField(blank=True, help_text='ppq5, ratio', null=True, verbose_name='jitter (ppq5)'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='loudness_range_db',
            field=models.FloatField(blank=True, help_text='dB', null=True, verbose_name='range of loudness'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='max_phrase_s',
            field=models.FloatField(blank=True, help_text='s', null=True, verbose_name='longest phrase'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='mean_phrase_s',
            field=models.FloatField(blank=True, help_text='s', null=True, verbose_name='mean phrase length'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='measured_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='measured at'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voice_biomarkers', to='patients.patient', verbose_name='patient'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='pause_ratio',
            field=models.FloatField(blank=True, help_text='ratio', null=True, verbose_name='share of pauses'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='pauses_per_min',
            field=models.FloatField(blank=True, help_text='1/min', null=True, verbose_name='pauses per minute'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='perceived_voice_quality',
            field=models.CharField(blank=True, default='', help_text='what the voice model heard', max_length=10, verbose_name='voice as heard by the model'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='phonation_s',
            field=models.FloatField(blank=True, help_text='s', null=True, verbose_name='phonation'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='quality',
            field=models.JSONField(blank=True, default=dict, help_text='voiced seconds, SNR, clipping, losses, …', verbose_name='quality'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='question_id',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='question'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='segment_id',
            field=models.CharField(help_text='Unique in the call: the item and part it came from.', max_length=64, verbose_name='segment'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='shimmer',
            field=models.FloatField(blank=True, help_text='local, ratio', null=True, verbose_name='shimmer'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='speech_content',
            field=heartvoice.shared.fields.PHICharField(blank=True, context='biomarker.speech_content', default='', verbose_name='what was said'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='speech_rate',
            field=models.FloatField(blank=True, help_text='syllables per second', null=True, verbose_name='speech rate'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='start_ms',
            field=models.PositiveIntegerField(help_text='ms from the start of the stream', verbose_name='start (ms)'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='state',
            field=models.CharField(choices=[('pending', 'waiting for extraction'), ('measured', 'measured'), ('gated', 'refused by a quality gate'), ('lost', 'audio lost before extraction')], default='pending', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='voicebiomarker',
            name='voice_quality_score',
            field=models.FloatField(blank=True, help_text='0-100, descriptive; never raises an alert', null=True, verbose_name='voice quality score'),
        ),
    ]
