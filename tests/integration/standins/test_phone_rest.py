"""The telephone stand-in's REST API, driven by the official client."""

from contextlib import asynccontextmanager

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from heartvoice.demo.phone.faults import Fault
from tests.standins.telephone import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, telephone

ROBERT = "+12015550100"
TWIML = '<Response><Pause length="60"/></Response>'


@asynccontextmanager
async def client(phone, token=AUTH_TOKEN):
    http = AsyncTwilioHttpClient()
    try:
        made = Client(ACCOUNT_SID, token, http_client=http)
        made.api.base_url = phone.url
        yield made
    finally:
        await http.close()


async def create(twilio, **changes):
    return await twilio.calls.create_async(**{"to": ROBERT, "from_": FROM_NUMBER, "twiml": TWIML, **changes})


async def test_a_call_is_created_fetched_listed_and_ended(application):
    async with telephone(application.url, pace=1.0) as phone, client(phone) as twilio:
        call = await create(twilio)
        assert call.sid.startswith("CA")
        assert (call.status, call.direction, call.to) == ("queued", "outbound-api", ROBERT)
        assert call.date_created is not None
        assert (await twilio.calls(call.sid).fetch_async()).sid == call.sid
        assert [one.sid for one in await twilio.calls.list_async(to=ROBERT)] == [call.sid]
        assert await twilio.calls.list_async(to="+12015550101") == []

        await phone.exchange.events.wait_for(lambda event: event.kind == "call.in-progress", 5)
        await twilio.calls(call.sid).update_async(status="completed")
        await phone.exchange.events.wait_for(lambda event: event.kind == "call.completed", 5)
        ended = await twilio.calls(call.sid).fetch_async()
        assert (ended.status, ended.duration) == ("completed", str(phone.exchange.calls[call.sid].duration_s))


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"to": "12345"}, 400, 21211),
        ({"to": ""}, 400, 21201),
        ({"from_": "+12015550150"}, 400, 21210),
        ({"twiml": ""}, 400, 21205),
        ({"twiml": "<Response>" + " " * 4000 + "</Response>"}, 400, 21235),
    ],
)
async def test_a_wrong_call_is_refused_with_its_code(phone, changes, status, code):
    async with client(phone) as twilio:
        with pytest.raises(TwilioRestException) as refused:
            await create(twilio, **changes)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert phone.exchange.calls == {}


async def test_wrong_credentials_are_refused(phone):
    async with client(phone, token="wrong") as twilio:
        with pytest.raises(TwilioRestException) as refused:
            await create(twilio)
    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_a_call_that_is_over_cannot_be_changed(phone):
    async with client(phone) as twilio:
        call = await create(twilio, twiml="<Response/>")
        await phone.exchange.events.wait_for(lambda event: event.kind == "call.reported", 5)
        with pytest.raises(TwilioRestException) as refused:
            await twilio.calls(call.sid).update_async(twiml=TWIML)
        assert (refused.value.status, refused.value.code) == (400, 21220)
        with pytest.raises(TwilioRestException) as unknown:
            await twilio.calls("CA" + "0" * 32).fetch_async()
        assert (unknown.value.status, unknown.value.code) == (404, 20404)


async def test_a_ringing_call_can_be_cancelled_and_an_answered_one_cannot(application):
    async with telephone(application.url, pace=1.0) as phone, client(phone) as twilio:
        phone.exchange.assign(ROBERT, phone.exchange.persona_at(ROBERT), {"ring_s": 30.0})
        call = await create(twilio)
        await phone.exchange.events.wait_for(lambda event: event.kind == "call.ringing", 5)
        with pytest.raises(TwilioRestException) as refused:
            await twilio.calls(call.sid).update_async(twiml=TWIML)
        assert refused.value.code == 21220
        await twilio.calls(call.sid).update_async(status="canceled")
        await phone.exchange.events.wait_for(lambda event: event.kind == "call.canceled", 5)


async def test_a_message_is_sent_reported_and_kept(phone, application):
    async with client(phone) as twilio:
        message = await twilio.messages.create_async(
            to=ROBERT, from_=FROM_NUMBER, body="Please call us.", status_callback=f"{application.url}/sms"
        )
        assert message.sid.startswith("SM")
        posts = await application.wait_for("/sms", 2)
        assert [post["MessageStatus"] for post in posts] == ["sent", "delivered"]
        assert all(one.is_signed for one in application.asked)
        kept = await twilio.messages.list_async(to=ROBERT)
        assert [(one.body, one.status) for one in kept] == [("Please call us.", "delivered")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"to": "1"}, 21211), ({"body": ""}, 21602), ({"body": "x" * 1601}, 21617), ({"from_": ""}, 21603)],
)
async def test_a_wrong_message_is_refused(phone, changes, code):
    async with client(phone) as twilio:
        with pytest.raises(TwilioRestException) as refused:
            await twilio.messages.create_async(
                **{"to": ROBERT, "from_": FROM_NUMBER, "body": "Hello", **changes}
            )
    assert refused.value.code == code


async def test_who_opted_out_gets_no_message(phone):
    phone.exchange.opted_out.add(ROBERT)
    async with client(phone) as twilio:
        with pytest.raises(TwilioRestException) as refused:
            await twilio.messages.create_async(to=ROBERT, from_=FROM_NUMBER, body="Hello")
    assert refused.value.code == 21610


async def test_the_api_fails_so_often_as_it_is_told_to(phone):
    phone.exchange.faults.add(Fault("rest_error", status=429, code=20429, count=2))
    async with client(phone) as twilio:
        codes = []
        for _ in range(3):
            try:
                await create(twilio)
                codes.append(0)
            except TwilioRestException as error:
                codes.append(error.code)
    assert codes == [20429, 20429, 0]
