"""A nurse on a real telephone line: the whole way over the carrier's REST, webhooks and media stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from django.conf import settings as django_settings

from alerts.models import CareTask
from calls.database import in_database
from calls.models import Call, CallIntervention, StaffCall
from calls.services.staff_calls import staff_call_start
from calls.services.takeover import call_end, call_take_over
from heartvoice.demo.phone.answering import NurseManner
from heartvoice.demo.phone.config import PhoneConfig
from heartvoice.demo.phone.ears import TextEar
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.server import Server
from heartvoice.demo.phone.voices import toned
from patients.models import Patient, User
from tests.integration.calls.conftest import PHONE, World, WorldOf
from tests.integration.calls.rows import ended, rows, until
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session
from tests.support.factories import make_user

pytestmark = pytest.mark.timeout(60)

NURSE_PHONE = "+19895550101"


async def greets(session: Session) -> None:
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Hello, this is Maya.", ms=400))
    await session.closed.wait()


@asynccontextmanager
async def exchange(w: World, manner: NurseManner = "accepts") -> AsyncIterator[Exchange]:
    """The telephone network that the application dials by, with the nurse's telephone in it."""
    config = PhoneConfig(
        account_sid=django_settings.TWILIO_ACCOUNT_SID,
        auth_token=django_settings.TWILIO_AUTH_TOKEN,
        public_url=w.url,
        from_number=django_settings.TWILIO_FROM_NUMBER,
        staff_numbers=frozenset({NURSE_PHONE}),
        staff_delay_s=0.0,
        pace=0.0,
    )
    network = Exchange(config, voice_of=toned, ear=TextEar)
    network.manners[NURSE_PHONE] = manner
    async with Server(network) as server:
        w.settings.TWILIO_API_BASE = server.url
        yield network


async def nurse_of(joan: Patient) -> User:
    return await in_database(make_user, joan.care_team, phone=NURSE_PHONE)


async def on_the_line(network: Exchange) -> Call:
    network.ring_in(from_=PHONE)
    await until(Call.objects.filter(state="in_progress").exclude(stream_sid="").exists)
    (call,) = await rows(Call)
    return call


def kinds(network: Exchange) -> list[str]:
    return [event.kind for event in network.events.after(0)]


async def test_a_patient_is_taken_from_maya_to_the_nurse(world: WorldOf, joan: Patient) -> None:
    nurse = await nurse_of(joan)
    async with world(greets) as w, exchange(w) as network:
        call = await on_the_line(network)
        await in_database(call_take_over, call=call, by=nurse)
        await until(CallIntervention.objects.filter(state="connected").exists)
        call = await ended(str(call.call_sid))
    assert (call.state, call.end_reason) == ("completed", "taken_over")
    assert "dial.bridged" in kinds(network)
    assert {leg.to for leg in network.calls.values()} >= {NURSE_PHONE}


async def test_a_nurse_who_does_not_press_the_key_leaves_a_call_back(world: WorldOf, joan: Patient) -> None:
    nurse = await nurse_of(joan)
    async with world(greets) as w, exchange(w, "voicemail") as network:
        call = await on_the_line(network)
        await in_database(call_take_over, call=call, by=nurse)
        await until(CallIntervention.objects.filter(state="unanswered").exists)
        await ended(str(call.call_sid))
    assert "dial.bridged" not in kinds(network)
    (task,) = await rows(CareTask)
    assert (task.kind, task.patient_id) == ("call_back", joan.pk)


async def test_a_call_is_ended_with_a_sentence(world: WorldOf, joan: Patient) -> None:
    nurse = await nurse_of(joan)
    async with world(greets) as w, exchange(w) as network:
        call = await on_the_line(network)
        await in_database(call_end, call=call, by=nurse)
        call = await ended(str(call.call_sid))
        await until_said(network, "ending this automated call")
    assert (call.state, call.end_reason) == ("completed", "staff_ended")


async def test_a_nurse_and_a_patient_are_connected_by_a_click(world: WorldOf, joan: Patient) -> None:
    nurse = await nurse_of(joan)
    async with world() as w, exchange(w) as network:
        network.manners[joan.phone] = "accepts"
        await in_database(staff_call_start, patient=joan, by=nurse)
        await until(StaffCall.objects.exclude(state__in=("ringing", "dialling")).exists)
    (row,) = await rows(StaffCall)
    assert row.state == "ended"
    legs = [(leg.to, leg.from_) for leg in network.calls.values()]
    assert legs == [
        (NURSE_PHONE, django_settings.TWILIO_FROM_NUMBER),
        (joan.phone, django_settings.TWILIO_FROM_NUMBER),
    ]


async def until_said(network: Exchange, words: str) -> None:
    def is_said() -> bool:
        return any(words in str(event.data.get("text", "")) for event in network.events.after(0))

    await until(is_said)
