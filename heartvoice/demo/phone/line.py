"""One call from its first ring to its last status callback."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.answering import Answerer, Pace
from heartvoice.demo.phone.call import Call, Direction, Status
from heartvoice.demo.phone.dialling import Dialling
from heartvoice.demo.phone.ears import Ear
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.interpreter import Ended, GoTo, Interpreter, race
from heartvoice.demo.phone.patient import Patient
from heartvoice.demo.phone.progress import Progress
from heartvoice.demo.phone.stream import MediaStream, StreamFailed, Surroundings
from heartvoice.demo.phone.webhooks import WebhookFailed, Webhooks

HUMAN_KNOWN_AFTER_S = 1.8  # answering-machine detection: how long a short "hello" takes to be judged
MACHINE_SILENCE_S = 0.5

SIP_CODES = {
    Status.COMPLETED: 200,
    Status.BUSY: 486,
    Status.NO_ANSWER: 487,
    Status.CANCELED: 487,
    Status.FAILED: 404,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What every line of the exchange shares."""

    auth_token: str
    webhooks: Webhooks
    events: EventLog
    dialling: Dialling
    pace: Pace
    surroundings: Callable[[Callable[[], None]], Surroundings]


class Line:
    """Runs one call. `take_over`, `hang_up` and `cancel` come from the REST API while it runs."""

    def __init__(
        self,
        call: Call,
        patient: Patient,
        ear: Ear,
        progress: Progress,
        parts: Parts,
        answerer: Answerer,
    ) -> None:
        self.call = call
        self.patient = patient
        self.ear = ear
        self.stream: MediaStream | None = None
        self._parts = parts
        self._progress = progress
        self._order = asyncio.Event()
        self._next: GoTo | str | None = None  # a URL to fetch or TwiML itself; None: hang up
        self._beeped = asyncio.Event()
        self._aside: set[asyncio.Task[None]] = set()
        self._detection: asyncio.Task[None] | None = None
        self._interpreter = Interpreter(
            call,
            answerer,
            webhooks=parts.webhooks,
            events=parts.events,
            pace=parts.pace,
            special=self._special,
        )

    def take_over(self, instead: GoTo | str) -> None:
        """Replace the running TwiML."""
        self._next = instead
        self._order.set()

    def hang_up(self) -> None:
        """End the call, whatever runs."""
        self._next = None
        self._order.set()

    async def run(self) -> None:
        """The whole call. Everything that goes wrong with the application ends in a status."""
        try:
            if await self._is_picked_up():
                await self._talk()
                self._end(Status.COMPLETED)
        except Ended as ended:
            is_rejected = ended.reason.startswith("rejected")
            self._event("call.ended", reason=ended.reason)
            self._end(Status.BUSY if is_rejected else Status.COMPLETED)
        finally:
            self._end(Status.FAILED)
            if self._detection is not None:
                self._detection.cancel()
            await asyncio.gather(*self._aside, return_exceptions=True)
            await self._progress.finish()
            self._event("call.reported")

    async def _is_picked_up(self) -> bool:
        call, behaviour = self.call, self.patient.persona.behaviour
        if call.direction is Direction.INBOUND:
            self._set(Status.RINGING)
            return True
        self._set(Status.INITIATED)
        if behaviour.line == "failed":
            self._end(Status.FAILED)
            return False
        self._set(Status.RINGING)
        rings_s = call.options.ring_timeout_s if behaviour.line == "no_answer" else behaviour.ring_s
        if not await race(self._parts.pace.wait(min(rings_s, call.options.ring_timeout_s)), self._order):
            self._end(Status.CANCELED)
            return False
        if behaviour.line != "answers":
            self._end(Status.BUSY if behaviour.line == "busy" else Status.NO_ANSWER)
            return False
        self._answer()
        return True

    async def _talk(self) -> None:
        options = self.call.options
        if options.machine_detection and self.call.direction is not Direction.INBOUND:
            if options.is_amd_async:
                self._detection = self._beside(self._detect_and_tell())
            else:
                await self._detect()
        following: GoTo | str | None = options.twiml or GoTo(options.url, options.method)
        with suppress(TimeoutError):
            async with asyncio.timeout(options.time_limit_s):
                while following is not None:
                    self._order.clear()
                    ended_itself = await race(self._execute(following), self._order)
                    following = None if ended_itself else self._next

    async def _execute(self, what: GoTo | str) -> None:
        options = self.call.options
        if isinstance(what, str):
            try:
                document = twiml.parse(what, options.url)
            except twiml.TwimlError as error:
                self._event("webhook.failed", what="twiml", code=error.code, reason=str(error))
                raise Ended("application error") from error
        else:
            document = await self._interpreter.fetch(
                what, fallback_url=options.fallback_url, fallback_method=options.fallback_method
            )
        if self.call.status is Status.RINGING and not isinstance(
            next(iter(document.verbs), None), twiml.Reject
        ):
            self._answer()
        await self._interpreter.run(document)

    async def _special(self, verb: twiml.Verb) -> GoTo | None:
        match verb:
            case twiml.Dial():
                return await self._parts.dialling.dial(self.call, verb)
            case twiml.Enqueue():
                return await self._parts.dialling.enqueue(self.call, verb)
            case twiml.Connect():
                return await self._connect(verb)
        return None

    async def _connect(self, verb: twiml.Connect) -> GoTo | None:
        around = self._parts.surroundings(self._beeped.set)
        self.stream = stream = MediaStream(self.call, verb, self.patient, self.ear, around)
        told = {"StreamSid": stream.sid, "StreamName": verb.name or stream.sid}
        ended = "closed"
        try:
            ended = await stream.run(lambda _: self._tell_stream(verb, told, "stream-started"))
        except StreamFailed as failure:
            self._event("stream.failed", code=failure.code, reason=str(failure))
            self._tell_stream(verb, told | {"StreamError": str(failure)}, "stream-error")
        else:
            if ended == "dropped":
                self._tell_stream(verb, told | {"StreamError": "connection lost"}, "stream-error")
        finally:
            self.stream = None
            self._tell_stream(verb, told, "stream-stopped")
        if ended == "hung_up":
            raise Ended("patient hung up")
        return GoTo(verb.action, verb.method) if verb.action else None

    def _tell_stream(self, verb: twiml.Connect, told: dict[str, str], event: str) -> None:
        self._event(event.replace("-", "."))
        if verb.status_url:
            post = {
                "AccountSid": self.call.account_sid,
                "CallSid": self.call.sid,
                "Timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                "StreamEvent": event,
                **told,
            }
            self._beside(self._post(verb.status_url, post, verb.status_method, "stream status"))

    async def _detect(self) -> str:
        """Answering-machine detection, as good as it gets: a machine is known by its beep."""
        is_machine = self.patient.persona.behaviour.machine
        if not is_machine:
            await self._parts.pace.wait(HUMAN_KNOWN_AFTER_S)
            found = "human"
        elif self.call.options.machine_detection == "Enable":
            await self._parts.pace.wait(HUMAN_KNOWN_AFTER_S)
            found = "machine_start"
        elif self.call.options.is_amd_async:
            await self._beeped.wait()
            found = "machine_end_beep"
        else:
            await self._parts.pace.wait(HUMAN_KNOWN_AFTER_S + MACHINE_SILENCE_S)
            found = "machine_end_beep"
        self.call.answered_by = found
        self._event("amd", answered_by=found)
        return found

    def misjudge(self, found: str) -> None:
        """The network tells who answered, and is wrong: `found` is AnsweredBy's word."""
        self.call.answered_by = found
        self._event("amd", answered_by=found)
        self._beside(self._tell(found, 0))

    def answer_with(self, answerer: Answerer) -> None:
        """From here on somebody else answers the prompts of TwiML."""
        self._interpreter.answerer = answerer

    async def _detect_and_tell(self) -> None:
        started = asyncio.get_running_loop().time()
        found = await self._detect()
        await self._tell(found, round((asyncio.get_running_loop().time() - started) * 1000))

    async def _tell(self, found: str, duration_ms: int) -> None:
        if self.call.options.amd_url:
            post = {
                "CallSid": self.call.sid,
                "AccountSid": self.call.account_sid,
                "AnsweredBy": found,
                "MachineDetectionDuration": str(duration_ms),
            }
            await self._post(self.call.options.amd_url, post, self.call.options.amd_method, "amd")

    async def _post(self, url: str, post: dict[str, str], method: str, what: str) -> None:
        try:
            await self._parts.webhooks.ask(url, post, method=method)
        except WebhookFailed as failure:
            self._event("webhook.failed", what=what, code=failure.code, reason=str(failure))

    def _beside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"beside-{self.call.sid}")
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    def _answer(self) -> None:
        self.call.started_at = datetime.now(UTC)
        self._set(Status.IN_PROGRESS)

    def _end(self, status: Status) -> None:
        """The first end counts."""
        if self.call.is_over:
            return
        self.call.ended_at = datetime.now(UTC)
        self.call.sip_code = SIP_CODES[status]
        self._set(status)

    def _set(self, status: Status) -> None:
        call = self.call
        call.status = status
        self._event(
            f"call.{status}",
            to=call.to,
            from_=call.from_,
            direction=call.direction,
            duration_s=call.duration_s,
        )
        self._progress.report()

    def _event(self, kind: str, **data: object) -> None:
        self._parts.events.add(kind, self.call.sid, **data)
