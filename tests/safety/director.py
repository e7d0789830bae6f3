"""Plays one patient's script: the model's side on the Realtime stand-in, the patient's on the telephone stand-in.

Both sides are real sockets into the product. What is faster than in life: Maya's sentences last under a second, and
the words of a patient are there as soon as he stops. The engine's own recordings play at their full length.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from calls.checkin import load_protocol
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.faults import Fault
from heartvoice.demo.phone.line import Line
from tests.safety.network import Asked
from tests.safety.script import Script, Step
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

CONNECTED_WITHIN_S = 60.0
ANSWERED_WITHIN_S = 20.0
HANDED_BACK_WITHIN_S = 75.0
PATIENT_MS = 400
GOODBYE_MS = 900
QUIET_MS = 1_200  # so long after its last sound the product waits for an answer
SETTLES_MS = 120  # between hearing and speaking
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


class Stuck(RuntimeError):
    """The script could not go on; the text says at which step and why."""


@dataclass(slots=True)
class Director:
    """One script in one call."""

    script: Script
    phone: str
    exchange: Exchange
    critical_at: float | None = None  # Unix time at which the critical words left the transcription
    reached: int = 0  # steps done
    notes: list[str] = field(default_factory=list)  # when each step was over, for whoever writes a script
    began: float = field(default_factory=time.time)
    _sessions: asyncio.Queue[Session] = field(default_factory=asyncio.Queue)
    _session: Session | None = None
    _network: Asked | None = None  # the voice model has gone: the telephone network asks
    _used: int = 0  # replies asked for by the product that have been given
    _must_be_asked: bool = True  # the next reply is given only when the product asks for it

    async def connected(self, session: Session) -> None:
        """The product has opened a voice session for this patient; it is ours until it closes."""
        await self._sessions.put(session)
        await session.closed.wait()

    async def play(self) -> None:
        """Every step in order. Raises Stuck."""
        for number, step in enumerate(self.script.steps, 1):
            try:
                async with asyncio.timeout(HANDED_BACK_WITHIN_S + CONNECTED_WITHIN_S):
                    if self._session is None and step.what != "session" and self._network is None:
                        await self._next_session()
                    await self._do(step, number)
            except (TimeoutError, ConnectionError, LookupError) as error:
                raise Stuck(f"step {number} ({step.kind} {step.what[:40]}): {error!r}") from error
            self.reached = number
            self.notes.append(f"{time.time() - self.began:6.1f} s  {step.kind} {step.what[:60]}")

    # ---- steps -------------------------------------------------------------------------------------

    async def _do(self, step: Step, number: int) -> None:
        match step.kind:
            case "maya":
                await self._maya(step.what, step)
            case "asks":
                await self._maya(self._question(step.what), step)
            case "patient":
                await self._patient(step)
            case "tool":
                await self._reply(self._tool(step), step=step)
            case "waits_for":
                await self._wait_for(step)
            case "line":
                self._line_fault(step.what)
            case "model":
                await self._model_fault(step.what)
            case "network":
                await self._by_network(number)
            case "pause_s":
                await asyncio.sleep(float(step.what))  # silence is what is being played

    async def _maya(self, text: str, step: Step) -> None:
        text = self._filled(text)
        ends = step.tool == "endCall"  # a shorter goodbye would not count as one, and be asked for again
        said = Speech(text, ms=GOODBYE_MS if ends else min(900, 300 + 5 * len(text)))
        parts: list[Speech | Tool] = [said]
        if step.tool:
            parts.append(self._tool(step))
        await self._reply(*parts, step=step)
        if not step.over:
            await self._lets_pass(said.ms + SETTLES_MS)

    async def _reply(self, *parts: Speech | Tool, step: Step) -> None:
        session = self._here()
        if self._must_be_asked:
            await session.until(lambda: self._asked() > self._used, within_s=ANSWERED_WITHIN_S)
        self._used = self._asked()
        self._must_be_asked = False
        response = await session.respond(*parts, delta_ms=100)
        for call_id in response.call_ids:
            output = await session.expect_tool_output(call_id)
            if step.refused and output.get("ok"):
                raise LookupError(f"{step.tool or step.what} was not refused")
            self._must_be_asked = True

    async def _patient(self, step: Step) -> None:
        if step.over:
            await self._lets_pass(SETTLES_MS)
        item = await self._speaks(step.what)
        if step.after_hang_up_ms is not None:
            self._line_fault("hang_up")
            await asyncio.sleep(step.after_hang_up_ms / 1000)  # the transcription takes that long
        if step.critical and self.critical_at is None:
            self.critical_at = time.time()
        self._here().transcribed(item, self._filled(step.what))
        self._used = self._asked()
        self._must_be_asked = False

    async def _speaks(self, text: str) -> str:
        """Sound on the line, and a turn of the patient's without its words yet; its item."""
        session = self._here()
        self._line().patient.say(text[: PATIENT_MS // 60])
        item = session.speech_started()
        await self._lets_pass(PATIENT_MS)
        session.speech_stopped(ms=PATIENT_MS)
        return item

    async def _wait_for(self, step: Step) -> None:
        match step.what:
            case "session":
                self._session = None
                await self._next_session()
            case "reply":
                await self._here().until(lambda: self._asked() > self._used, within_s=ANSWERED_WITHIN_S)
                self._must_be_asked = True
            case "hand_back":
                await self._obey_until_handed_back(step.replies)
            case "person":
                with contextlib.suppress(ConnectionError):
                    await self._obey_until_handed_back(step.replies)
                    raise LookupError("the model got the line back instead of a person")

    async def _obey_until_handed_back(self, replies: tuple[str, ...]) -> None:
        """While the engine has the line: read out what it wants read, answer what it asks, until the model may go on."""
        left = list(replies)
        async with asyncio.timeout(HANDED_BACK_WITHIN_S):
            while True:
                await self._asked_or_quiet(waits_for_quiet=bool(left))
                if self._asked() > self._used:
                    wording = self._requests()[self._used].get("response", {}).get("instructions", "")
                    if not wording:
                        self._must_be_asked = True
                        return
                    self._used += 1
                    said = Speech(_quoted(wording), ms=700)
                    await self._here().respond(said, delta_ms=100)
                    await self._lets_pass(said.ms)
                else:
                    reply = left.pop(0)
                    self._here().transcribed(await self._speaks(reply), reply)

    async def _asked_or_quiet(self, *, waits_for_quiet: bool) -> None:
        """Until the product asks for a reply, or (when wanted) has said something and is quiet now."""
        session, line = self._here(), self._line()
        has_spoken, quiet_from = False, 0

        def is_so() -> bool:
            nonlocal has_spoken, quiet_from
            if line.stream is not None and line.stream.playout.queued:
                has_spoken, quiet_from = True, len(session.appended)
            is_quiet = has_spoken and len(session.appended) - quiet_from > QUIET_MS * 8
            return self._asked() > self._used or (waits_for_quiet and is_quiet)

        await session.until(is_so, within_s=HANDED_BACK_WITHIN_S)

    async def _by_network(self, number: int) -> None:
        """The answers that follow each other are given as the network asks; this one has been when it returns."""
        assert self._network is not None
        self._network.add(number, self.script.steps)
        await self._network.given(number)
        step = self.script.steps[number - 1]
        if step.critical and self.critical_at is None:
            self.critical_at = self._network.times[number]

    def _line_fault(self, what: str) -> None:
        line = self._line()
        match what:
            case "taken_for_machine":
                line.misjudge("machine_end_silence")
            case "hang_up" | "vanish" if self._network is not None:
                line.hang_up()
            case "hang_up" | "vanish":
                if what == "vanish":
                    self.exchange.faults.add(Fault("no_stop", call_sid=line.call.sid))
                if line.stream is not None:
                    line.stream.hang_up()
            case "lose_stream":
                self.exchange.faults.add(Fault("drop_socket", call_sid=line.call.sid))

    async def _model_fault(self, what: str) -> None:
        session = self._here()
        match what:
            case "drop":
                session.drop()
                self._session = None
            case "rate_limit":
                error = {"type": "tokens", "code": "rate_limit_exceeded", "message": "slow down"}
                await session.respond(status="failed", error=error)
            case "gone":
                self._network, self._session = Asked(), None
                self._line().answer_with(self._network)
                error = {"type": "insufficient_quota", "code": "insufficient_quota"}
                await session.respond(status="failed", error=error)

    # ---- what the steps stand on -------------------------------------------------------------------

    async def _next_session(self) -> None:
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            self._session = await self._sessions.get()
        await self._session.until(lambda: bool(self._here().updates), within_s=ANSWERED_WITHIN_S)
        self._used, self._must_be_asked = 0, True

    def _here(self) -> Session:
        assert self._session is not None
        return self._session

    def _requests(self) -> list[dict[str, Any]]:
        """Every reply that the product has asked for in this session; what it asks beside the talk is left out."""
        asked = self._here().of("response.create")
        return [one for one in asked if one.get("response", {}).get("conversation") != "none"]

    def _asked(self) -> int:
        return len(self._requests())

    async def _lets_pass(self, ms: int) -> None:
        """So much of the line's sound reaches the model: the call's own clock."""
        await self._here().expect_audio(ms)

    def _line(self) -> Line:
        for line in self.exchange.lines.values():
            if self.phone in (line.call.to, line.call.from_):
                return line
        raise LookupError("the line is not there any more")

    def _tool(self, step: Step) -> Tool:
        name = step.tool or step.what
        arguments = {
            key: self._filled(value) if isinstance(value, str) else value
            for key, value in step.arguments.items()
        }
        return Tool(name, arguments)

    def _question(self, question_id: str) -> str:
        question = load_protocol().question(question_id)
        return question.text[self.script.person.record.get("language", "en")]

    def _filled(self, text: str) -> str:
        """`{first}`, `{name}` and `{born}` become the patient's own, as people say them."""
        person = self.script.person
        full_name = f"{person.first_name} {person.last_name}"
        for sign, value in (
            ("{first}", person.first_name),
            ("{name}", full_name),
            ("{born}", spoken_date(person.date_of_birth, person.record.get("language", "en"))),
        ):
            text = text.replace(sign, value)
        return text


def _quoted(order: str) -> str:
    """The words to be read out in an order to do so: what stands between its quotation marks."""
    first, last = order.find('"'), order.rfind('"')
    return order[first + 1 : last] if first < last else order


def spoken_date(day: date, language: str = "en") -> str:
    """As "March 3 1948", or "3 de marzo de 1948"."""
    if language == "es":
        return f"{day.day} de {MESES[day.month - 1]} de {day.year}"
    return f"{MONTHS[day.month - 1]} {day.day} {day.year}"
