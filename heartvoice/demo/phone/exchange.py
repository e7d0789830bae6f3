"""The exchange: who has which number, which calls run, what was sent. The REST and control servers stand on it."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, cast, get_args

from heartvoice.demo.phone.answering import Answerer, NurseAnswerer, NurseManner, Pace, PatientAnswerer
from heartvoice.demo.phone.call import Call, Direction, Options, new_sid, rfc2822
from heartvoice.demo.phone.config import PhoneConfig
from heartvoice.demo.phone.dialling import Dialling, QueueResult
from heartvoice.demo.phone.ears import Ear
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.faults import Faults
from heartvoice.demo.phone.interpreter import GoTo
from heartvoice.demo.phone.line import Line, Parts
from heartvoice.demo.phone.patient import Patient, Voice
from heartvoice.demo.phone.persona import Behaviour, Person, Persona, by_phone, personas
from heartvoice.demo.phone.persona import Line as LineState
from heartvoice.demo.phone.progress import Progress
from heartvoice.demo.phone.stream import Surroundings
from heartvoice.demo.phone.webhooks import WebhookFailed, Webhooks

E164 = re.compile(r"^\+[1-9]\d{6,14}$")

MessageFate = Literal["delivered", "undelivered", "failed"]


class NotInProgress(Exception):
    """The call is not in a state in which it can be changed (error 21220)."""


@dataclass(slots=True)
class Message:
    """One text message."""

    to: str
    from_: str
    body: str
    service_sid: str | None
    status_url: str
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: str = "queued"
    error_code: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Exchange:
    """All lines. `voice_of` gives a persona's voice, `ear` makes one call's ear."""

    def __init__(
        self, config: PhoneConfig, *, voice_of: Callable[[Persona], Voice], ear: Callable[[], Ear]
    ) -> None:
        self.config = config
        self.events = EventLog()
        self.faults = Faults()
        self.calls: dict[str, Call] = {}
        self.lines: dict[str, Line] = {}
        self.messages: list[Message] = []
        self.numbers: dict[str, Persona] = dict(by_phone())
        self.manners: dict[str, NurseManner] = {}
        self.queues: dict[str, QueueResult] = {}
        self.message_fates: dict[str, MessageFate] = {}
        self.opted_out: set[str] = set()
        self._voice_of = voice_of
        self._ear = ear
        self._webhooks = Webhooks(config.auth_token)
        self._tasks: set[asyncio.Task[None]] = set()
        pace = Pace(config.pace)
        self._parts = Parts(
            auth_token=config.auth_token,
            webhooks=self._webhooks,
            events=self.events,
            pace=pace,
            surroundings=self._surroundings,
            dialling=Dialling(
                webhooks=self._webhooks,
                events=self.events,
                faults=self.faults,
                pace=pace,
                add_call=self._add,
                manner_of=self._manner_of,
                queue_result=lambda name: self.queues.get(name, "bridged"),
            ),
        )

    async def close(self) -> None:
        """End every call and everything that is under way."""
        for line in list(self.lines.values()):
            line.hang_up()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._webhooks.close()

    def place(self, *, to: str, from_: str, options: Options) -> Call:
        """Dial `to` for the REST API."""
        call = Call(self.config.account_sid, to, from_, Direction.OUTBOUND_API, options)
        return self._start(call, self.persona_at(to))

    def ring_in(self, *, from_: str, persona: Persona | None = None, options: Options | None = None) -> Call:
        """A patient (or anybody) calls the clinic's number."""
        config = self.config
        options = options or Options(url=config.voice_url, status_url=config.status_url)
        call = Call(config.account_sid, config.from_number, from_, Direction.INBOUND, options)
        return self._start(call, persona or self.numbers.get(from_) or personas()["stable"])

    def update(self, call: Call, form: Mapping[str, str]) -> None:
        """Change a live call as the REST API is asked to. Raises NotInProgress."""
        line = self.lines.get(call.sid)
        if line is None or call.is_over:
            raise NotInProgress
        wanted = form.get("Status", "")
        if wanted == "canceled" and call.started_at is not None:
            raise NotInProgress
        if wanted in {"completed", "canceled"}:
            line.hang_up()
        elif call.started_at is None:
            raise NotInProgress
        elif form.get("Twiml"):
            line.take_over(form["Twiml"])
        elif form.get("Url"):
            line.take_over(GoTo(form["Url"], form.get("Method", "POST")))

    def send(self, message: Message) -> Message:
        """Send a text message; its status callbacks follow."""
        self.messages.append(message)
        self.events.add("sms.sent", "", sid=message.sid, to=message.to, body=message.body)
        self._run(self._deliver(message), f"sms-{message.sid}")
        return message

    def persona_at(self, phone: str) -> Persona:
        """Who answers there; a number that nobody has cannot be reached."""
        if phone in self.config.staff_numbers:
            return _staff(phone, self._manner_of(phone))
        return self.numbers.get(phone) or _nobody(phone)

    def assign(self, phone: str, persona: Persona, behaviour: Mapping[str, Any]) -> Persona:
        """Let `persona` answer at `phone`, behaving differently where `behaviour` says so."""
        changed = replace(persona, behaviour=replace(persona.behaviour, **behaviour))
        self.numbers[phone] = changed
        return changed

    def _start(self, call: Call, persona: Persona) -> Call:
        self._add(call)
        progress = Progress(call, self._webhooks, self.faults, self.events)
        patient = Patient(persona, self._voice_of(persona))
        line = Line(call, patient, self._ear(), progress, self._parts, self._answerer(call, patient))
        self.lines[call.sid] = line
        self.events.add(
            "call.queued",
            call.sid,
            persona=persona.id,
            name=persona.person.first_name,
            to=call.to,
            direction=call.direction,
        )
        self._run(self._live(line), f"line-{call.sid}")
        return call

    def _answerer(self, call: Call, patient: Patient) -> Answerer:
        """Who reacts to the words of TwiML on this line."""
        if call.to in self.config.staff_numbers:
            return NurseAnswerer(self._manner_of(call.to), delay_s=self.config.staff_delay_s)
        return PatientAnswerer(patient.mind, call.ledger)

    async def _live(self, line: Line) -> None:
        try:
            await line.run()
        finally:
            self.lines.pop(line.call.sid, None)

    async def _deliver(self, message: Message) -> None:
        fate = self.message_fates.get(message.to, "delivered")
        for status in ("sent", fate):
            message.status = status
            if status in {"undelivered", "failed"}:
                message.error_code = 30003
            if not message.status_url:
                continue
            post = {
                "AccountSid": self.config.account_sid,
                "MessageSid": message.sid,
                "SmsSid": message.sid,
                "MessageStatus": status,
                "SmsStatus": status,
                "From": message.from_,
                "To": message.to,
                "ApiVersion": "2010-04-01",
            }
            if message.error_code is not None:
                post["ErrorCode"] = str(message.error_code)
            try:
                await self._webhooks.ask(message.status_url, post)
            except WebhookFailed as failure:
                self.events.add("webhook.failed", what="sms", code=failure.code, reason=str(failure))

    def _run(self, work: Any, name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _add(self, call: Call) -> None:
        self.calls[call.sid] = call

    def _manner_of(self, phone: str) -> NurseManner:
        answers = phone == self.config.nurse_line_number or phone in self.config.staff_numbers
        return self.manners.get(phone, "accepts" if answers else "no_answer")

    def _surroundings(self, on_beep: Callable[[], None]) -> Surroundings:
        return Surroundings(
            self.config.auth_token, self.faults, self.events, self.config.keeps_audio, on_beep
        )


def message_json(message: Message, account_sid: str) -> dict[str, Any]:
    """The resource as the REST API returns it."""
    path = f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.created_at),
        "date_sent": None,
        "date_updated": rfc2822(message.created_at),
        "direction": "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.from_ or None,
        "messaging_service_sid": message.service_sid,
        "num_media": "0",
        "num_segments": str(-(-len(message.body) // 153) if len(message.body) > 160 else 1),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }


def _nobody(phone: str) -> Persona:
    """Behind a number that is not in service."""
    person = Person("", "", date(1900, 1, 1), phone, "f", "", "", "UTC")
    return Persona("nobody", 999, "", "", 1.0, "en", person, {}, Behaviour(line="failed"))


def _staff(phone: str, manner: NurseManner) -> Persona:
    """Somebody on call. A text message only arrives; a page is answered as `manner` says."""
    line = cast(LineState, manner) if manner in get_args(LineState) else "answers"
    person = Person("Staff", "", date(1980, 1, 1), phone, "f", "", "", "UTC")
    behaviour = Behaviour(line=line, machine=manner == "voicemail", ring_s=2.0)
    return Persona("staff", 998, "Somebody on call", "", 1.0, "en", person, {}, behaviour)
