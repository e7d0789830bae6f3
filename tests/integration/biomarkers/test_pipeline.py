"""A segment is measured once, or later, or its row says that it was lost: whatever dies, at whatever point."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connections, transaction
from django.utils import timezone
from prometheus_client import generate_latest

from biomarkers import vault
from biomarkers.limits import ALGORITHM_VERSION
from biomarkers.models import VoiceBiomarker
from biomarkers.selectors import call_coverage, queue_depth
from biomarkers.services import segment_analyse, segments, segments_sweep
from biomarkers.tasks import extract_segment
from calls.models import Call
from tests.integration.biomarkers.conftest import Keep, spoken

QUEUE = "biomarkers"


def audio_keys(store: redis.Redis) -> list[str]:
    return sorted(key.decode() for key in store.keys("voice-segment:*"))


def asked(store: redis.Redis) -> int:
    return int(store.llen(QUEUE))


@pytest.fixture
def redis_away(settings: Any, store: redis.Redis) -> Iterator[None]:
    """Nobody answers at the configured address; the port is held so that nobody else can."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        before, settings.REDIS_URL = settings.REDIS_URL, f"redis://127.0.0.1:{bound.getsockname()[1]}/0"
        yield
        settings.REDIS_URL = before


def test_a_kept_segment_waits_sealed_and_is_asked_for_once(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    assert row.state == "pending"
    assert audio_keys(store) == [f"voice-segment:{row.audio_key}"]
    assert 0 < store.ttl(f"voice-segment:{row.audio_key}") <= vault.LIFETIME.total_seconds()
    assert asked(store) == 1
    assert queue_depth() == 1


def test_an_analysed_segment_has_its_numbers_and_no_audio(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    segment_analyse(biomarker_id=row.pk)
    row.refresh_from_db()
    assert row.state == "measured"
    assert row.f0_median == pytest.approx(120, rel=0.02)
    assert (row.algorithm_version, row.attempts) == (ALGORITHM_VERSION, 1)
    assert row.measured_at is not None
    assert audio_keys(store) == []
    assert row.audio_key == ""


def test_the_task_does_the_same_as_the_service(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    extract_segment.apply(args=[str(row.pk)]).get()
    row.refresh_from_db()
    assert row.state == "measured"


def test_silence_is_refused_with_a_reason_and_no_numbers(keep: Keep) -> None:
    row = segment_analyse(biomarker_id=keep(audio=b"\xff" * 24_000).pk)
    assert row.state == "gated"
    assert row.gate_reasons
    assert row.hnr is row.jitter is row.f0_median is None


def test_the_same_segment_again_is_the_same_row(keep: Keep, store: redis.Redis) -> None:
    first, second = keep(), keep()
    assert first.pk == second.pk
    assert len(audio_keys(store)) == 1


def test_a_repeat_after_the_result_leaves_no_audio(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    segment_analyse(biomarker_id=row.pk)
    keep()
    assert audio_keys(store) == []


def test_a_repeat_that_crosses_the_result_leaves_no_audio(
    keep: Keep, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, put = keep(), vault.put

    def settled_just_before(key: str, audio: bytes) -> bool:
        segment_analyse(biomarker_id=row.pk)
        return put(key, audio)

    monkeypatch.setattr(vault, "put", settled_just_before)
    keep()
    assert audio_keys(store) == []


def test_nothing_is_sealed_or_asked_for_when_the_transaction_fails(keep: Keep, store: redis.Redis) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        keep()
        raise ZeroDivisionError
    assert VoiceBiomarker.objects.count() == 0
    assert audio_keys(store) == []
    assert asked(store) == 0


def test_redis_away_when_keeping_makes_a_lost_row_and_raises_nothing(keep: Keep, redis_away: None) -> None:
    row = keep()
    assert row.state == "lost"
    row.refresh_from_db()
    assert (row.state, row.gate_reasons) == ("lost", {"audio": "not_kept"})


def test_redis_away_when_analysing_leaves_the_row_waiting(
    keep: Keep, settings: Any, store: redis.Redis
) -> None:
    row, here = keep(), settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(redis.ConnectionError):
        segment_analyse(biomarker_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)
    settings.REDIS_URL = here
    assert segment_analyse(biomarker_id=row.pk).state == "measured"


def test_redis_away_after_the_commit_is_made_good_by_the_sweep(
    keep: Keep, settings: Any, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keep()
    with monkeypatch.context() as patch:
        patch.setattr(vault, "drop", lambda *keys: False)
        assert segment_analyse(biomarker_id=row.pk).state == "measured"
    assert len(audio_keys(store)) == 1
    segments_sweep()
    assert audio_keys(store) == []
    assert not VoiceBiomarker.objects.settled_with_audio().exists()


def test_evicted_audio_makes_a_lost_row(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    store.delete(f"voice-segment:{row.audio_key}")
    assert segment_analyse(biomarker_id=row.pk).gate_reasons == {"audio": "gone"}


def test_audio_that_was_changed_does_not_open_and_is_lost(keep: Keep, store: redis.Redis) -> None:
    row, other = keep(), keep("item-2")
    store.copy(f"voice-segment:{other.audio_key}", f"voice-segment:{row.audio_key}", replace=True)
    assert segment_analyse(biomarker_id=row.pk).state == "lost"


def test_a_second_analysis_changes_nothing(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    row = segment_analyse(biomarker_id=keep().pk)
    monkeypatch.setattr(segments, "analyse", lambda *_, **__: pytest.fail("analysed twice"))
    again = segment_analyse(biomarker_id=row.pk)
    assert (again.f0_median, again.measured_at, again.attempts) == (row.f0_median, row.measured_at, 1)


def test_two_analyses_at_once_write_one_result(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    row, analyse = keep(), segments.analyse

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(segments, "analyse", analyse)
        segment_analyse(biomarker_id=row.pk)
        return analyse(*args, **kwargs)

    monkeypatch.setattr(segments, "analyse", overtaken)
    segment_analyse(biomarker_id=row.pk)
    settled = VoiceBiomarker.objects.get()
    assert settled.state == "measured"
    assert settled.measured_at < timezone.now()
    assert settled.attempts == 2


def test_a_context_noted_during_the_analysis_stays(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    row, analyse = keep(), segments.analyse

    def noted_meanwhile(*args: Any, **kwargs: Any) -> Any:
        VoiceBiomarker.objects.filter(pk=row.pk).update(context="emotional")
        return analyse(*args, **kwargs)

    monkeypatch.setattr(segments, "analyse", noted_meanwhile)
    segment_analyse(biomarker_id=row.pk)
    assert VoiceBiomarker.objects.get().context == "emotional"


def killed_at(point: str, row: VoiceBiomarker) -> None:
    """Another process analyses the segment and is killed (SIGKILL) on arriving at that function."""
    connections.close_all()  # a process that is forked must not share a connection
    child = os.fork()
    if child == 0:

        def killed(*_: Any, **__: Any) -> Any:
            os.kill(os.getpid(), signal.SIGKILL)

        owner, _, name = point.rpartition(".")
        setattr(vault if owner == "vault" else segments, name, killed)
        segment_analyse(biomarker_id=row.pk)
        os._exit(0)  # not reached
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("point", ["vault.take", "analyse", "_settle", "_measured", "publish_on_commit"])
def test_a_worker_killed_before_the_commit_leaves_the_segment_to_the_next(
    keep: Keep, store: redis.Redis, point: str
) -> None:
    row = keep()
    killed_at(point, row)
    row.refresh_from_db()
    assert (row.state, row.f0_median) == ("pending", None)
    store.delete(QUEUE)
    assert segments_sweep() == (0, 0)  # too early: the broker may still bring it
    assert segments_sweep(timezone.now() + segments.ASK_AGAIN_AFTER) == (0, 1)
    assert asked(store) == 1
    assert segment_analyse(biomarker_id=row.pk).state == "measured"
    assert audio_keys(store) == []


@pytest.mark.parametrize("point", ["_forget_audio", "vault.drop"])
def test_a_worker_killed_after_the_commit_has_written_the_result_once(
    keep: Keep, store: redis.Redis, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    row = keep()
    killed_at(point, row)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("measured", 1)
    assert len(audio_keys(store)) == 1
    monkeypatch.setattr(segments, "analyse", lambda *_, **__: pytest.fail("analysed twice"))
    segments_sweep()
    assert audio_keys(store) == []


def test_audio_that_kills_every_worker_is_given_up(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    VoiceBiomarker.objects.filter(pk=row.pk).update(attempts=segments.MAX_ATTEMPTS)
    settled = segment_analyse(biomarker_id=row.pk)
    assert (settled.state, settled.gate_reasons) == ("lost", {"audio": "analysis_failed"})
    assert audio_keys(store) == []


def test_a_row_whose_process_died_before_the_audio_was_sealed_becomes_lost(
    keep: Keep, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "_hand_over", lambda *_: None)
    row = keep()
    assert row.state == "pending"
    assert segments_sweep(timezone.now() + timedelta(minutes=2)) == (0, 1)
    assert segment_analyse(biomarker_id=row.pk).gate_reasons == {"audio": "gone"}


def test_a_process_killed_between_sealing_and_asking_costs_a_minute(keep: Keep, store: redis.Redis) -> None:
    connections.close_all()
    child = os.fork()
    if child == 0:
        segments._ask = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        keep()
        os._exit(0)  # not reached
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    row = VoiceBiomarker.objects.get()
    assert (row.state, len(audio_keys(store)), asked(store)) == ("pending", 1, 0)
    assert segments_sweep(timezone.now() + segments.ASK_AGAIN_AFTER) == (0, 1)
    assert segment_analyse(biomarker_id=row.pk).state == "measured"
    assert audio_keys(store) == []


def test_what_waits_longer_than_its_audio_lives_is_lost(keep: Keep, store: redis.Redis) -> None:
    row = keep()
    assert segments_sweep(timezone.now() + vault.LIFETIME + timedelta(seconds=1)) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.gate_reasons) == ("lost", {"audio": "expired"})
    assert audio_keys(store) == []


def test_a_lost_request_to_the_broker_costs_a_minute_not_the_segment(
    keep: Keep, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu.exceptions import OperationalError

    def refused(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(extract_segment, "delay", refused)
        assert keep().state == "pending"
    assert segments_sweep(timezone.now() + segments.ASK_AGAIN_AFTER) == (0, 1)
    assert asked(store) == 1


def test_coverage_counts_segments_of_two_seconds_and_more(keep: Keep, call: Call) -> None:
    segment_analyse(biomarker_id=keep("long").pk)
    segment_analyse(biomarker_id=keep("silent", b"\xff" * 24_000).pk)
    keep("waiting")
    keep("short", spoken(1.0))
    coverage = call_coverage(call)
    assert (coverage.segments, coverage.answered, coverage.measured) == (3, 2, 1)


def test_the_queue_depth_is_a_figure_for_prometheus(keep: Keep) -> None:
    keep("a")
    keep("b")
    assert b"heartvoice_voice_segments_waiting 2.0" in generate_latest()
