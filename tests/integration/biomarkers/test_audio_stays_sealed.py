"""Known audio is never found in clear: not in Redis, not in PostgreSQL, not in a task's arguments, not on a disk."""

from __future__ import annotations

import base64
import json
import resource
import signal
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.db import connection

from biomarkers.audio import from_mu_law
from biomarkers.services import segment_analyse
from tests.integration.biomarkers.conftest import Keep, spoken

PIECE = slice(8_000, 8_048)  # 6 ms in the middle of the speech: long enough to be found nowhere by chance


def forms(audio: bytes) -> dict[str, bytes]:
    """A piece of the audio as it would look in the usual ways of writing it down."""
    piece = audio[PIECE]
    pcm = (from_mu_law(audio)[PIECE] * 32768).astype("<i2").tobytes()
    base = {"mu-law": piece, "pcm": pcm, "float32": from_mu_law(audio)[PIECE].tobytes()}
    found = dict(base)
    for name, data in base.items():
        found[f"{name} in hex"] = data.hex().encode()
        found |= {f"{name} in base64 at {at}": base64.b64encode(data[at:])[:40] for at in range(3)}
    return found


def redis_bytes(store: redis.Redis) -> bytes:
    """Every key with everything under it, values of strings and lists as stored."""
    parts: list[bytes] = []
    for key in store.keys("*"):
        kind = store.type(key)
        values = {
            b"string": lambda key=key: [store.get(key)],
            b"list": lambda key=key: store.lrange(key, 0, -1),
            b"hash": lambda key=key: [*store.hgetall(key), *store.hgetall(key).values()],
            b"set": lambda key=key: store.smembers(key),
            b"zset": lambda key=key: store.zrange(key, 0, -1),
        }[kind]()
        parts += [key, *values]
    return b"\n".join(parts)


def task_bodies(store: redis.Redis) -> list[str]:
    return [
        base64.b64decode(json.loads(message)["body"]).decode()
        for message in store.lrange("biomarkers", 0, -1)
    ]


def database_bytes() -> bytes:
    """Every row of every table as PostgreSQL itself writes it out (bytea as hex)."""
    written = bytearray()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                for piece in rows:
                    written += piece
    return bytes(written)


@contextmanager
def no_file_can_be_written() -> Iterator[None]:
    """The kernel refuses every byte that this process would write to a file, from Python or from C."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def assert_not_in(where: bytes, audio: bytes) -> None:
    assert [name for name, form in forms(audio).items() if form in where] == []


def test_the_search_finds_what_is_in_clear(store: redis.Redis) -> None:
    audio = spoken()
    store.set("a", audio)
    store.rpush("b", base64.b64encode(audio))
    found = [name for name, form in forms(audio).items() if form in redis_bytes(store)]
    assert "mu-law" in found
    assert any("base64" in name for name in found)


def test_while_it_waits_it_is_sealed_everywhere(keep: Keep, store: redis.Redis) -> None:
    audio = spoken()
    row = keep(audio=audio)
    held = redis_bytes(store)
    assert row.audio_key.encode() in held
    assert_not_in(held, audio)
    assert_not_in(database_bytes(), audio)
    (body,) = task_bodies(store)
    assert json.loads(body)[:2] == [[str(row.pk)], {}]
    sealed = store.get(f"voice-segment:{row.audio_key}")
    assert isinstance(sealed, bytes)
    assert len(zlib.compress(sealed)) > 0.99 * len(sealed)  # it looks like noise


def test_the_same_audio_is_sealed_differently_each_time(keep: Keep, store: redis.Redis) -> None:
    first, second = keep("a"), keep("b")
    one, two = (store.get(f"voice-segment:{row.audio_key}") for row in (first, second))
    assert isinstance(one, bytes)
    assert isinstance(two, bytes)
    assert one[20:100] != two[20:100]


def test_after_the_analysis_nothing_of_it_is_left(keep: Keep, store: redis.Redis) -> None:
    audio = spoken()
    row = keep(audio=audio)
    segment_analyse(biomarker_id=row.pk)
    assert store.keys("voice-segment:*") == []
    assert_not_in(redis_bytes(store), audio)
    assert_not_in(database_bytes(), audio)


def test_no_file_is_written_on_the_way(keep: Keep, tmp_path: Path) -> None:
    with no_file_can_be_written():
        with pytest.raises(OSError, match="too large"), (tmp_path / "proof").open("wb", 0) as file:
            file.write(b"x")
        row = segment_analyse(biomarker_id=keep().pk)
    assert row.state == "measured"
