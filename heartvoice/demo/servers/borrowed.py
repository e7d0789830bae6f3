"""The servers a command works with: those the environment names, or our own for as long as it runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

from heartvoice.demo.servers import running_servers


@contextlib.contextmanager
def environment_with_servers(env: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Give `env` (default: ours) with DATABASE_URL and REDIS_URL in it; what is already set there is kept."""
    given = dict(os.environ if env is None else env)
    if given.get("DATABASE_URL") and given.get("REDIS_URL"):
        yield given
        return
    with running_servers() as urls:
        yield {**urls.environment(), **{name: value for name, value in given.items() if value}}
