"""Plays every patient, several at once, and judges each when nothing that they started is under way any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from calls.models import Call
from calls.plan import _safety_id as safety_id_of
from calls.scheduling.planning import checkin_bring_forward
from calls.tasks import place_due_calls
from heartvoice.demo.phone.persona import Behaviour, Persona
from heartvoice.demo.phone.persona import Person as Telephone
from patients.models import Patient
from tests.safety.director import Director, Stuck
from tests.safety.expectations import Outcome, Verdict, judge
from tests.safety.outcomes import has_ended, is_at_rest, outcome_of
from tests.safety.people import Enrolled, enrol, numbers
from tests.safety.script import Answers, Script
from tests.safety.system import Ports, System, running, safety_id
from tests.safety.watch import Watch, watching
from tests.standins.realtime_session import Session

AT_ONCE = 6
CALLED_WITHIN_S = 90.0
ENDED_WITHIN_S = 120.0  # a goodbye that cannot be said has 45 s; the rest is the machine
LOOK_EVERY_S = 0.8
# So many times its own time may a patient take to settle: between two redials nothing is under way, and yet all is not over.
SLOW = 4
# And so long the last look waits for a redial that rings, at whatever moment it comes: longer than any telephone rings.
RINGS_S = 90.0
GREETING = "Hello, you have reached our answering machine. Please leave a message after the tone."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """One patient's verdict. `gap` names a known gap; `took_s` is the call's length."""

    script: Script
    verdict: Verdict
    outcome: Outcome
    took_s: float

    @property
    def word(self) -> str:
        """ "pass", "fail", or "gap": a failure that is known and listed."""
        if self.verdict.ok:
            return "pass"
        return "gap" if self.script.known_gap else "fail"


@dataclass(frozen=True, slots=True)
class Played:
    """A patient's call that is over. `trouble`: why the script could not be played to its end, "" for well."""

    enrolled: Enrolled
    director: Director
    trouble: str
    took_s: float


@dataclass(slots=True)
class Suite:
    """One evaluation under way."""

    system: System
    watch: Watch
    directors: dict[str, Director] = field(default_factory=dict)  # by safety id
    tell: Callable[[str], None] = print
    is_verbose: bool = False

    async def voice(self, session: Session) -> None:
        """A voice session that the product has opened: the patient's director has it."""
        director = self.directors.get(safety_id(session))
        if director is None:
            raise LookupError("a voice session for nobody that we know")
        await director.connected(session)

    async def run(self, people: Sequence[Enrolled], at_once: int) -> list[Result]:
        """Play all; let what they started come about; judge all."""
        turnstile = asyncio.Semaphore(at_once)
        played = await asyncio.gather(*(self._one(enrolled, turnstile) for enrolled in people))
        self.system.check()
        # The last look is at the end of everything: what must not happen has had its time too.
        return list(await asyncio.gather(*(self._settled(one, RINGS_S) for one in played)))

    async def _one(self, enrolled: Enrolled, turnstile: asyncio.Semaphore) -> Played:
        """One call from the dial to the end of all that came of it."""
        script = enrolled.script
        director = Director(script, enrolled.phone, self.system.exchange)
        async with turnstile:
            self.directors[await database(_safety_id, enrolled)] = director
            self._answers(enrolled, script.answers)
            began = time.monotonic()
            trouble = ""
            try:
                await self._call(enrolled)
                self.system.exchange.numbers[enrolled.phone] = telephone(enrolled.phone, script.later)
                await director.play()
            except (Stuck, TimeoutError) as stuck:
                trouble = str(stuck) or "the telephone did not ring in time"
                self._put_down(enrolled.phone)
            trouble = trouble or await self._until_ended(enrolled)
            took = time.monotonic() - began
            self.tell(f"  {script.name:28} {took:5.1f} s  {trouble}".rstrip())
            if self.is_verbose:
                self.tell("\n".join(f"      {note}" for note in director.notes))
        played = Played(enrolled, director, trouble, took)
        await self._settled(played, SLOW * script.settles_s)
        return played

    async def _call(self, enrolled: Enrolled) -> None:
        """The product calls the patient, or the patient calls; returns when somebody has picked up, or nobody will."""
        exchange = self.system.exchange
        after = exchange.events.last
        if enrolled.script.inbound:
            exchange.ring_in(from_=enrolled.phone, persona=telephone(enrolled.phone, "person"))
        else:
            await database(_due_now, enrolled)
        kinds = {"call.in-progress", "call.no-answer", "call.busy", "call.failed"}
        await exchange.events.wait_for(
            lambda event: event.kind in kinds and enrolled.phone in (event.data["to"], event.data["from_"]),
            CALLED_WITHIN_S,
            after=after,
        )

    def _answers(self, enrolled: Enrolled, who: Answers) -> None:
        self.system.exchange.numbers[enrolled.phone] = telephone(enrolled.phone, who)

    def _put_down(self, phone: str) -> None:
        for line in list(self.system.exchange.lines.values()):
            if phone in (line.call.to, line.call.from_):
                line.hang_up()

    async def _until_ended(self, enrolled: Enrolled) -> str:
        try:
            async with asyncio.timeout(ENDED_WITHIN_S):
                while not await database(has_ended, enrolled):  # noqa: ASYNC110 -- a table has no event
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            self._put_down(enrolled.phone)
            return "the call did not end"
        return ""

    async def _settled(self, played: Played, for_s: float) -> Result:
        """The verdict when all is as it must be and nothing is under way, or when the time for that is over."""
        deadline = time.monotonic() + (0 if played.enrolled.script.known_gap else for_s)
        while True:
            result = await self._judged(played)
            if result.verdict.ok and await database(is_at_rest, played.enrolled):
                return result
            if time.monotonic() >= deadline:
                return result
            await asyncio.sleep(LOOK_EVERY_S)

    async def _judged(self, played: Played) -> Result:
        """The verdict as things stand."""
        script, director = played.enrolled.script, played.director
        outcome = await database(
            partial(
                outcome_of,
                played.enrolled,
                self.system.exchange,
                self.watch,
                critical_at=director.critical_at,
                trouble=played.trouble,
            )
        )
        is_critical = any(step.critical for step in script.steps)
        return Result(script, judge(outcome, script.expect, is_critical=is_critical), outcome, played.took_s)


async def database(question: Callable[..., T], *arguments: Any) -> T:
    """Ask the database on a thread; its connection is given back."""

    def ask() -> T:
        try:
            return question(*arguments)
        finally:
            connections.close_all()

    return await sync_to_async(ask, thread_sensitive=False)()


def telephone(phone: str, who: Answers) -> Persona:
    """Whoever or whatever picks up there. A person says only what the script says."""
    person = Telephone("", "", timezone.now().date(), phone, "f", "", "", "UTC")
    lines = {"nobody": "no_answer", "busy": "busy"}
    behaviour = Behaviour(silent=True, machine=who == "machine", line=lines.get(who, "answers"))
    return Persona(who, 900, who, "", 1.0, "en", person, {"machine": (GREETING,)}, behaviour)


def _safety_id(enrolled: Enrolled) -> str:
    return safety_id_of(Patient.objects.get(pk=enrolled.patient_id))


def _due_now(enrolled: Enrolled) -> Call:
    call = checkin_bring_forward(patient=Patient.objects.get(pk=enrolled.patient_id), now=timezone.now())
    place_due_calls.delay()
    return call


async def evaluate(
    env: dict[str, str],
    ports: Ports,
    folder: Path,
    wanted: Sequence[Script],
    *,
    at_once: int = AT_ONCE,
    tell: Callable[[str], None] = print,
    is_verbose: bool = False,
) -> list[Result]:
    """The whole evaluation of these patients on a running system of its own."""
    staff = frozenset(phone for index in range(len(wanted)) for phone in numbers(index)[2])
    watch, suite = Watch(), None

    async def voice(session: Session) -> None:
        assert suite is not None
        await suite.voice(session)

    async with running(env, ports, folder, staff=staff, script=voice) as system:
        suite = Suite(system, watch, tell=tell, is_verbose=is_verbose)
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(watching(system.database_url, watch, ready))
            await ready.wait()
            people = [await database(enrol, index, script) for index, script in enumerate(wanted)]
            results = await suite.run(people, at_once)
            listening.cancel()
        return results
