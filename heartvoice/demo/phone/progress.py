"""Status callbacks of one call: numbered, in order, one at a time, beside the call itself.

Source: Twilio, Call resource, status callbacks (SequenceNumber from 0; without events only "completed").
"""

import asyncio
from datetime import UTC, datetime

from heartvoice.demo.phone.call import FINAL, Call, Status, rfc2822
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.faults import Faults
from heartvoice.demo.phone.webhooks import WebhookFailed, Webhooks

EVENTS = {Status.INITIATED: "initiated", Status.RINGING: "ringing", Status.IN_PROGRESS: "answered"}


class Progress:
    """Reports one call's states to the application."""

    def __init__(self, call: Call, webhooks: Webhooks, faults: Faults, events: EventLog) -> None:
        self._call = call
        self._webhooks = webhooks
        self._faults = faults
        self._events = events
        self._sequence = 0
        self._posts: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()
        self._held: list[dict[str, str]] = []
        self._sender = asyncio.create_task(self._send(), name=f"progress-{call.sid}")

    def report(self) -> None:
        """Note the call's present state; the callback goes out when its turn comes."""
        call = self._call
        event = "completed" if call.status in FINAL else EVENTS[call.status]
        number, self._sequence = self._sequence, self._sequence + 1
        if not call.options.status_url or event not in call.options.status_events:
            return
        post = call.parameters() | {
            "Timestamp": rfc2822(datetime.now(UTC)) or "",
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(number),
        }
        if call.status in FINAL:
            post |= {"CallDuration": str(call.duration_s), "Duration": str(-(-call.duration_s // 60))}
            if call.sip_code is not None:
                post["SipResponseCode"] = str(call.sip_code)
        self._queue(post, is_last=call.status in FINAL)

    async def finish(self) -> None:
        """Wait until everything has been sent or has failed."""
        self._posts.put_nowait(None)
        await self._sender

    def _queue(self, post: dict[str, str], *, is_last: bool) -> None:
        where = {"call_sid": self._call.sid, "phone": self._call.to}
        if self._faults.has("status_lost", **where):
            return
        if self._faults.has("status_reversed", **where):
            self._held.append(post)
            if not is_last:
                return
            posts, self._held = self._held[::-1], []
        else:
            posts = [post]
        for one in posts:
            for _ in range(2 if self._faults.has("status_twice", **where) else 1):
                self._posts.put_nowait(one)

    async def _send(self) -> None:
        options = self._call.options
        while (post := await self._posts.get()) is not None:
            try:
                await self._webhooks.ask(options.status_url, post, method=options.status_method)
            except WebhookFailed as failure:
                self._events.add(
                    "webhook.failed", self._call.sid, what="status", code=failure.code, reason=str(failure)
                )
