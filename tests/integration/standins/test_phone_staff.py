"""People on call have telephones too: a page rings, is answered and acknowledged with a key."""

import pytest

from heartvoice.demo.phone.answering import NurseManner
from heartvoice.demo.phone.call import Options
from heartvoice.demo.phone.config import PhoneConfig
from heartvoice.demo.phone.ears import TextEar
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.server import Server
from heartvoice.demo.phone.voices import toned
from tests.standins.application import Application
from tests.standins.telephone import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER

NURSE = "+19895550101"


async def paged(application: Application, manner: NurseManner) -> tuple[str, list[dict[str, str]]]:
    """How a page to the nurse ended, and what was keyed."""
    config = PhoneConfig(
        ACCOUNT_SID,
        AUTH_TOKEN,
        public_url=application.url,
        from_number=FROM_NUMBER,
        staff_numbers=frozenset({NURSE}),
        pace=0.0,
    )
    gather = f'<Gather input="dtmf" numDigits="1" timeout="6" action="{application.url}/page">'
    page = f"<Response>{gather}<Say>Press 1.</Say></Gather></Response>"
    application.answers["/page"] = "<Response><Hangup/></Response>"
    async with Server(Exchange(config, voice_of=toned, ear=TextEar)) as phone:
        phone.exchange.manners[NURSE] = manner
        call = phone.exchange.place(to=NURSE, from_=FROM_NUMBER, options=Options(twiml=page))
        await phone.exchange.events.wait_for(
            lambda event: event.kind == "call.reported" and event.call_sid == call.sid, 20
        )
        return str(call.status), application.forms("/page")


async def test_somebody_on_call_answers_a_page_and_presses_one(application: Application) -> None:
    status, keyed = await paged(application, "accepts")
    assert status == "completed"
    assert [form["Digits"] for form in keyed] == ["1"]


@pytest.mark.parametrize(
    ("manner", "ended"),
    [("declines", "completed"), ("voicemail", "completed"), ("busy", "busy"), ("no_answer", "no-answer")],
)
async def test_a_page_that_nobody_takes_keys_nothing(
    application: Application, manner: NurseManner, ended: str
) -> None:
    assert await paged(application, manner) == (ended, [])
