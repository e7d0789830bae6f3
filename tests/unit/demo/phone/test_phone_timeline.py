import io

from heartvoice.demo.phone.timeline import Timeline, render


def event(kind, at_s=100.0, call_sid="CA1", **data):
    return {"number": 1, "at_s": at_s, "kind": kind, "call_sid": call_sid, "data": data}


def test_a_call_reads_as_a_conversation():
    out = io.StringIO()
    timeline = Timeline(out)
    for one in (
        event("call.queued", persona="stable", name="Robert", direction="outbound-api"),
        event("call.ringing", 100.5),
        event("maya.said", 103.0, text="May I speak with Robert?"),
        event("patient.says", 165.04, text="Yes, this is Robert."),
        event("alert", 166.0, severity="critical", type="emergency", rule="E01"),
        event("patient.finished", 167.0),
    ):
        timeline.show(one)
    assert out.getvalue().splitlines() == [
        "00:00.0             call outbound-api: stable",
        "00:00.5             ringing",
        "00:03.0  Maya       “May I speak with Robert?”",
        "01:05.0  Robert     “Yes, this is Robert.”",
        "01:06.0  alert      critical emergency E01",
    ]


def test_long_words_are_wrapped_below_themselves():
    lines = render(event("maya.said", text="word " * 60), since_s=100.0).splitlines()
    assert len(lines) > 2
    assert all(len(line) <= 101 for line in lines)
    assert lines[1].startswith(" " * 20)


def test_colours_are_for_terminals_only():
    said = event("patient.says", text="Yes.")
    assert "\033[" not in render(said)
    assert "\033[33m" in render(said, colours=True)
    out = io.StringIO()
    Timeline(out).show(said)
    assert "\033[" not in out.getvalue()


def test_what_is_not_known_is_left_out():
    assert render(event("something.new")) == ""
    assert render(event("maya.said", text="")) == ""
