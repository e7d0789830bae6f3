"""`<Dial>` and `<Enqueue>`: the patient is handed to a nurse's line, which answers as it was told to.

Source: Twilio, TwiML Dial (DialCallStatus, DialBridged), Number (url: the whisper), Enqueue (QueueResult).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.answering import NurseAnswerer, NurseManner, Pace
from heartvoice.demo.phone.call import Call, Direction, Options, Status, new_sid
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.faults import Faults
from heartvoice.demo.phone.interpreter import Ended, GoTo, Interpreter
from heartvoice.demo.phone.progress import Progress
from heartvoice.demo.phone.webhooks import Webhooks

TALK_S = 3.0  # how long the nurse and the patient talk
RING_S = 2.0
QUEUE_S = 2.0

QueueResult = Literal["bridged", "queue-full", "hangup", "error", "leave"]

_UNANSWERED: dict[NurseManner, Status] = {
    "busy": Status.BUSY,
    "no_answer": Status.NO_ANSWER,
    "failed": Status.FAILED,
}
# What the caller's leg is told. A screening that nobody accepted has ended as either of two states in the
# field, hence both: "declines" gives no-answer, "voicemail" gives completed, both with DialBridged=false.
_UNACCEPTED: dict[NurseManner, Status] = {"declines": Status.NO_ANSWER, "voicemail": Status.COMPLETED}


class Dialling:
    """Calls a nurse's line for one call. Child legs are put into `calls`."""

    def __init__(
        self,
        *,
        webhooks: Webhooks,
        events: EventLog,
        faults: Faults,
        pace: Pace,
        add_call: Callable[[Call], None],
        manner_of: Callable[[str], NurseManner],
        queue_result: Callable[[str], QueueResult],
    ) -> None:
        self._webhooks = webhooks
        self._events = events
        self._faults = faults
        self._pace = pace
        self._add_call = add_call
        self._manner_of = manner_of
        self._queue_result = queue_result

    async def dial(self, call: Call, verb: twiml.Dial) -> GoTo | None:
        """Ring every number at once; the first in the list that accepts is bridged."""
        status, bridged, child = Status.FAILED, False, None
        for number in verb.numbers:
            child, status, bridged = await self._ring(call, verb, number)
            if bridged:
                break
        told = {"DialCallStatus": str(status), "DialBridged": str(bridged).lower()}
        if child is not None:
            told["DialCallSid"] = child.sid
            if child.started_at is not None:
                told["DialCallDuration"] = str(child.duration_s)
        self._events.add("dial.ended", call.sid, status=str(status), bridged=bridged)
        return GoTo(verb.action, verb.method, told) if verb.action else None

    async def enqueue(self, call: Call, verb: twiml.Enqueue) -> GoTo | None:
        """Wait in the queue, then leave it as this number's queue was told to."""
        result = self._queue_result(verb.name)
        waited_s = 0.0 if result == "queue-full" else QUEUE_S
        queue_sid = new_sid("QU")
        if verb.wait_url and waited_s:
            at = {"QueueSid": queue_sid, "QueuePosition": "1", "QueueTime": "0", "CurrentQueueSize": "1"}
            wait = Interpreter(
                call, NurseAnswerer("declines"), webhooks=self._webhooks, events=self._events, pace=self._pace
            )
            try:
                await wait.run(await wait.fetch(GoTo(verb.wait_url, "POST", at)))
            except Ended:
                result = "hangup"
        await self._pace.wait(waited_s)
        if result == "bridged":
            await self._pace.wait(TALK_S)
        self._events.add("queue.left", call.sid, result=result)
        told = {"QueueResult": result, "QueueSid": queue_sid, "QueueTime": str(round(waited_s))}
        return GoTo(verb.action, verb.method, told) if verb.action else None

    async def _ring(self, parent: Call, verb: twiml.Dial, number: twiml.Number) -> tuple[Call, Status, bool]:
        """One child leg from ringing to its end: the leg, the status for the parent, whether it was bridged."""
        child = Call(
            account_sid=parent.account_sid,
            to=number.phone,
            from_=verb.caller_id or parent.from_,
            direction=Direction.OUTBOUND_DIAL,
            options=Options(status_url=number.status_url, status_events=number.status_events),
            parent_sid=parent.sid,
        )
        self._add_call(child)
        manner = self._manner_of(number.phone)
        progress = Progress(child, self._webhooks, self._faults, self._events)
        try:
            self._set(child, Status.INITIATED, progress)
            self._set(child, Status.RINGING, progress)
            self._events.add("dial.ringing", parent.sid, child_sid=child.sid)
            if manner in _UNANSWERED:
                await self._pace.wait(verb.timeout_s if manner == "no_answer" else RING_S)
                self._set(child, _UNANSWERED[manner], progress)
                return child, child.status, False
            await self._pace.wait(RING_S)
            child.started_at = datetime.now(UTC)
            self._set(child, Status.IN_PROGRESS, progress)
            bridged = await self._accepts(child, number, manner)
            if bridged:
                self._events.add("dial.bridged", parent.sid, child_sid=child.sid)
                await self._pace.wait(TALK_S)
            return child, Status.COMPLETED if bridged else _UNACCEPTED.get(manner, Status.NO_ANSWER), bridged
        finally:
            if not child.is_over:
                child.ended_at = datetime.now(UTC)
                self._set(child, Status.COMPLETED, progress)
            await progress.finish()

    async def _accepts(self, child: Call, number: twiml.Number, manner: NurseManner) -> bool:
        """Run the whisper; without one, whoever picks up is connected."""
        if not number.url:
            return True
        whisper = Interpreter(
            child, NurseAnswerer(manner), webhooks=self._webhooks, events=self._events, pace=self._pace
        )
        try:
            await whisper.run(await whisper.fetch(GoTo(number.url, number.method)))
        except Ended:
            return False
        return True

    def _set(self, call: Call, status: Status, progress: Progress) -> None:
        call.status = status
        progress.report()
