"""Writes that outlive their call and their process: sealed files, replayed once when the database is back.

Only for a database that stays away. A file holds one call's commands in order, sealed with the keys of the
installation; replaying is safe to repeat, since every command is. Audio never comes here.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError

from calls.writes import Write
from heartvoice.shared.crypto import open_bytes, seal_bytes
from heartvoice.shared.errors import PHIError

log = logging.getLogger(__name__)

SUFFIX = ".spool"


def folder() -> Path:
    """Where the files lie: readable by this account only."""
    base = settings.SPOOL_DIR or Path(tempfile.gettempdir()) / "heartvoice-spool"
    path = Path(base)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _aad(call_id: UUID) -> bytes:
    return f"PHI|spool|{call_id}".encode()


def keep(call_id: UUID, writes: Sequence[Write]) -> None:
    """The writes are on disk, sealed; a full disk is logged and loses them."""
    if not writes:
        return
    data = json.dumps([[write.name, dict(write.fields)] for write in writes], ensure_ascii=False)
    path = folder() / f"{call_id}{SUFFIX}"
    try:
        waiting = path.with_suffix(".part")
        waiting.touch(mode=0o600)
        waiting.write_bytes(seal_bytes(data.encode(), _aad(call_id)))
        waiting.replace(path)
    except OSError:
        log.exception("writes of a call could not be spooled", extra={"call_id": str(call_id)})
        return
    log.warning("writes of a call are spooled", extra={"call_id": str(call_id), "count": len(writes)})


def replay() -> int:
    """Carry out every spooled write, file by file; how many calls were caught up. The database must be there.

    A process that dies half-way leaves its file to the next one, which starts it again: every command is safe to
    repeat. Raises what the database raises; the file stays.
    """
    done = 0
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            if _is_mine(file) and path.exists():
                done += _caught_up(path, file.read())
    return done


def _is_mine(file: BinaryIO) -> bool:
    """Of several processes one gets the file, for as long as it lives."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _caught_up(path: Path, sealed: bytes) -> bool:
    call_id = path.stem
    try:
        writes = [Write(name, fields) for name, fields in json.loads(open_bytes(sealed, _aad(UUID(call_id))))]
    except (PHIError, ValueError):
        log.exception("a spooled call cannot be read", extra={"call_id": call_id})
        path.rename(path.with_suffix(".unreadable"))
        return False
    for write in writes:
        _carry_out(write, UUID(call_id))
    path.unlink()
    return True


def _carry_out(write: Write, call_id: UUID) -> None:
    try:
        write.run(call_id)
    except (OperationalError, InterfaceError):
        raise  # the database went away again: later
    except Exception:  # boundary: one bad write must not keep the writes after it
        log.exception("a spooled write failed", extra={"call_id": str(call_id), "event": write.name})
