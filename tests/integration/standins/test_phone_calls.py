"""Whole calls through the telephone stand-in, against a tiny application over loopback sockets."""

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise

import pytest
from aiohttp import WSMsgType

from heartvoice.demo.phone.call import Options
from heartvoice.demo.phone.faults import Fault
from heartvoice.demo.phone.persona import personas
from heartvoice.demo.phone.sound import tone
from tests.standins.telephone import FROM_NUMBER, NURSE_NUMBER

ROBERT = "+12015550100"
SILENT = "+12015550107"
EVERY = ("initiated", "ringing", "answered", "completed")


def options(application, **changes):
    base = {
        "url": f"{application.url}/voice",
        "status_url": f"{application.url}/voice/status",
        "status_events": EVERY,
    }
    return Options(**{**base, **changes})


def place(phone, application, to=ROBERT, **changes):
    return phone.exchange.place(to=to, from_=FROM_NUMBER, options=options(application, **changes))


async def over(phone, call):
    await phone.exchange.events.wait_for(
        lambda event: event.kind == "call.reported" and event.call_sid == call.sid, 20
    )


def connect_twiml(application, rest="", **parameters):
    inside = "".join(f'<Parameter name="{name}" value="{value}"/>' for name, value in parameters.items())
    return (
        f'<Response><Connect action="/voice/ended"><Stream url="{application.media_url}" name="one"'
        f' statusCallback="/voice/stream-status">{inside}</Stream></Connect>{rest}</Response>'
    )


def brief(name):
    """A persona whose every sentence is short."""
    persona = personas()[name]
    return replace(persona, answers={topic: (said[0][:8],) for topic, said in persona.answers.items()})


class Socket:
    """The application's side of a media stream, with what came in sorted."""

    def __init__(self, web_socket):
        self.web_socket = web_socket
        self.messages = []
        self.sid = ""

    async def read(self, until):
        """Read until `until(message)`, and return that message; None at the end of the stream."""
        async for frame in self.web_socket:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            self.messages.append(message)
            self.sid = message.get("streamSid", self.sid)
            if until(message):
                return message
        return None

    async def event(self, kind):
        return await self.read(lambda message: message["event"] == kind)

    async def send(self, event, **fields):
        await self.web_socket.send_json({"event": event, "streamSid": self.sid, **fields})

    async def play(self, audio, mark=None):
        await self.send("media", media={"payload": b64encode(audio).decode()})
        if mark:
            await self.send("mark", mark={"name": mark})

    def of(self, kind):
        return [message for message in self.messages if message["event"] == kind]


async def test_an_answered_call_asks_for_twiml_and_reports_every_state_in_order(phone, application):
    application.answers["/voice"] = "<Response><Say>Hello.</Say><Hangup/></Response>"
    call = place(phone, application)
    await over(phone, call)
    posts = application.forms("/voice/status")
    assert [post["CallStatus"] for post in posts] == ["initiated", "ringing", "in-progress", "completed"]
    assert [post["SequenceNumber"] for post in posts] == ["0", "1", "2", "3"]
    assert all(post["CallbackSource"] == "call-progress-events" for post in posts)
    assert (posts[-1]["CallDuration"], posts[-1]["SipResponseCode"]) == ("0", "200")
    (asked,) = application.forms("/voice")
    assert (asked["CallSid"], asked["To"], asked["Direction"]) == (call.sid, ROBERT, "outbound-api")
    assert all(one.is_signed for one in application.asked)
    assert all(one.headers["I-Twilio-Idempotency-Token"] for one in application.asked)


@pytest.mark.parametrize(
    ("line", "status", "sip"),
    [("busy", "busy", "486"), ("no_answer", "no-answer", "487"), ("failed", "failed", "404")],
)
async def test_who_does_not_answer_is_reported_as_such(phone, application, line, status, sip):
    phone.exchange.assign(ROBERT, personas()["stable"], {"line": line})
    await over(phone, place(phone, application))
    last = application.forms("/voice/status")[-1]
    assert (last["CallStatus"], last["SipResponseCode"]) == (status, sip)
    assert application.forms("/voice") == []


async def test_a_number_nobody_has_fails(phone, application):
    await over(phone, place(phone, application, to="+12025550123"))
    assert application.forms("/voice/status")[-1]["CallStatus"] == "failed"


async def test_only_completed_is_reported_unless_more_is_asked_for(phone, application):
    call = place(phone, application, status_events=("completed",))
    await over(phone, call)
    assert [post["CallStatus"] for post in application.forms("/voice/status")] == ["completed"]


async def test_the_stream_opens_signed_and_counts_as_the_wire_says(phone, application):
    sockets = []

    async def media(web_socket):
        socket = Socket(web_socket)
        sockets.append(socket)
        await socket.read(lambda message: message.get("media", {}).get("chunk") == "25")
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application, token="once", lang="en")
    call = place(phone, application)
    await over(phone, call)
    (socket,) = sockets
    assert [message["event"] for message in socket.messages[:3]] == ["connected", "start", "media"]
    start = socket.of("start")[0]["start"]
    assert start["callSid"] == call.sid
    assert start["customParameters"] == {"token": "once", "lang": "en"}
    assert [one["sequenceNumber"] for one in socket.messages[1:]] == [str(n) for n in range(1, 27)]
    assert [one["media"]["timestamp"] for one in socket.of("media")] == [str(n * 20) for n in range(25)]
    assert application.streams[0].is_signed
    assert "Sec-WebSocket-Extensions" not in application.streams[0].headers
    # The application closed it: the action is asked, and both ends of the stream were reported.
    assert len(application.forms("/voice/ended")) == 1
    told = application.forms("/voice/stream-status")
    assert [one["StreamEvent"] for one in told] == ["stream-started", "stream-stopped"]
    assert all(one["StreamName"] == "one" and one["Timestamp"].endswith("Z") for one in told)


async def test_frames_leave_every_20_ms(phone, application):
    times = []

    async def media(web_socket):
        socket = Socket(web_socket)
        loop = asyncio.get_running_loop()
        for _ in range(60):
            await socket.event("media")
            times.append(loop.time())
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    await over(phone, place(phone, application))
    assert times[-1] - times[0] >= 59 * 0.02 - 0.1  # in time, not as fast as it can


async def test_marks_come_back_when_played_and_at_once_after_clear(phone, application):
    loop = asyncio.get_running_loop()
    seen = {}

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        began = loop.time()
        await socket.play(tone(300), "heard")
        await socket.play(tone(2000), "unheard")
        await socket.event("mark")
        seen["heard"] = loop.time() - began
        await socket.send("clear")
        await socket.event("mark")
        seen["unheard"] = loop.time() - began
        await socket.send("mark", mark={"name": "empty"})
        await socket.event("mark")
        seen["names"] = [one["mark"]["name"] for one in socket.of("mark")]
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    call = place(phone, application, to=SILENT)
    await over(phone, call)
    assert seen["names"] == ["heard", "unheard", "empty"]
    assert seen["heard"] >= 0.2
    assert seen["unheard"] - seen["heard"] < 2.0  # not played to its end
    ledger = call.ledger
    assert [(one["name"], one["is_unheard"]) for one in ledger.marks] == [
        ("heard", False),
        ("unheard", True),
        ("empty", False),
    ]
    assert ledger.clears[0]["dropped_ms"] == pytest.approx(2000, abs=120)
    assert ledger.clears[0]["played_ms"] + ledger.clears[0]["dropped_ms"] == 2300
    assert len(call.heard) == call.ledger.played_ms * 8


async def test_the_patient_hears_the_question_and_answers_it(phone, application):
    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        line = phone.exchange.lines[socket.messages[-1]["start"]["callSid"]]
        for text in ("May I speak with Robert?", "And swelling in your feet, from zero to four?", "Goodbye."):
            seen = phone.exchange.events.last
            line.ear.tell(text)
            await socket.play(tone(400))
            await phone.exchange.events.wait_for(
                lambda event: event.kind == "patient.finished", 8, after=seen
            )
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    phone.exchange.numbers[ROBERT] = brief("stable")
    call = place(phone, application)
    await over(phone, call)
    assert [answer.topic for answer in call.ledger.answers] == ["greeting", "swelling", "goodbye"]
    assert call.ledger.acknowledged() == ["greeting", "swelling"]


async def test_keys_arrive_as_dtmf(phone, application):
    got = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        phone.exchange.lines[socket.messages[-1]["start"]["callSid"]].patient.press("1#")
        got.extend([await socket.event("dtmf"), await socket.event("dtmf")])
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    await over(phone, place(phone, application))
    assert [one["dtmf"]["digit"] for one in got] == ["1", "#"]


async def test_a_patient_who_hangs_up_ends_the_call_with_stop_and_no_action(phone, application):
    ends = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        phone.exchange.faults.add(Fault("hang_up"))
        ends.append(await socket.event("stop"))

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    call = place(phone, application)
    await over(phone, call)
    assert ends[0]["stop"] == {"accountSid": call.account_sid, "callSid": call.sid}
    assert application.forms("/voice/ended") == []
    assert application.forms("/voice/status")[-1]["CallStatus"] == "completed"


async def test_new_twiml_takes_a_live_stream_over(phone, application):
    ends = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        call = phone.exchange.calls[socket.messages[-1]["start"]["callSid"]]
        phone.exchange.update(call, {"Twiml": "<Response><Say>Instead.</Say><Hangup/></Response>"})
        ends.append(await socket.event("stop"))

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    call = place(phone, application)
    await over(phone, call)
    assert ends[0] is not None
    assert application.forms("/voice/ended") == []
    said = [event.data["text"] for event in phone.exchange.events.after(0) if event.kind == "twiml.said"]
    assert said == ["Instead."]


@pytest.mark.parametrize("kind", ["drop_socket", "reset_socket"])
async def test_a_lost_socket_has_no_stop_and_the_action_is_asked(phone, application, kind):
    ends = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        phone.exchange.faults.add(Fault(kind))
        ends.append(await socket.event("stop"))

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    await over(phone, place(phone, application))
    assert ends == [None]
    assert len(application.forms("/voice/ended")) == 1
    told = [one["StreamEvent"] for one in application.forms("/voice/stream-status")]
    assert told == ["stream-started", "stream-error", "stream-stopped"]


async def test_a_stalled_line_plays_late_and_loses_nothing(phone, application):
    loop = asyncio.get_running_loop()
    took = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        phone.exchange.faults.add(Fault("stall", at_ms=200, for_ms=600))
        began = loop.time()
        await socket.play(tone(500), "after the stall")
        await socket.event("mark")
        took.append(loop.time() - began)
        await socket.read(lambda message: message.get("media", {}).get("chunk") == "60")
        took.append([int(one["media"]["chunk"]) for one in socket.of("media")])
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    await over(phone, place(phone, application, to=SILENT))
    assert took[0] == pytest.approx(1.1, abs=0.15)
    assert took[1] == list(range(1, 61))


async def test_lost_frames_leave_a_gap_in_the_chunks(phone, application):
    chunks = []

    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        phone.exchange.faults.add(Fault("lose_frames", at_ms=100, count=4))
        await socket.read(lambda message: message.get("media", {}).get("chunk") == "20")
        chunks.extend(int(one["media"]["chunk"]) for one in socket.of("media"))
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    await over(phone, place(phone, application))
    assert len(chunks) == 16
    assert max(after - before for before, after in pairwise(chunks)) == 5


@pytest.mark.parametrize(("refusal", "code"), [(403, 31920), (None, 31902)])
async def test_a_stream_that_cannot_open_is_reported_and_the_next_step_taken(
    phone, application, refusal, code
):
    application.refuses_media = refusal
    twiml = connect_twiml(application)
    if refusal is None:
        twiml = twiml.replace(application.media_url, "ws://127.0.0.1:9/media")
    application.answers["/voice"] = twiml
    await over(phone, place(phone, application))
    failed = [event.data["code"] for event in phone.exchange.events.after(0) if event.kind == "stream.failed"]
    assert failed == [code]
    assert len(application.forms("/voice/ended")) == 1


async def test_the_questionnaire_is_answered_in_words_and_in_keys(phone, application):
    application.answers["/voice"] = (
        '<Response><Gather input="dtmf speech" action="/q1"><Say>And swelling, from zero to four?</Say></Gather>'
        "</Response>"
    )
    application.answers["/q1"] = (
        '<Response><Gather input="dtmf" numDigits="1" action="/q2"><Say>How tired have you been, from zero to'
        " four?</Say></Gather></Response>"
    )
    application.answers["/q2"] = "<Response><Say>Goodbye.</Say></Response>"
    call = place(phone, application)
    await over(phone, call)
    assert application.forms("/q1")[0]["SpeechResult"].startswith("I would say zero, there is no swelling")
    assert float(application.forms("/q1")[0]["Confidence"]) > 0.5
    assert application.forms("/q2")[0]["Digits"] == "1"
    assert [answer.topic for answer in call.ledger.answers] == ["swelling", "fatigue"]
    assert call.ledger.acknowledged() == ["swelling"]


async def test_silence_goes_on_or_posts_nothing_as_the_gather_says(phone, application):
    application.answers["/voice"] = (
        '<Response><Gather action="/never"><Say>And swelling?</Say></Gather>'
        '<Gather action="/empty" actionOnEmptyResult="true"><Say>And swelling?</Say></Gather></Response>'
    )
    await over(phone, place(phone, application, to=SILENT))
    assert application.forms("/never") == []
    (empty,) = application.forms("/empty")
    assert "SpeechResult" not in empty
    assert "Digits" not in empty


@pytest.mark.parametrize(
    ("manner", "status", "bridged"),
    [
        ("accepts", "completed", "true"),
        ("declines", "no-answer", "false"),
        ("voicemail", "completed", "false"),
        ("busy", "busy", "false"),
        ("no_answer", "no-answer", "false"),
    ],
)
async def test_a_nurse_is_dialled_and_asked_to_accept(phone, application, manner, status, bridged):
    phone.exchange.manners[NURSE_NUMBER] = manner
    application.answers["/voice"] = (
        f'<Response><Dial action="/dialled" timeout="5"><Number url="/whisper">{NURSE_NUMBER}</Number></Dial>'
        "</Response>"
    )
    application.answers["/whisper"] = (
        '<Response><Gather numDigits="1" action="/accepted"><Say>Press 1 to accept.</Say></Gather><Hangup/>'
        "</Response>"
    )
    application.answers["/accepted"] = "<Response/>"
    call = place(phone, application)
    await over(phone, call)
    (told,) = application.forms("/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == (status, bridged)
    assert told["DialCallSid"] != call.sid
    accepted = application.forms("/accepted")
    assert [one["Digits"] for one in accepted] == (["1"] if manner == "accepts" else [])
    assert all(one["ParentCallSid"] == call.sid for one in application.forms("/whisper"))


async def test_a_queue_is_left_as_it_was_told_to(phone, application):
    phone.exchange.queues["nurses"] = "queue-full"
    application.answers["/voice"] = '<Response><Enqueue action="/queued">nurses</Enqueue></Response>'
    await over(phone, place(phone, application))
    assert application.forms("/queued")[0]["QueueResult"] == "queue-full"


async def test_the_fallback_is_asked_when_the_application_fails(phone, application):
    application.answers["/voice"] = 500
    application.answers["/fallback"] = "<Response><Say>Please call your clinic.</Say></Response>"
    call = place(phone, application, fallback_url=f"{application.url}/fallback")
    await over(phone, call)
    (blamed,) = application.forms("/fallback")
    assert (blamed["ErrorCode"], blamed["ErrorUrl"]) == ("11200", f"{application.url}/voice")
    assert application.forms("/voice/status")[-1]["CallStatus"] == "completed"


async def test_an_application_that_fails_is_retried_as_its_url_says(phone, application):
    application.answers["/voice"] = 503
    await over(phone, place(phone, application, url=f"{application.url}/voice#rc=2&rp=5xx"))
    tokens = [one.headers["I-Twilio-Idempotency-Token"] for one in application.asked if one.path == "/voice"]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1


async def test_a_human_is_told_apart_beside_the_call_and_a_machine_by_its_beep(phone, application):
    detect = {"machine_detection": "DetectMessageEnd", "is_amd_async": True}
    application.answers["/voice"] = connect_twiml(application)

    async def media(web_socket):
        await Socket(web_socket).event("stop")

    application.media = media
    human = place(phone, application, amd_url=f"{application.url}/voice/amd", **detect)
    (told,) = await application.wait_for("/voice/amd")
    assert (told["CallSid"], told["AnsweredBy"]) == (human.sid, "human")
    phone.exchange.numbers[ROBERT] = brief("voicemail")
    call = place(phone, application, amd_url=f"{application.url}/voice/amd", **detect)
    told = (await application.wait_for("/voice/amd", 2, within_s=15))[1]
    assert (told["CallSid"], told["AnsweredBy"]) == (call.sid, "machine_end_beep")
    assert int(told["MachineDetectionDuration"]) > 500


async def test_without_async_detection_the_twiml_waits_for_it(phone, application):
    await over(phone, place(phone, application, machine_detection="Enable"))
    assert application.forms("/voice")[0]["AnsweredBy"] == "human"


async def test_a_patient_can_call_in(phone, application):
    application.answers["/voice"] = "<Response><Say>Hello.</Say></Response>"
    call = phone.exchange.ring_in(from_=ROBERT)
    await over(phone, call)
    (asked,) = application.forms("/voice")
    assert (asked["Direction"], asked["From"], asked["CallStatus"]) == ("inbound", ROBERT, "ringing")
    (ended,) = application.forms("/voice/status")
    assert ended["CallStatus"] == "completed"


async def test_a_rejected_caller_is_never_answered(phone, application):
    application.answers["/voice"] = '<Response><Reject reason="busy"/></Response>'
    call = phone.exchange.ring_in(from_=ROBERT)
    await over(phone, call)
    assert call.started_at is None
    assert call.status == "busy"


async def test_status_callbacks_come_twice_backwards_or_never_when_told_to(phone, application):
    phone.exchange.faults.add(Fault("status_twice", phone=ROBERT))
    await over(phone, place(phone, application))
    assert [one["SequenceNumber"] for one in application.forms("/voice/status")] == list("00112233")
    application.asked.clear()
    phone.exchange.faults.clear()
    phone.exchange.faults.add(Fault("status_reversed", phone=ROBERT))
    await over(phone, place(phone, application))
    assert [one["SequenceNumber"] for one in application.forms("/voice/status")] == list("3210")
    application.asked.clear()
    phone.exchange.faults.clear()
    phone.exchange.faults.add(Fault("status_lost", phone=ROBERT))
    await over(phone, place(phone, application))
    assert application.forms("/voice/status") == []


async def test_what_the_application_sends_wrongly_is_warned_of_and_harms_nothing(phone, application):
    async def media(web_socket):
        socket = Socket(web_socket)
        await socket.event("start")
        await web_socket.send_str("{")
        await web_socket.send_json({"event": "clear", "streamSid": "MZ0"})
        await socket.send("unknown")
        await socket.send("mark", mark={"name": "still alive"})
        await socket.event("mark")
        await web_socket.close()

    application.media = media
    application.answers["/voice"] = connect_twiml(application)
    call = place(phone, application)
    await over(phone, call)
    assert len(call.ledger.warnings) == 3
    assert call.status == "completed"
