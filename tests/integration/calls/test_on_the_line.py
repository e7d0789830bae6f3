"""What the patient hears and the model learns, over real sockets: first words, interruptions, emergencies, keys."""

from __future__ import annotations

import asyncio
import base64
from decimal import Decimal

import pytest

from alerts.models import Alert, Notification
from calls import bridge
from calls.models import Call, ToolCall, Turn, UsageEntry
from calls.recordings import scripts
from heartvoice.demo.phone.sound import tone
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.people import nurse_on_call
from tests.integration.calls.rows import call_row, ended, rows, until
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime import Greeting
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."


def recorded(key: str) -> bytes:
    """An approved recording as the phone takes it."""
    return b"".join(base64.b64decode(piece) for piece in scripts("en").recorded[key].pieces)


async def greeted(session: Session) -> None:
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Good morning.", ms=400))
    await session.expect_audio(600)


async def test_what_is_said_before_the_model_is_there_arrives_whole_and_in_order(
    world: WorldOf, joan: Patient
) -> None:
    early = tone(1_000, hz=700)
    is_spoken = asyncio.Event()

    async def late(session: Session) -> None:
        await is_spoken.wait()
        session.start()
        await session.expect("response.create")
        await session.expect_audio(200)

    async with world(late, greetings=[Greeting(created=False)]) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.say(early)
        assert not session.appended
        is_spoken.set()
        await session.expect("response.create")
        await session.expect_audio(1_200)
        assert early in bytes(session.appended)


async def interrupted_at(
    session: Session, line: PhoneLine, ms: int, reply_ms: int = 6_000
) -> tuple[int, int]:
    """Interrupt a reply after it has played that long: what the model was told and what was heard (ms)."""
    before = line.played_ms
    responding = asyncio.create_task(session.respond(Speech(LONG, ms=reply_ms)))
    await line.until(lambda: line.played_ms >= before + ms)
    heard_from = len(line.clears)
    session.speech_started()
    await line.until(lambda: len(line.clears) > heard_from)
    heard = line.clears[-1].played_ms - before
    told = (await session.expect("conversation.item.truncate"))["audio_end_ms"]
    session.speech_stopped(ms=500)
    await responding
    return int(told), heard


@pytest.mark.usefixtures("unopened")
async def test_the_model_is_told_what_was_heard_on_the_first_and_on_the_second_interruption(
    world: WorldOf, joan: Patient
) -> None:
    async with world(greeted) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 400)
        for ms in (1_500, 2_300):
            told, heard = await interrupted_at(session, line, ms)
            assert abs(told - heard) <= 60
        assert not [event for event in session.sent if event["type"] == "error"]


@pytest.mark.usefixtures("unopened")
async def test_a_line_that_stood_still_for_a_second_does_not_put_words_in_the_patients_ear(
    world: WorldOf, joan: Patient
) -> None:
    async with world(greeted) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 400)
        before = line.played_ms
        responding = asyncio.create_task(session.respond(Speech(LONG, ms=8_000)))
        await line.until(lambda: line.played_ms >= before + 800)
        line.stall(1_000)
        await line.until(lambda: line.played_ms >= before + 1_900)
        session.speech_started()
        await line.until(lambda: bool(line.clears))
        told = (await session.expect("conversation.item.truncate"))["audio_end_ms"]
        assert abs(told - (line.clears[-1].played_ms - before)) <= 60
        await responding


@pytest.mark.usefixtures("unopened")
async def test_audio_that_comes_late_for_an_interrupted_reply_is_not_played(
    world: WorldOf, joan: Patient
) -> None:
    async with world(greeted) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 400)
        response = await session.respond(Speech(LONG, ms=4_000))
        await line.until(lambda: line.played_ms >= 1_000)
        session.speech_started()
        await line.until(lambda: bool(line.clears))
        arrived = sum(size for _, size in line.arrived)
        for _ in range(5):
            session.delta(response.id, response.items[0], tone(200))
        session.speech_stopped(ms=400)
        await session.respond(Speech("Yes?", ms=300))
        await line.until(lambda: sum(size for _, size in line.arrived) >= arrived + 2_400)
        assert sum(size for _, size in line.arrived) == arrived + 2_400


async def test_a_key_reaches_the_model_as_text(world: WorldOf, joan: Patient) -> None:
    async with world(greeted) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 400)
        await line.press("1")
        event = await session.expect("conversation.item.create")
        assert event["item"]["role"] == "user" and "pressed 1" in event["item"]["content"][0]["text"]
        await session.expect("response.create")


# --- emergencies


async def chest_pain(session: Session) -> None:
    await greeted(session)
    await session.hears("I have this awful pressure in my chest, it will not go away.", ms=1_000)
    await session.closed.wait()


async def test_an_emergency_is_in_the_database_and_on_the_line_before_the_model_says_a_word(
    world: WorldOf, joan: Patient
) -> None:
    async with world(chest_pain) as w, w.call() as line:
        script, claim = recorded("call_911"), recorded("alert_committed")
        await line.until(lambda: line.playout.received >= len(script) + len(claim), within_s=20)
        (alert,) = await rows(Alert, patient=joan)
        assert (alert.severity, alert.alert_type, alert.flag) == ("critical", "emergency", "chest_pain")
        await line.until(lambda: script[:16_000] in line.heard)
        assert line.playout.received == 3_200 + len(script) + len(claim)
    (turn,) = await until(lambda: list(Turn.objects.filter(speaker="system")))
    assert turn.is_interrupted and scripts("en").recorded["call_911"].text.startswith(turn.text)


async def test_notices_are_committed_with_the_alert(world: WorldOf, joan: Patient) -> None:
    await nurse_on_call(joan)
    async with world(chest_pain) as w, w.call():
        await until(lambda: Notification.objects.filter(alert__patient=joan).exists())


async def test_a_hang_up_after_an_emergency_is_an_alert_of_its_own(world: WorldOf, joan: Patient) -> None:
    async with world(chest_pain) as w, w.line() as line:
        await line.open(await line.dial())
        await until(lambda: Alert.objects.filter(patient=joan).exists())
        await line.hang_up()
        await until(lambda: Alert.objects.filter(patient=joan, rule_id="E17").exists())


# --- the limit of cost


async def test_a_call_that_has_cost_too_much_is_closed_kindly(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two replies: the first costs less than the limit, both together cost more."""
    said = Speech("And how have you been since we last spoke?", ms=2_000)

    async def script(session: Session) -> None:
        await greeted(session)
        first = await until(UsageEntry.objects.filter(kind="response").first)
        monkeypatch.setattr(bridge, "MAX_COST_USD", first.cost_usd)
        await session.respond(said)
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        call = await ended(line.call_sid)
        assert call.end_reason == "cost_limit" and call.state == Call.State.COMPLETED
        assert recorded("time_goodbye") in line.heard
    assert (await until(lambda: UsageEntry.objects.filter(kind="response").count())) == 2


async def test_an_emergency_is_not_closed_for_its_cost(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bill is over the limit: the transcription's own, and that of the reply which the script cut off."""
    monkeypatch.setattr(bridge, "MAX_COST_USD", Decimal(1_000))

    async def script(session: Session) -> None:
        await greeted(session)
        monkeypatch.setattr(bridge, "MAX_COST_USD", Decimal(0))
        await session.hears("I have this awful pressure in my chest, it will not go away.", ms=1_000)
        await session.respond(Speech("Oh dear, that does not sound good.", ms=300))
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        script_and_claim = len(recorded("call_911")) + len(recorded("alert_committed"))
        await line.until(lambda: line.playout.received >= 3_200 + script_and_claim, within_s=20)
        await until(lambda: UsageEntry.objects.filter(kind="response").count() == 2)
        assert line.playout.received == 3_200 + script_and_claim, "no goodbye"
        call = await call_row(line.call_sid)
        assert (call.state, call.end_reason) == (Call.State.IN_PROGRESS, "")


# --- tools


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("updatePatientRecord", {"symptoms": {"swelling": 2}}, "not_verified"),
        ("updatePatientRecord", {"symptoms": {"weight_change": 9_999}}, "bad_arguments"),
        ("updatePatientRecord", {"symptoms": {}, "patient_id": "x"}, "bad_arguments"),
        ("updatePatientRecord", "{not json", "bad_arguments"),
        ("dropTables", {}, "bad_arguments"),
        ("recordVitals", {"weight_lb": "NaN"}, "bad_arguments"),
        ("endCall", {"reason": "completed"}, "questions_left"),
    ],
)
async def test_a_wrong_tool_call_is_answered_with_an_error_and_changes_nothing(
    world: WorldOf, joan: Patient, name: str, arguments: dict[str, object] | str, error: str
) -> None:
    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(Tool(name, arguments, "call_1"))
        output = await session.expect_tool_output("call_1")
        assert (output["ok"], output["error"]) == (False, error)
        await session.expect("response.create")
        answered.set()

    async with world(script) as w, w.call() as line:
        await asyncio.wait_for(answered.wait(), 15)
        assert not await rows(PatientRecord)
        (row,) = await until(lambda: list(ToolCall.objects.all()))
        assert (row.name, row.is_ok, row.error_code) == (name, False, error)
        assert not line.closed.is_set()


async def test_an_alert_is_raised_before_identity_and_the_answer_says_so_only_then(
    world: WorldOf, joan: Patient
) -> None:
    wanted = {
        "severity": "high",
        "type": "symptom_worsening",
        "description": "more swelling",
        "recommended_action": "call today",
    }

    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(Tool("triggerAlert", wanted, "call_1"))
        output = await session.expect_tool_output("call_1")
        (alert,) = await rows(Alert, patient=joan)
        assert output["care_team_alerted"] and output["alert_id"] == str(alert.pk)
        answered.set()

    async with world(script) as w, w.call():
        await asyncio.wait_for(answered.wait(), 15)


async def test_two_wrong_birthdays_end_what_may_be_said(world: WorldOf, joan: Patient) -> None:
    wrong = {"full_name": "Joan Baker", "date_of_birth": "May first nineteen fifty"}

    async def script(session: Session) -> None:
        await greeted(session)
        for number, left in ((1, 1), (2, 0)):
            await session.respond(Tool("verifyIdentity", wrong, f"call_{number}"))
            output = await session.expect_tool_output(f"call_{number}")
            assert (output["verified"], output["tries_left"]) == (False, left)
            await session.expect("response.create")
            await session.respond(Speech("I see.", ms=100))
        right = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}
        await session.respond(Tool("verifyIdentity", right, "call_3"))
        assert not (await session.expect_tool_output("call_3"))["verified"]
        await session.respond(
            Speech("Goodbye.", ms=900), Tool("endCall", {"reason": "not_verified"}, "call_4")
        )

    async with world(script) as w, w.call() as line:
        call = await ended(line.call_sid)
    assert (call.identity_result, call.end_reason) == ("failed", "not_verified")


async def test_the_call_ends_after_the_last_word_was_played(world: WorldOf, joan: Patient) -> None:
    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(
            Speech("Goodbye then.", ms=1_500), Tool("endCall", {"reason": "patient_request"}, "c")
        )
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        await asyncio.wait_for(line.closed.wait(), 15)
        assert line.close_code == 1000 and line.played_ms >= 1_900
        assert (await call_row(line.call_sid)).state == Call.State.COMPLETED
