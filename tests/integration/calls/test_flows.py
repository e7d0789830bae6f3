"""Clinical flows over real sockets: what the patient hears, what the telephone network is told, what the rows say."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from alerts.models import Alert, AlertEvent, CallFlag, CareTask
from calls.models import Call, CallFailure, CallSchedule, ScreenResult, ToolCall, Turn
from calls.recordings import scripts
from heartvoice.demo.phone import twiml
from patients.models import Consent, Patient, PatientRecord, Proxy
from patients.services import patient_update
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.rows import ended, in_database, rows, until
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

IDENTITY = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}


def recorded(key: str) -> bytes:
    return b"".join(base64.b64decode(piece) for piece in scripts("en").recorded[key].pieces)


async def heard(line: PhoneLine, key: str, *, within_s: float = 40) -> None:
    """Returns once a recording has been played to its end."""
    clip = recorded(key)
    await line.until(lambda: clip[-4_000:] in line.heard, within_s=within_s)


async def greeted(session: Session) -> None:
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Hello, this is Maya, an automated AI assistant.", ms=400))
    await session.expect_audio(600)


async def verified(session: Session) -> None:
    await session.hears("Joan Baker, March third nineteen forty eight.", ms=500)
    await session.respond(Tool("verifyIdentity", IDENTITY, "id"))
    await session.expect_tool_output("id")
    await session.expect("response.create")
    await session.respond(Speech("Thank you.", ms=200))


async def test_a_wish_to_die_is_asked_about_word_for_word_and_the_line_is_kept_when_nobody_can_take_it(
    world: WorldOf, joan: Patient
) -> None:
    may_answer = asyncio.Event()

    async def first(session: Session) -> None:
        await greeted(session)
        await session.hears("I want to kill myself.", ms=600)
        await may_answer.wait()
        await session.hears("Yes.", ms=300)
        await session.closed.wait()

    async def second(session: Session) -> None:
        await session.expect("session.update")
        await session.closed.wait()

    async with world(first, second) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await heard(line, "suicide_now")
        may_answer.set()
        await asyncio.wait_for(line.closed.wait(), 40)
        assert recorded("nurse_transfer")[-4_000:] in line.heard
        after = await line.after_stream(document)
        assert any(isinstance(verb, twiml.Dial) for verb in after.verbs)
        answer = await line.post("/voice/nurse-result", DialCallStatus="no-answer")
        again = twiml.parse(answer.text, answer.url)
        call = (await rows(Call))[0]
        assert (call.state, call.end_reason) == ("in_progress", "")
        line.closed.clear()
        await line.open(again)
        await heard(line, "person_not_there")
        await heard(line, "suicide_method")
    assert len(await rows(CallFailure, error_type="nobody_took_the_call")) == 1
    (row,) = await rows(ScreenResult, screen="suicide")
    assert (row.outcome, row.tier, row.replies) == ("acute", "acute", {"now": "yes"})
    assert await rows(AlertEvent, kind="screen", alert__patient=joan)
    assert await rows(Alert, patient=joan, rule_id="E10", severity="critical")
    (turn,) = await rows(Turn, question_id="suicide.now")
    assert turn.text == "Yes."


async def test_no_more_calls_is_honoured_before_identity_in_the_same_call(
    world: WorldOf, joan: Patient
) -> None:
    await in_database(lambda: CallSchedule.objects.create(patient=joan, weekdays=[1, 2, 3, 4, 5]))

    async def script(session: Session) -> None:
        await greeted(session)
        await session.hears("Please stop calling me.", ms=500)
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        await heard(line, "opt_out_done")
        call = await ended(line.call_sid)
    assert (call.state, call.end_reason, call.identity_result) == ("completed", "opt_out", "not_attempted")
    (consent,) = await rows(Consent, patient=joan, scope="ai_voice_call")
    assert consent.revoked_at is not None and consent.revoked_how == "voice"
    (schedule,) = await rows(CallSchedule)
    assert not schedule.is_active
    (task,) = await rows(CareTask, kind="opted_out")
    assert task.call_id == call.pk
    (row,) = await rows(ToolCall, name="engine.optOut")
    assert row.is_ok


async def test_identity_is_asked_for_again_when_the_telephone_changes_hands(
    world: WorldOf, joan: Patient
) -> None:
    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await verified(session)
        await session.hears("Hold on, here's my daughter.", ms=500)
        await until(lambda: ToolCall.objects.filter(name="engine.handOver").first())
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"swelling": 2}}, "u1"))
        assert (await session.expect_tool_output("u1"))["error"] == "not_verified"
        await session.expect("response.create")
        wrong = {"full_name": "Joan Baker", "date_of_birth": "May first 1950"}
        await session.respond(Tool("verifyIdentity", wrong, "id2"))
        assert (await session.expect_tool_output("id2"))["error"] == "changed_hands", (
            "nobody has spoken since"
        )
        await session.hears("Joan Baker, born in May 1950.", ms=500)
        await session.respond(Tool("verifyIdentity", wrong, "id3"))
        assert (await session.expect_tool_output("id3"))["tries_left"] == 1
        answered.set()

    async with world(script) as w, w.call():
        await asyncio.wait_for(answered.wait(), 20)
    assert not await rows(PatientRecord)


@pytest.mark.parametrize(
    ("level", "is_let_in"), [("called", False), ("answer", True), ("full", True), (None, False)]
)
async def test_somebody_speaks_for_the_patient_as_far_as_on_record(
    world: WorldOf, joan: Patient, level: str | None, is_let_in: bool
) -> None:
    if level:
        await in_database(
            lambda: Proxy.objects.create(
                patient=joan, name="Linda Baker", level=level, authority="patient's word"
            )
        )
    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(Tool("verifyIdentity", {**IDENTITY, "speaker_name": "Linda Baker"}, "id"))
        output = await session.expect_tool_output("id")
        assert output["verified"] is is_let_in and ("proxy" in output) is (level is not None)
        answered.set()

    async with world(script) as w, w.call():
        await asyncio.wait_for(answered.wait(), 15)
    (call,) = await rows(Call)
    assert call.spoke_with == ("proxy" if is_let_in else "other")


async def test_not_so_early_moves_the_hours_and_is_confirmed(world: WorldOf, joan: Patient) -> None:
    await in_database(lambda: CallSchedule.objects.create(patient=joan, weekdays=[1, 2, 3]))
    answered = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(Tool("changeCallTimes", {"not_before": "10:30"}, "t1"))
        output = await session.expect_tool_output("t1")
        assert output["call_between"] == "10:30 and 19:00 local time"
        await session.expect("response.create")
        await session.respond(Tool("changeCallTimes", {"not_before": "06:00", "not_after": "23:00"}, "t2"))
        assert (await session.expect_tool_output("t2"))["call_between"] == "08:00 and 21:00 local time"
        await session.expect("response.create")
        await session.respond(Tool("changeCallTimes", {"not_before": "20:30"}, "t3"))
        assert (await session.expect_tool_output("t3"))["error"] == "too_short"
        answered.set()

    async with world(script) as w, w.call():
        await asyncio.wait_for(answered.wait(), 15)
    (schedule,) = await rows(CallSchedule)
    assert (str(schedule.window_start), str(schedule.window_end)) == ("08:00:00", "21:00:00")


async def test_a_spanish_emergency_is_read_out_by_the_model_and_checked(
    world: WorldOf, joan: Patient
) -> None:
    await in_database(lambda: patient_update(patient=joan, language="es"))
    wording = scripts("es").recorded["call_911"].text
    checked = asyncio.Event()

    async def script(session: Session) -> None:
        await session.expect("session.update")
        await session.expect("response.create")
        await session.respond(Speech("Hola, soy Maya, una asistente automática.", ms=300))
        await session.expect_audio(400)
        await session.hears("Me duele mucho el pecho.", ms=500)
        asked = await session.expect("response.create")
        assert wording in str(asked)
        responding = asyncio.create_task(
            session.respond(
                Speech("No se preocupe, seguro que no es nada grave, sigamos con las preguntas.", ms=900)
            )
        )
        await session.expect("response.cancel")
        await responding
        again = await session.expect("response.create")
        assert wording in str(again)
        await session.respond(Speech(wording, ms=900))
        claim = await session.expect("response.create")
        assert scripts("es").recorded["alert_committed"].text in str(claim)
        checked.set()

    async with world(script) as w, w.call():
        await asyncio.wait_for(checked.wait(), 30)
    assert {flag.flag for flag in await rows(CallFlag)} == {"chest_pain"}


async def test_a_mailbox_known_by_its_words_is_left_without_a_word(world: WorldOf, joan: Patient) -> None:
    from django.utils import timezone

    def placed() -> Call:
        return Call.objects.create(
            patient=joan, direction="outbound", purpose="scheduled", planned_for=timezone.now(),
            dialled_at=timezone.now(), state="dialling",
        )  # fmt: skip

    call = await in_database(placed)

    async def script(session: Session) -> None:
        await greeted(session)
        await session.hears("You have reached Joan. Please leave a message after the tone.", ms=800)
        await session.closed.wait()

    async with world(script) as w, w.line() as line:
        document = await line.dial(f"/voice?call={call.pk}")
        await line.open(document)
        await asyncio.wait_for(line.closed.wait(), 20)
        after = await line.after_stream(document)
    assert [type(verb).__name__ for verb in after.verbs] == ["Hangup"]
    row = (await rows(Call, pk=call.pk))[0]
    assert (row.answer_type, row.end_reason) == ("voicemail", "voicemail")


async def test_a_breathlessness_of_three_is_asked_about_further(world: WorldOf, joan: Patient) -> None:
    may_answer = asyncio.Event()

    async def script(session: Session) -> None:
        await greeted(session)
        await verified(session)
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"shortness_of_breath": 3}}, "u1"))
        await session.expect_tool_output("u1")
        for _ in range(2):
            await may_answer.wait()
            may_answer.clear()
            await session.hears("No.", ms=300)
        await session.expect("response.create")

    async with world(script) as w, w.call() as line:
        for key in ("breath_rest", "chest_now"):
            await heard(line, key)
            may_answer.set()
        (row,) = await until(lambda: list(ScreenResult.objects.all()), within_s=15)
        assert (row.screen, row.outcome) == ("breath", "none")
        record: Any = await until(lambda: PatientRecord.objects.exclude(breathless_at_rest=None).first())
        assert record.breathless_at_rest is False and record.shortness_of_breath == 3
