import pytest
from twilio.twiml.voice_response import Connect as BuiltConnect
from twilio.twiml.voice_response import Dial as BuiltDial
from twilio.twiml.voice_response import Gather as BuiltGather
from twilio.twiml.voice_response import VoiceResponse

from heartvoice.demo.phone import twiml

URL = "https://app.example.org/voice/start?x=1"


def test_what_the_official_builder_writes_is_read():
    response = VoiceResponse()
    connect = BuiltConnect(action="/voice/ended", method="POST")
    stream = connect.stream(
        url="wss://app.example.org/media", name="call-1", status_callback="/voice/stream-status"
    )
    stream.parameter(name="token", value="once")
    response.append(connect)
    gather = BuiltGather(input="dtmf speech", action="/voice/answer", timeout=4, num_digits=1)
    gather.say("Press 1 for yes.", language="en-US")
    response.append(gather)
    dial = BuiltDial(action="/voice/dialled", timeout=20)
    dial.number("+12015550199", url="/voice/whisper", status_callback="/s", status_callback_event="answered")
    response.append(dial)
    response.enqueue("nurses", action="/voice/queued", wait_url="/voice/wait")
    response.pause(length=2)
    response.play("https://app.example.org/static/call_911.wav")
    response.redirect("/voice/again")
    response.hangup()

    assert twiml.parse(str(response), URL).verbs == (
        twiml.Connect(
            url="wss://app.example.org/media",
            name="call-1",
            parameters={"token": "once"},
            status_url="https://app.example.org/voice/stream-status",
            action="https://app.example.org/voice/ended",
        ),
        twiml.Gather(
            prompts=(twiml.Say("Press 1 for yes."),),
            inputs=frozenset({"dtmf", "speech"}),
            action="https://app.example.org/voice/answer",
            timeout_s=4.0,
            num_digits=1,
        ),
        twiml.Dial(
            numbers=(
                twiml.Number(
                    "+12015550199",
                    "https://app.example.org/voice/whisper",
                    "POST",
                    "https://app.example.org/s",
                    ("answered",),
                ),
            ),
            action="https://app.example.org/voice/dialled",
            timeout_s=20.0,
        ),
        twiml.Enqueue(
            "nurses",
            "https://app.example.org/voice/queued",
            "POST",
            "https://app.example.org/voice/wait",
        ),
        twiml.Pause(2.0),
        twiml.Play("https://app.example.org/static/call_911.wav"),
        twiml.Redirect("https://app.example.org/voice/again"),
        twiml.Hangup(),
    )


def test_a_gather_without_action_posts_to_the_document_itself():
    (verb,) = twiml.parse("<Response><Gather/></Response>", URL).verbs
    assert isinstance(verb, twiml.Gather)
    assert verb.action == URL


def test_the_stream_url_is_kept_exactly_as_written():
    text = '<Response><Connect><Stream url="ws://127.0.0.1:8000/media/"/></Connect></Response>'
    (verb,) = twiml.parse(text, URL).verbs
    assert isinstance(verb, twiml.Connect)
    assert verb.url == "ws://127.0.0.1:8000/media/"


def test_a_verb_nobody_needs_is_named_and_skipped():
    assert twiml.parse("<Response><Record/><Hangup/></Response>", URL).verbs == (
        twiml.Unsupported("Record"),
        twiml.Hangup(),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not xml", 12100),
        ("<Other/>", 12100),
        ("<Response><Say>" + "x" * 4097 + "</Say></Response>", 13520),
        (
            '<Response><Connect><Stream url="wss://a/b"><Parameter name="n" value="'
            + "x" * 499
            + '"/></Stream></Connect></Response>',
            12200,
        ),
    ],
)
def test_a_document_that_cannot_run_is_refused_with_its_code(text, code):
    with pytest.raises(twiml.TwimlError) as raised:
        twiml.parse(text, URL)
    assert raised.value.code == code
