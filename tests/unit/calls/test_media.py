"""Media Streams messages: read what is right, skip what is not, raise never."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.events import (
    CallerAudio,
    KeyPressed,
    LineOpened,
    MarkPlayed,
    StreamStarted,
    StreamStopped,
    Unreadable,
)
from calls.twilio.media import Writer, parse

FRAME = base64.b64encode(bytes(160)).decode()
START = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"session_token": "secret", "patientId": "somebody else"},
    },
}


def media(payload: object = FRAME, **more: object) -> str:
    body = {"track": "inbound", "chunk": "1", "timestamp": "5", "payload": payload} | more
    return json.dumps({"event": "media", "sequenceNumber": "3", "streamSid": "MZ1", "media": body})


def test_a_frame_keeps_its_payload_as_it_came() -> None:
    assert parse(media(), "MZ1") == CallerAudio(FRAME, bytes(160))


def test_the_start_is_read_and_only_the_token_of_its_parameters_is() -> None:
    assert parse(json.dumps(START)) == StreamStarted("MZ1", "CA1", "AC1", "secret")


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('{"event":"connected","protocol":"Call","version":"1.0.0"}', LineOpened()),
        ('{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"1"}}', KeyPressed("1")),
        ('{"event":"mark","streamSid":"MZ1","mark":{"name":"item_3:1200"}}', MarkPlayed("item_3:1200")),
        ('{"event":"stop","streamSid":"MZ1","stop":{"callSid":"CA1"}}', StreamStopped()),
    ],
)
def test_each_event_has_its_word(text: str, event: object) -> None:
    assert parse(text, "MZ1") == event


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("[" * 100_000, "too_big"),
        ("[" * 30_000, "not_json"),
        ('{"event":NaN}', "not_json"),
        ("[]", "not_an_object"),
        ("7", "not_an_object"),
        ("{}", "unknown_event"),
        ('{"event":7}', "unknown_event"),
        ('{"event":"media"}', "bad_media"),
        ('{"event":"media","media":[]}', "bad_media"),
        (media(7), "bad_media"),
        (media(""), "bad_media"),
        (media("not base64!"), "bad_base64"),
        (media(FRAME[:-1]), "bad_base64"),
        (media("é" * 8), "bad_base64"),
        (media(track="outbound"), "wrong_track"),
        ('{"event":"media","streamSid":"MZ2","media":{"payload":"AAAA"}}', "foreign_stream"),
        ('{"event":"mark","mark":{}}', "bad_mark"),
        ('{"event":"dtmf","dtmf":{"digit":"12"}}', "bad_dtmf"),
        ('{"event":"start","start":{"streamSid":"MZ1"}}', "bad_start"),
        ('{"event":"start","start":{"streamSid":7,"callSid":"CA1"}}', "bad_start"),
    ],
)
def test_what_makes_no_sense_is_unreadable_with_a_reason(text: str, reason: str) -> None:
    assert parse(text, "MZ1") == Unreadable(reason)


@pytest.mark.parametrize(
    "format", [{"encoding": "audio/opus"}, {"sampleRate": 16000}, {"channels": 2}, "mulaw", 7]
)
def test_a_stream_of_another_format_is_refused(format: object) -> None:
    start = {**START, "start": {**START["start"], "mediaFormat": format}}  # type: ignore[dict-item]
    assert parse(json.dumps(start)) == Unreadable("wrong_format")


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    parse(text, "MZ1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["media", "start", "mark", "dtmf", "stop", "connected"]), JSON, JSON)
def test_no_shape_of_a_known_event_raises(event: str, body: object, start: object) -> None:
    parse(json.dumps({"event": event, event: body, "streamSid": start}), "MZ1")
    parse(
        json.dumps({"event": event, event: {"payload": body, "digit": body, "name": body, "callSid": start}})
    )


def test_what_is_written_is_what_the_phone_expects() -> None:
    writer = Writer('MZ"1')
    assert json.loads(writer.media(FRAME)) == {
        "event": "media",
        "streamSid": 'MZ"1',
        "media": {"payload": FRAME},
    }
    assert json.loads(writer.mark("a:1"))["mark"] == {"name": "a:1"}
    assert json.loads(writer.clear()) == {"event": "clear", "streamSid": 'MZ"1'}
