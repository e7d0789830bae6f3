"""Executes TwiML on one leg: verb after verb, document after document, until nothing is left to do.

Source: Twilio, TwiML for Programmable Voice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.answering import Answerer, Given, Pace, spoken_s
from heartvoice.demo.phone.call import Call
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.webhooks import WebhookFailed, Webhooks

MOST_DOCUMENTS = 200  # of one call: a loop of redirects ends


class Ended(Exception):
    """The leg is over: hung up by either side, or rejected."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class GoTo:
    """Fetch the next document there, instead of the next verb."""

    url: str
    method: str = "POST"
    extra: Mapping[str, str] = field(default_factory=dict)


Executor = Callable[[twiml.Verb], Awaitable[GoTo | None]]


class Interpreter:
    """One leg's TwiML. Verbs that need more than a prompt (Connect, Dial, Enqueue) are given as `special`."""

    def __init__(
        self,
        call: Call,
        answerer: Answerer,
        *,
        webhooks: Webhooks,
        events: EventLog,
        pace: Pace,
        special: Executor | None = None,
    ) -> None:
        self._call = call
        self.answerer = answerer
        self._webhooks = webhooks
        self._events = events
        self._pace = pace
        self._special = special
        self._fetched = 0

    async def fetch(
        self, to: GoTo, *, fallback_url: str = "", fallback_method: str = "POST"
    ) -> twiml.Document:
        """The document at `to`, or at the fallback when that fails. Raises Ended when there is none."""
        self._fetched += 1
        if self._fetched > MOST_DOCUMENTS:
            raise Ended("too many documents")
        try:
            answer = await self._webhooks.ask(
                to.url, self._call.parameters() | dict(to.extra), method=to.method
            )
            if not answer.text.strip():
                return twiml.Document((), answer.url)
            return twiml.parse(answer.text, answer.url)
        except (WebhookFailed, twiml.TwimlError) as error:
            self._event("webhook.failed", what="twiml", code=error.code, reason=str(error))
            if not fallback_url:
                raise Ended("application error") from error
            blame = {"ErrorCode": str(error.code), "ErrorUrl": to.url.partition("#")[0]}
            return await self.fetch(GoTo(fallback_url, fallback_method, blame))

    async def run(self, document: twiml.Document) -> None:
        """Execute until the last document runs out of verbs. Raises Ended for a hang-up."""
        pending: twiml.Document | None = document
        while pending is not None:
            to = await self._document(pending)
            options = self._call.options
            pending = (
                None
                if to is None
                else await self.fetch(
                    to, fallback_url=options.fallback_url, fallback_method=options.fallback_method
                )
            )

    async def _document(self, document: twiml.Document) -> GoTo | None:
        for verb in document.verbs:
            self._event("twiml", verb=type(verb).__name__)
            to = await self._verb(verb)
            if to is not None:
                return to
        return None

    async def _verb(self, verb: twiml.Verb) -> GoTo | None:
        match verb:
            case twiml.Say() | twiml.Play() | twiml.Pause():
                await self._prompt(verb)
            case twiml.Gather():
                return await self._gather(verb)
            case twiml.Redirect(url, method):
                return GoTo(url, method)
            case twiml.Hangup():
                raise Ended("application hung up")
            case twiml.Reject(reason):
                raise Ended(f"rejected: {reason}")
            case twiml.Unsupported(tag):
                self._event("twiml.warning", code=12200, tag=tag)
            case twiml.Connect() | twiml.Dial() | twiml.Enqueue():
                if self._special is not None:
                    return await self._special(verb)
                self._event("twiml.warning", code=13236, tag=type(verb).__name__)
        return None

    async def _prompt(self, verb: twiml.Say | twiml.Play | twiml.Pause) -> str:
        """Let the prompt pass; returns its words."""
        match verb:
            case twiml.Say(text):
                self._event("twiml.said", text=text)
                await self._pace.wait(spoken_s(text))
                return text
            case twiml.Play(url):
                await self._play(url)
            case twiml.Pause(length_s):
                await self._pace.wait(length_s)
        return ""

    async def _play(self, url: str) -> None:
        try:
            answer = await self._webhooks.fetch(url)
        except WebhookFailed as failure:
            self._event("webhook.failed", what="play", code=failure.code, reason=str(failure))
            return
        self._event("twiml.played", url=url, bytes=len(answer))
        await self._pace.wait(len(answer) / 8000)

    async def _gather(self, verb: twiml.Gather) -> GoTo | None:
        words = [await self._prompt(prompt) for prompt in verb.prompts]
        given = self.answerer.hear(" ".join(filter(None, words)), verb.inputs)
        return await self._given(verb, given)

    async def _given(self, verb: twiml.Gather, given: Given) -> GoTo | None:
        if not given.speech and not given.digits:
            if given.hangs_up:
                raise Ended("patient hung up")
            await self._pace.wait(verb.timeout_s)
            self._event("gather.empty")
            return GoTo(verb.action, verb.method) if verb.posts_empty else None
        await self._pace.wait(given.delay_s)
        if given.hangs_up:
            raise Ended("patient hung up")
        if given.digits:
            digits = given.digits[: verb.num_digits] if verb.num_digits else given.digits
            self._event("patient.keys", digits=digits)
            return GoTo(verb.action, verb.method, {"Digits": digits})
        self._event("patient.says", text=given.speech)
        said = {"SpeechResult": given.speech, "Confidence": "0.93", "Language": verb.language}
        return GoTo(verb.action, verb.method, said)

    def _event(self, kind: str, **data: object) -> None:
        self._events.add(kind, self._call.sid, **data)


async def race(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Run `work` until it ends or `stop` is set, whichever is first; True when it ended by itself."""
    task = asyncio.create_task(work)
    watcher = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        ended_itself = task.done()
    finally:
        watcher.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})  # its own clean-up: a stream still says stop
    if ended_itself:
        task.result()
    return ended_itself
