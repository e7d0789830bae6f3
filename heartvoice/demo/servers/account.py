"""The account PostgreSQL runs as, and folders it can reach.

PostgreSQL refuses to run as root. Started by root (a container, a fresh machine) it runs as `nobody`; no
account is created and no existing folder's mode is changed. What lies under a folder closed to others, such
as a clone in root's home, is used through a root-owned folder in the temporary directory instead.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

TEMPORARY_PLACES = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 -- see open_folder


@dataclass(frozen=True, slots=True)
class Account:
    """User and group to run as; both None means: stay who we are."""

    user: int | None
    group: int | None

    @property
    def is_other(self) -> bool:
        return self.user is not None


def server_account() -> Account:
    """Return who PostgreSQL runs as: `nobody` for root, ourselves for everyone else."""
    if os.geteuid() != 0:
        return Account(None, None)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def is_open_to_others(path: Path) -> bool:
    """Whether another user may enter `path`: every folder on the way has the search bit for others."""
    resolved = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (resolved, *resolved.parents))


def open_folder(purpose: str, key: Path) -> Path:
    """Return a folder in a temporary directory that others may enter and only we may change.

    The same `purpose` and `key` give the same folder, so it serves the next start too. One that somebody else
    made first is not trusted: RuntimeError names it.
    """
    digest = hashlib.sha256(str(key.resolve()).encode()).hexdigest()[:12]
    places = [place for place in TEMPORARY_PLACES if place.is_dir() and is_open_to_others(place)]
    if not places:
        raise RuntimeError(f"none of {', '.join(map(str, TEMPORARY_PLACES))} can be entered by other users")
    folder = places[0] / f"heartvoice-{purpose}-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise RuntimeError(f"{folder} was not made by this user; remove it and start again")
    folder.chmod(0o755)  # a strict umask would have closed it
    return folder
