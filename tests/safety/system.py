"""The product as it runs in production, for one evaluation: own PostgreSQL, own Valkey, web, workers, beat.

Only OpenAI and the telephone company are replaced, by stand-ins that live in this process and are spoken to over
real sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from heartvoice.demo.environment import CLINIC_NUMBER, NURSE_LINE, Ports, chosen_ports, demo_environment
from heartvoice.demo.keys import generated_keys
from heartvoice.demo.launcher import STOP_WITHIN_S, join, product, wait_until_product_ready
from heartvoice.demo.phone.config import PhoneConfig
from heartvoice.demo.phone.ears import TextEar
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.server import Server
from heartvoice.demo.phone.voices import toned
from heartvoice.demo.processes import Child, stop_all
from heartvoice.demo.servers import running_servers
from tests.standins.realtime import RealtimeStandin, Script
from tests.standins.realtime_session import Session

PACE = 0.02  # ringing and the telephone network's own announcements take a fiftieth of their time
STAFF_TAKES_S = 4.0  # from a page's words until the key is pressed


@dataclass(frozen=True, slots=True)
class System:
    """What an evaluation talks to."""

    env: dict[str, str]
    exchange: Exchange
    children: tuple[Child, ...]

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"]

    def check(self) -> None:
        """Raise `ProcessFailed` if a part of the product has ended."""
        for child in self.children:
            child.check()


@contextlib.contextmanager
def data(ports: Ports, folder: Path, prepare: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """The environment of a system with an empty database that has its tables; this process joins it."""
    env = demo_environment(generated_keys(), ports)
    with running_servers(folder / "servers") as servers:
        env |= servers.environment()
        join(env)
        from django.core.management import call_command  # settings are there from here on

        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        prepare(env["DATABASE_URL"])
        yield env


@contextlib.asynccontextmanager
async def running(
    env: dict[str, str], ports: Ports, folder: Path, *, staff: frozenset[str], script: Script
) -> AsyncIterator[System]:
    """Everything up, ready to take calls. `script` is played in every voice session that the product opens."""
    config = PhoneConfig(
        account_sid=env["TWILIO_ACCOUNT_SID"],
        auth_token=env["TWILIO_AUTH_TOKEN"],
        public_url=env["PUBLIC_URL"],
        from_number=CLINIC_NUMBER,
        nurse_line_number=NURSE_LINE,
        staff_numbers=staff,
        pace=PACE,
        staff_delay_s=STAFF_TAKES_S / PACE,
    )
    exchange = Exchange(config, voice_of=toned, ear=TextEar)
    for old in (folder / "logs").glob("*.log"):
        old.unlink()
    children: list[Child] = []
    async with Server(exchange, port=ports.phone), RealtimeStandin(script, port=ports.agent) as realtime:
        try:
            children += product(env, ports, folder / "logs")
            await asyncio.to_thread(wait_until_product_ready, ports, children)
            yield System(env, exchange, tuple(children))
            realtime.check()
        finally:
            await asyncio.to_thread(stop_all, children, within_s=STOP_WITHIN_S)


def safety_id(session: Session) -> str:
    """Which patient a voice session is for: the keyed hash that the product sends along."""
    headers = {name.lower(): value for name, value in session.headers.items()}
    return headers.get("openai-safety-identifier", "")


__all__ = ["Ports", "System", "chosen_ports", "data", "running", "safety_id"]
