"""When rows were committed, seen from outside: PostgreSQL tells of each as soon as its transaction is over.

The evaluation's own database gets triggers that send a notification; nothing of the product is touched. A
notification leaves the server with the commit, so the time of its arrival is an upper bound of the commit's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

CHANNEL = "heartvoice_safety"
TRIGGERS = """
CREATE FUNCTION heartvoice_safety_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('heartvoice_safety', CASE TG_TABLE_NAME
    WHEN 'alerts_alert' THEN json_build_object('table', TG_TABLE_NAME, 'id', NEW.id, 'patient', to_jsonb(NEW)->>'patient_id',
         'severity', to_jsonb(NEW)->>'severity')
    ELSE json_build_object('table', TG_TABLE_NAME, 'id', NEW.id, 'alert', to_jsonb(NEW)->>'alert_id') END::text);
  RETURN NULL;
END $$;
CREATE TRIGGER safety_alert AFTER INSERT OR UPDATE OF severity ON alerts_alert
  FOR EACH ROW EXECUTE FUNCTION heartvoice_safety_tell();
CREATE TRIGGER safety_page AFTER INSERT ON alerts_notification
  FOR EACH ROW EXECUTE FUNCTION heartvoice_safety_tell();
"""


@dataclass(frozen=True, slots=True)
class Committed:
    """A row's commit. `at` is Unix time."""

    table: str
    at: float
    told: dict[str, Any]


@dataclass(slots=True)
class Watch:
    """Every commit so far."""

    seen: list[Committed] = field(default_factory=list)

    def critical_alert(self, patient_id: str, since: float) -> Committed | None:
        """The first critical alert of a patient from `since` on."""
        return self._first(
            since,
            lambda told: told.get("patient") == patient_id and told.get("severity") == "critical",
        )

    def page(self, alert_id: str, since: float) -> Committed | None:
        """The first outbox row of an alert from `since` on."""
        return self._first(since, lambda told: told.get("alert") == alert_id)

    def _first(self, since: float, fits: Callable[[dict[str, Any]], bool]) -> Committed | None:
        return next((one for one in self.seen if one.at >= since and fits(one.told)), None)


def install(database_url: str) -> None:
    """Put the triggers into the evaluation's database."""
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(TRIGGERS)


async def watching(database_url: str, watch: Watch, ready: asyncio.Event) -> None:
    """Note every commit until cancelled."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as server:
        await server.execute(f"LISTEN {CHANNEL}")
        ready.set()
        async for note in server.notifies():
            told = json.loads(note.payload)
            watch.seen.append(Committed(told["table"], time.time(), told))
