"""The REST API as the official client library uses it: calls and messages.

Source: Twilio, Call resource, Message resource, error dictionary.
"""

import asyncio
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from heartvoice.demo.phone.call import API_VERSION, Call, options_from
from heartvoice.demo.phone.exchange import E164, Exchange, Message, NotInProgress, message_json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST_MESSAGE = 1600


class Refused(Exception):
    """The request is answered with Twilio's error `code`."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def error_body(status: int, code: int, message: str) -> dict[str, Any]:
    """An error in the form that the client library turns into TwilioRestException."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


class Rest:
    """Handlers below /2010-04-01/Accounts/{sid}/."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        base = f"/{API_VERSION}/Accounts/{{account}}"
        table: list[tuple[str, str, Handler]] = [
            ("POST", "/Calls.json", self._create_call),
            ("GET", "/Calls.json", self._list_calls),
            ("GET", "/Calls/{sid}.json", self._fetch_call),
            ("POST", "/Calls/{sid}.json", self._update_call),
            ("POST", "/Messages.json", self._create_message),
            ("GET", "/Messages.json", self._list_messages),
            ("GET", "/Messages/{sid}.json", self._fetch_message),
        ]
        routes = [web.route(method, base + path, self._guarded(handler)) for method, path, handler in table]
        return [*routes, web.get(base + ".json", self._guarded(self._account))]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                await self._faults()
                self._check(request)
                return await handler(request)
            except Refused as refused:
                body = error_body(refused.status, refused.code, str(refused))
                return web.json_response(body, status=refused.status)

        return guarded

    async def _faults(self) -> None:
        """Let the first waiting fault have one request; what is left of its count waits on."""
        for fault in list(self._exchange.faults.take("rest_hang", "rest_error")):
            if fault.count > 1:
                self._exchange.faults.again(fault)
            if fault.kind == "rest_hang":
                await asyncio.sleep(fault.for_ms / 1000)
            else:
                raise Refused(fault.status, fault.code, fault.text or "Internal Server Error")

    def _check(self, request: web.Request) -> None:
        config = self._exchange.config
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            given = b64decode(encoded, validate=True).decode()
        except (Base64Error, UnicodeDecodeError):
            given = ""
        if scheme.lower() != "basic" or given != f"{config.account_sid}:{config.auth_token}":
            raise Refused(401, 20003, "Authenticate")
        if request.match_info["account"] != config.account_sid:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")

    async def _account(self, request: web.Request) -> web.Response:
        sid = self._exchange.config.account_sid
        body = {"sid": sid, "status": "active", "type": "Full", "friendly_name": "Local stand-in"}
        return web.json_response(body)

    async def _create_call(self, request: web.Request) -> web.Response:
        form = await request.post()
        fields = {name: str(value) for name, value in form.items()}
        to, from_ = fields.get("To", ""), fields.get("From", "")
        if not to:
            raise Refused(400, 21201, "No 'To' number is specified")
        if not E164.match(to):
            raise Refused(400, 21211, "The 'To' number is not a valid phone number.")
        if from_ != self._exchange.config.from_number:
            raise Refused(
                400, 21210, "The source phone number provided is not yet verified for your account."
            )
        if not fields.get("Url") and not fields.get("Twiml"):
            raise Refused(400, 21205, "Url parameter is required.")
        if len(fields.get("Twiml", "")) > 4000:
            raise Refused(400, 21235, "Twiml is too long")
        events = tuple(str(value) for value in form.getall("StatusCallbackEvent", []))
        call = self._exchange.place(to=to, from_=from_, options=options_from(fields, events))
        return web.json_response(call.as_json(), status=201)

    async def _list_calls(self, request: web.Request) -> web.Response:
        query = request.query
        wanted = {"To": "to", "From": "from", "Status": "status", "ParentCallSid": "parent_call_sid"}
        rows = [call.as_json() for call in reversed(self._exchange.calls.values())]
        for name, key in wanted.items():
            if name in query:
                rows = [row for row in rows if row[key] == query[name]]
        # "StartTime>" has day precision on the wire; every call here is of today.
        return web.json_response(self._page(request, "calls", rows))

    async def _fetch_call(self, request: web.Request) -> web.Response:
        return web.json_response(self._call(request).as_json())

    async def _update_call(self, request: web.Request) -> web.Response:
        call = self._call(request)
        fields = {name: str(value) for name, value in (await request.post()).items()}
        if "Url" in fields and "Twiml" in fields:
            raise Refused(400, 21218, "Url and Twiml exclude each other")
        try:
            self._exchange.update(call, fields)
        except NotInProgress:
            raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.") from None
        return web.json_response(call.as_json())

    async def _create_message(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        to, body = fields.get("To", ""), fields.get("Body", "")
        if not to:
            raise Refused(400, 21604, "A 'To' phone number is required.")
        if not E164.match(to):
            raise Refused(400, 21211, "The 'To' number is not a valid phone number.")
        if not fields.get("From") and not fields.get("MessagingServiceSid"):
            raise Refused(400, 21603, "A 'From' phone number is required.")
        if not body:
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > LONGEST_MESSAGE:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if to in self._exchange.opted_out:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        message = self._exchange.send(
            Message(
                to=to,
                from_=fields.get("From", ""),
                body=body,
                service_sid=fields.get("MessagingServiceSid"),
                status_url=fields.get("StatusCallback", ""),
            )
        )
        return web.json_response(message_json(message, self._exchange.config.account_sid), status=201)

    async def _list_messages(self, request: web.Request) -> web.Response:
        sid = self._exchange.config.account_sid
        rows = [message_json(message, sid) for message in reversed(self._exchange.messages)]
        if "To" in request.query:
            rows = [row for row in rows if row["to"] == request.query["To"]]
        return web.json_response(self._page(request, "messages", rows))

    async def _fetch_message(self, request: web.Request) -> web.Response:
        for message in self._exchange.messages:
            if message.sid == request.match_info["sid"]:
                return web.json_response(message_json(message, self._exchange.config.account_sid))
        raise Refused(404, 20404, f"The requested resource {request.path} was not found")

    def _call(self, request: web.Request) -> Call:
        call = self._exchange.calls.get(request.match_info["sid"])
        if call is None:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")
        return call

    def _page(self, request: web.Request, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        size = int(request.query.get("PageSize", "50"))
        page = int(request.query.get("Page", "0"))
        part = rows[page * size : (page + 1) * size]
        rest = f"{request.path}?PageSize={size}&Page="
        more = (page + 1) * size < len(rows)
        return {
            name: part,
            "first_page_uri": f"{rest}0",
            "next_page_uri": f"{rest}{page + 1}" if more else None,
            "previous_page_uri": f"{rest}{page - 1}" if page else None,
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + len(part) - 1,
            "uri": request.path_qs,
        }
