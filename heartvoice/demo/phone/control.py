"""The stand-in's own door, below /control/: assign patients, start calls, read what happened, make faults.

Not part of the telephone company; the product never uses it. Served on the loopback interface only.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, get_args

from aiohttp import web

from heartvoice.demo.phone import faults
from heartvoice.demo.phone.answering import NurseManner
from heartvoice.demo.phone.call import Call, Options
from heartvoice.demo.phone.dialling import QueueResult
from heartvoice.demo.phone.ears import TextEar
from heartvoice.demo.phone.exchange import E164, Exchange, message_json
from heartvoice.demo.phone.line import Line
from heartvoice.demo.phone.persona import Persona, personas

LONGEST_WAIT_S = 60.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Handlers. Every body and answer is JSON; a wrong one is a 400 with `error`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/health", self._health),
            ("GET", "/personas", self._personas),
            ("PUT", "/numbers/{phone}", self._assign),
            ("PUT", "/nurses/{phone}", self._nurse),
            ("PUT", "/queues/{name}", self._queue),
            ("POST", "/inbound", self._inbound),
            ("GET", "/calls", self._calls),
            ("GET", "/calls/{sid}", self._call),
            ("GET", "/calls/{sid}/heard", self._heard),
            ("POST", "/calls/{sid}/ear", self._tell),
            ("POST", "/calls/{sid}/keys", self._keys),
            ("POST", "/calls/{sid}/hang-up", self._hang_up),
            ("GET", "/messages", self._messages),
            ("GET", "/events", self._events),
            ("POST", "/faults", self._fault),
            ("DELETE", "/faults", self._no_faults),
        ]
        return [web.route(method, f"/control{path}", _guarded(handler)) for method, path, handler in table]

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "live": len(self._exchange.lines)})

    async def _personas(self, request: web.Request) -> web.Response:
        rows = [
            {
                "id": one.id,
                "summary": one.summary,
                "voice": one.voice,
                "phone": one.person.phone,
                "expect": one.expect,
            }
            for one in personas().values()
        ]
        return web.json_response(rows)

    async def _assign(self, request: web.Request) -> web.Response:
        body = await _body(request)
        phone = _phone(request.match_info["phone"])
        persona = self._exchange.assign(phone, _persona(body), body.get("behaviour", {}))
        return web.json_response({"phone": phone, "persona": persona.id})

    async def _nurse(self, request: web.Request) -> web.Response:
        manner: NurseManner = _one_of(NurseManner, (await _body(request)).get("manner"), "manner")
        self._exchange.manners[_phone(request.match_info["phone"])] = manner
        return web.json_response({"manner": manner})

    async def _queue(self, request: web.Request) -> web.Response:
        result: QueueResult = _one_of(QueueResult, (await _body(request)).get("result"), "result")
        self._exchange.queues[request.match_info["name"]] = result
        return web.json_response({"result": result})

    async def _inbound(self, request: web.Request) -> web.Response:
        """`persona` calls in from `from` (default: the persona's own number)."""
        body = await _body(request)
        persona = _persona(body) if "persona" in body else None
        if persona is None and "from" not in body:
            raise ValueError("persona or from is needed")
        from_ = _phone(body.get("from") or (persona.person.phone if persona else ""))
        config = self._exchange.config
        options = Options(
            url=body.get("voice_url", config.voice_url), status_url=body.get("status_url", config.status_url)
        )
        call = self._exchange.ring_in(from_=from_, persona=persona, options=options)
        return web.json_response({"sid": call.sid}, status=201)

    async def _calls(self, request: web.Request) -> web.Response:
        return web.json_response([call.as_json() for call in self._exchange.calls.values()])

    async def _call(self, request: web.Request) -> web.Response:
        call = self._found(request)
        line = self._exchange.lines.get(call.sid)
        return web.json_response(
            call.as_json()
            | {
                "ledger": call.ledger.as_json(),
                "acknowledged": call.ledger.acknowledged(),
                "sip_code": call.sip_code,
                "is_streaming": line is not None and line.stream is not None,
            }
        )

    async def _heard(self, request: web.Request) -> web.Response:
        """What was played to the patient, as raw mu-law; kept only when the stand-in was told to."""
        return web.Response(body=bytes(self._found(request).heard), content_type="audio/basic")

    async def _tell(self, request: web.Request) -> web.Response:
        ear = self._live(request).ear
        if not isinstance(ear, TextEar):
            raise ValueError("this stand-in hears for itself")
        ear.tell(str((await _body(request)).get("text", "")))
        return web.json_response({"ok": True})

    async def _keys(self, request: web.Request) -> web.Response:
        self._live(request).patient.press(str((await _body(request)).get("digits", "")))
        return web.json_response({"ok": True})

    async def _hang_up(self, request: web.Request) -> web.Response:
        """The patient puts the phone down."""
        line = self._live(request)
        if line.stream is not None:
            line.stream.hang_up()
        else:
            line.hang_up()
        return web.json_response({"ok": True})

    async def _messages(self, request: web.Request) -> web.Response:
        sid = self._exchange.config.account_sid
        return web.json_response([message_json(one, sid) for one in self._exchange.messages])

    async def _events(self, request: web.Request) -> web.Response:
        """The events after number `after`; with `wait` seconds, as soon as there is one."""
        after = int(request.query.get("after", "0"))
        wait_s = min(LONGEST_WAIT_S, float(request.query.get("wait", "0")))
        found = await self._exchange.events.wait_after(after, wait_s)
        return web.json_response([event.as_json() for event in found])

    async def _fault(self, request: web.Request) -> web.Response:
        fault = faults.parse(await _body(request))
        self._exchange.faults.add(fault)
        return web.json_response({"kind": fault.kind}, status=201)

    async def _no_faults(self, request: web.Request) -> web.Response:
        self._exchange.faults.clear()
        return web.json_response({"ok": True})

    def _found(self, request: web.Request) -> Call:
        call = self._exchange.calls.get(request.match_info["sid"])
        if call is None:
            raise web.HTTPNotFound
        return call

    def _live(self, request: web.Request) -> Line:
        line = self._exchange.lines.get(self._found(request).sid)
        if line is None:
            raise ValueError("the call is over")
        return line


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return guarded


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        raise ValueError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ValueError("the body is not an object")
    return body


def _one_of(literal: Any, given: Any, name: str) -> Any:
    """`given` if it is one of a Literal's values."""
    if given not in get_args(literal):
        raise ValueError(f"{name} must be one of {', '.join(get_args(literal))}")
    return given


def _phone(text: str) -> str:
    if not E164.match(text):
        raise ValueError("not an E.164 number")
    return text


def _persona(body: dict[str, Any]) -> Persona:
    found = personas().get(body.get("persona", ""))
    if found is None:
        raise ValueError(f"persona must be one of {', '.join(personas())}")
    return found
