import json

import pytest

from heartvoice.demo.phone.media import Bad, Clear, Mark, Media, Writer, parse

SID = "MZ1"


def message(**fields):
    return json.dumps({"streamSid": SID, **fields})


def test_messages_carry_numbers_as_strings_and_count_from_the_start():
    writer = Writer(account_sid="AC1", call_sid="CA1", stream_sid=SID)
    assert json.loads(writer.connected()) == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = json.loads(writer.start({"token": "once"}))
    assert start == {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": SID,
        "start": {
            "accountSid": "AC1",
            "streamSid": SID,
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": "once"},
        },
    }
    media = json.loads(writer.media(b"\xff" * 160, chunk=1, at_ms=20))
    assert (media["sequenceNumber"], media["media"]["chunk"], media["media"]["timestamp"]) == ("2", "1", "20")
    assert json.loads(writer.dtmf("1"))["dtmf"] == {"track": "inbound_track", "digit": "1"}
    assert json.loads(writer.mark("a:1"))["mark"] == {"name": "a:1"}
    assert json.loads(writer.stop()) == {
        "event": "stop",
        "sequenceNumber": "5",
        "streamSid": SID,
        "stop": {"accountSid": "AC1", "callSid": "CA1"},
    }


def test_what_the_application_sends_is_read():
    assert parse(message(event="media", media={"payload": "//8="}), SID) == Media(b"\xff\xff")
    assert parse(message(event="mark", mark={"name": "m"}), SID) == Mark("m")
    assert parse(message(event="clear"), SID) == Clear()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        "[" * 100_000,
        message(event="media", media={"payload": "not base64!"}),
        message(event="media", media={}),
        message(event="media", media=None),
        message(event="start"),
        json.dumps({"event": "clear", "streamSid": "MZ2"}),
        json.dumps({"event": "clear"}),
    ],
)
def test_what_is_wrong_is_bad_and_never_raises(text):
    assert isinstance(parse(text, SID), Bad)
