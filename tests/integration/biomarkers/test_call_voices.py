"""A call that is over has one pooled voice, its distance from the patient's own baseline, and the alerts that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone

from alerts.models import Alert
from alerts.services import alert_claim
from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from biomarkers.services import (
    baselines_renew,
    call_voice_update,
    call_voices_sweep,
    confounders_set,
    segment_keep,
)
from biomarkers.services import calls as calls_service
from biomarkers.tasks import extract_segment, sweep_segments, update_call_voice
from calls.models import Call
from patients.models import Patient
from tests.integration.biomarkers.conftest import spoken
from tests.integration.biomarkers.voices import START, over, speak
from tests.support.factories import make_call, make_patient, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(db: None) -> Patient:
    return make_patient()


def voice_on(patient: Patient, day: float, worse: float = 0.0, **others: Any) -> CallVoice:
    """A call of that day, pooled and charted."""
    call = over(patient, day)
    speak(call, worse=worse, **others)
    voice = call_voice_update(call_id=call.pk)
    assert voice is not None
    return voice


def with_baseline(patient: Patient) -> list[CallVoice]:
    """Fourteen usual calls, every other day."""
    return [voice_on(patient, 2 * number) for number in range(14)]


def voice_alerts(patient: Patient) -> list[tuple[str, str]]:
    rows = Alert.objects.filter(patient=patient, alert_type="voice_biomarker")
    return [(row.rule_id, row.severity) for row in rows]


def test_a_call_is_pooled_from_its_segments(patient: Patient) -> None:
    voice = voice_on(patient, 0)
    assert (voice.segments_total, voice.segments_measured, voice.voiced_s) == (2, 2, 24.0)
    assert voice.features["pause_ratio"] == pytest.approx(0.22, abs=0.05)
    assert voice.is_usable
    assert voice.algorithm_version == "voice-1/call-1"
    assert voice.channel["label"] == "default"
    assert voice.at == START
    assert (voice.z_scores, voice.composite_z, voice.cusum) == ({}, None, None)


def test_nothing_is_pooled_while_the_call_goes_on_or_a_segment_waits(patient: Patient) -> None:
    call = over(patient, 0, state="in_progress", ended_at=None)
    segments = speak(call)
    assert call_voice_update(call_id=call.pk) is None
    Call.objects.filter(pk=call.pk).update(state="completed", ended_at=timezone.now())
    VoiceBiomarker.objects.filter(pk=segments[0].pk).update(state="pending")
    assert call_voice_update(call_id=call.pk) is None
    assert not CallVoice.objects.exists()
    VoiceBiomarker.objects.filter(pk=segments[0].pk).update(state="lost", algorithm_version="")
    voice = call_voice_update(call_id=call.pk)
    assert voice is not None
    assert (voice.segments_total, voice.segments_measured) == (2, 1)


def test_a_call_without_segments_has_no_voice(patient: Patient) -> None:
    assert call_voice_update(call_id=over(patient, 0).pk) is None
    assert not CallVoice.objects.exists()


def test_the_same_update_again_changes_nothing(patient: Patient) -> None:
    first = [*with_baseline(patient), *(voice_on(patient, 28 + day, worse=3.0) for day in range(5))]
    before = list(CallVoice.objects.order_by("at").values())
    alerts = list(Alert.objects.values("pk", "occurrences", "severity"))
    for voice in first:
        call_voice_update(call_id=voice.call_id)
    assert list(CallVoice.objects.order_by("at").values()) == before
    assert list(Alert.objects.values("pk", "occurrences", "severity")) == alerts
    assert Baseline.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"identity_result": "failed"}, "identity_not_verified"),
        ({"identity_result": "not_attempted"}, "identity_not_verified"),
        ({"purpose": "softphone"}, "softphone"),
    ],
)
def test_a_voice_that_may_be_somebody_elses_judges_nothing(
    patient: Patient, changes: dict[str, str], why: str
) -> None:
    call = over(patient, 0, **changes)
    speak(call)
    voice = call_voice_update(call_id=call.pk)
    assert voice is not None
    assert (voice.is_usable, voice.reasons["unusable"]) == (False, why)


def test_a_poor_call_is_kept_with_its_reason(patient: Patient) -> None:
    voice = voice_on(patient, 0, voiced_s=4.0)
    assert (voice.is_usable, voice.reasons["unusable"]) == (False, "too_little_voice")
    noisy = voice_on(patient, 1, snr_db=18.0)
    assert noisy.is_usable
    assert noisy.reasons["unfit"]["hnr"] == "noisy"
    assert "hnr" in noisy.features


def test_the_fourteenth_usable_call_freezes_the_baseline(patient: Patient) -> None:
    voices = with_baseline(patient)
    (baseline,) = Baseline.objects.all()
    assert (baseline.calls_n, baseline.channel, baseline.reason) == (14, "default", "first")
    assert (baseline.first_call_at, baseline.frozen_at) == (voices[0].at, voices[-1].at)
    assert baseline.algorithm_version == "voice-1/call-1"
    assert set(baseline.features["hnr"]) == {"median", "mad", "spread", "n"}
    assert baseline.features["f0_mean"]["n"] == 14
    voice_on(patient, 40, worse=2.0)
    assert Baseline.objects.get() == baseline
    assert Baseline.objects.get().features == baseline.features


def test_unusable_calls_make_no_baseline(patient: Patient) -> None:
    for day in range(20):
        voice_on(patient, day, voiced_s=8.0)
    assert not Baseline.objects.exists()


def test_a_usual_call_stays_inside_and_a_lasting_change_does_not(patient: Patient) -> None:
    with_baseline(patient)
    usual = voice_on(patient, 30)
    assert usual.composite_z is not None
    assert not usual.is_outside_baseline
    changed = [voice_on(patient, 32 + 2 * number, worse=2.5) for number in range(6)]
    assert not changed[0].is_outside_baseline
    assert changed[-1].is_outside_baseline
    assert changed[-1].z_scores["pause_ratio"] > 1


def test_leaving_the_baseline_is_low_and_staying_outside_is_medium(patient: Patient) -> None:
    with_baseline(patient)
    outside = 0
    for number in range(8):
        outside += voice_on(patient, 30 + 2 * number, worse=2.5).is_outside_baseline
        expected = {0: [], 1: [("V01", "low")]}.get(outside)
        if expected is not None:
            assert voice_alerts(patient) == expected
    assert outside >= 2
    assert [severity for _, severity in voice_alerts(patient)] == ["medium"]


def test_an_acknowledged_alert_begins_the_chart_anew(patient: Patient) -> None:
    with_baseline(patient)
    last = None
    for number in range(6):
        last = voice_on(patient, 30 + 2 * number, worse=2.5)
    assert last is not None
    assert last.is_outside_baseline
    alert = Alert.objects.get(alert_type="voice_biomarker")
    alert_claim(alert=alert, by=make_user(patient.care_team), now=last.at + timedelta(hours=2))
    after = voice_on(patient, 44, worse=2.5)
    assert not after.is_outside_baseline
    assert after.cusum is not None
    assert last.cusum is not None
    assert after.cusum < last.cusum


def test_an_old_call_that_is_pooled_late_raises_no_alert(patient: Patient) -> None:
    with_baseline(patient)
    late = over(patient, 31)
    for number in range(6):
        voice_on(patient, 32 + 2 * number, worse=2.5)
    Alert.objects.filter(alert_type="voice_biomarker").update(rule_id="seen")
    speak(late, worse=3.0)
    assert call_voice_update(call_id=late.pk) is not None
    assert {rule for rule, _ in voice_alerts(patient)} == {"seen"}


def test_alerts_and_numbers_are_committed_together(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    with_baseline(patient)
    for number in range(3):
        voice_on(patient, 30 + 2 * number, worse=3.0)

    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(calls_service, "voice_submit", broken)
    call = over(patient, 38)
    speak(call, worse=3.0)
    with pytest.raises(ZeroDivisionError):
        call_voice_update(call_id=call.pk)
    assert not CallVoice.objects.filter(call=call).exists()
    monkeypatch.undo()
    assert call_voice_update(call_id=call.pk) is not None
    assert voice_alerts(patient)


def test_calls_soon_after_a_discharge_or_near_an_alert_are_no_baseline(patient: Patient) -> None:
    patient.discharged_on = START.date()
    patient.save()
    alarmed = START + timedelta(days=20)
    alert = Alert.objects.create(
        patient=patient,
        episode=patient.episodes.create(severity="high", opened_at=alarmed, last_alert_at=alarmed),
        severity="high",
        alert_type="symptom_worsening",
        source="rule",
        rule_id="S01",
        dedupe_key="x",
        description="x",
        last_seen_at=alarmed,
    )
    Alert.objects.filter(pk=alert.pk).update(created_at=alarmed)
    for day in range(36):
        voice_on(patient, day)
    baseline = Baseline.objects.get()
    assert baseline.first_call_at == START + timedelta(days=14)
    # Days 14 to 16 and from 24 on: the others lie within three days of the alert.
    assert (baseline.frozen_at, baseline.calls_n) == (START + timedelta(days=34), 14)


def test_an_admission_ends_the_baseline_and_the_next_is_collected_after_two_weeks(patient: Patient) -> None:
    with_baseline(patient)
    patient.discharged_on = (START + timedelta(days=40)).date()
    patient.save()
    voice = voice_on(patient, 42)
    old = Baseline.objects.get()
    assert old.end_reason == "admission"
    assert old.superseded_at is not None
    assert old.superseded_at.date() == patient.discharged_on
    assert voice.composite_z is None
    for number in range(14):
        voice_on(patient, 54 + 2 * number)
    new = Baseline.objects.get(superseded_at=None)
    assert (new.reason, new.calls_n) == ("admission", 14)
    assert new.first_call_at.date() >= (START + timedelta(days=54)).date()
    assert voice_on(patient, 90).composite_z is not None


def test_a_clinician_may_ask_for_a_new_baseline(patient: Patient) -> None:
    with_baseline(patient)
    assert baselines_renew(patient=patient, now=START + timedelta(days=27)) == 1
    assert voice_on(patient, 28).composite_z is None
    for number in range(14):
        voice_on(patient, 30 + 2 * number)
    assert [row.reason for row in Baseline.objects.order_by("frozen_at")] == ["first", "clinician"]


def test_another_line_is_judged_by_timing_until_it_has_a_baseline_of_its_own(patient: Patient) -> None:
    with_baseline(patient)
    moved = voice_on(patient, 30, low_band_db=12.0)
    assert moved.channel["label"] == "channel-2"
    assert set(moved.z_scores) == {"pause_ratio", "mean_phrase_s", "speech_rate"}
    for number in range(13):
        voice_on(patient, 32 + 2 * number, low_band_db=12.0)
    assert Baseline.objects.get(channel="channel-2").reason == "new_channel"
    assert "hnr" in voice_on(patient, 60, low_band_db=12.0).z_scores
    assert "hnr" in voice_on(patient, 61).z_scores


def test_a_new_version_of_the_analysis_never_meets_an_old_baseline(patient: Patient) -> None:
    with_baseline(patient)
    newer = voice_on(patient, 30, version="voice-2")
    assert newer.composite_z is None
    for number in range(13):
        newer = voice_on(patient, 32 + 2 * number, version="voice-2")
    assert Baseline.objects.get(algorithm_version="voice-2/call-1").calls_n == 14
    assert Baseline.objects.filter(superseded_at=None).count() == 2
    assert voice_on(patient, 60, version="voice-2").composite_z is not None


def test_confounders_may_be_said_during_the_call(patient: Patient) -> None:
    call = make_call(patient)
    confounders_set(call_id=call.pk, confounders=["speakerphone", "cold", "cold"])
    waiting = CallVoice.objects.get()
    assert (waiting.confounders, waiting.is_usable, waiting.features) == (["cold", "speakerphone"], False, {})
    speak(call)
    Call.objects.filter(pk=call.pk).update(
        state="completed", ended_at=timezone.now(), identity_result="verified"
    )
    voice = call_voice_update(call_id=call.pk)
    assert voice is not None
    assert voice.pk == waiting.pk
    assert (voice.confounders, voice.is_usable) == (["cold", "speakerphone"], True)
    confounders_set(call_id=call.pk, confounders=[])
    assert CallVoice.objects.get().confounders == []


def test_an_unknown_confounder_is_refused(patient: Patient) -> None:
    with pytest.raises(ValueError, match="unknown confounders: sunshine"):
        confounders_set(call_id=make_call(patient).pk, confounders=["sunshine"])


def test_two_confounders_hold_the_alert_for_one_call(patient: Patient) -> None:
    with_baseline(patient)
    held = None
    for number in range(8):
        call = over(patient, 30 + 2 * number)
        speak(call, worse=2.5)
        confounders_set(call_id=call.pk, confounders=["cold", "loud_room"])
        voice = call_voice_update(call_id=call.pk)
        assert voice is not None
        if held is not None:
            assert voice.is_outside_baseline
            assert voice_alerts(patient) == [("V01", "low")]
            return
        if "held" in voice.reasons:
            held = voice
            assert not voice.is_outside_baseline
            assert voice_alerts(patient) == []
    pytest.fail("no alarm was due")


def test_the_last_segment_of_a_finished_call_completes_its_voice(
    patient: Patient, store: redis.Redis
) -> None:
    call = over(patient, 0)
    row = segment_keep(
        patient=patient, call=call, segment_id="a", start_ms=0, end_ms=3_000, audio=spoken(), item_id="a"
    )
    VoiceBiomarker.objects.filter(pk=row.pk).update(state="lost")
    extract_segment.apply(args=[str(row.pk)]).get()
    assert CallVoice.objects.get().segments_total == 1


def asked_tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(update_call_voice, "delay", asked.append)
    return asked


def test_the_sweep_finds_what_was_settled_before_the_call_ended(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_tasks(monkeypatch)
    now = START + timedelta(hours=1)
    call, going_on, waiting = (
        over(patient, 0), over(patient, 0, state="in_progress", ended_at=None), over(patient, 0)
    )  # fmt: skip
    for each in (call, going_on, waiting):
        speak(each)
    VoiceBiomarker.objects.filter(call=waiting, segment_id="item-0").update(state="pending")
    over(patient, 0)  # nobody spoke
    assert call_voices_sweep(now) == 1
    assert asked == [str(call.pk)]
    update_call_voice.apply(args=asked).get()
    assert call_voices_sweep(now) == 0
    assert call_voices_sweep(now + timedelta(days=3)) == 0


def test_a_segment_that_comes_late_has_the_call_pooled_again(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_tasks(monkeypatch)
    voice = voice_on(patient, 0)
    segment_keep(
        patient=patient, call=voice.call, segment_id="late", start_ms=90_000, end_ms=93_000, audio=spoken()
    )
    now = START + timedelta(hours=1)
    assert call_voices_sweep(now) == 0  # it waits for its analysis
    VoiceBiomarker.objects.filter(segment_id="late").update(state="lost")
    assert call_voices_sweep(now) == 1
    update_call_voice.apply(args=asked).get()
    assert CallVoice.objects.get().segments_total == 3


def test_the_clock_does_both_sweeps(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_tasks(monkeypatch)
    call = over(patient, (timezone.now() - START).total_seconds() / 86_400 - 0.1)
    speak(call)
    sweep_segments.apply().get()
    assert asked == [str(call.pk)]
