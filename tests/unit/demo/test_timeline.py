"""The lines a reader sees while a simulated call goes on."""

from __future__ import annotations

import io

from heartvoice.demo.timeline import Timeline


def test_a_row_is_printed_once_with_its_time_and_speaker() -> None:
    out = io.StringIO()
    timeline = Timeline(out)
    for _ in range(2):
        timeline.row("turn 1", timeline.started_at + 12.34, "Maya", "Hello.")
    assert out.getvalue() == "   12.3 s  Maya      Hello.\n"


def test_a_long_text_is_wrapped_under_itself() -> None:
    out = io.StringIO()
    timeline = Timeline(out, width=50)
    timeline.row("turn 1", timeline.started_at, "patient", "one two three four five six seven eight")
    first, second = out.getvalue().splitlines()
    assert first.index("one") == second.index(second.split()[0])


def test_events_that_nobody_wants_to_see_are_left_out() -> None:
    out = io.StringIO()
    timeline = Timeline(out)
    timeline.event({"number": 1, "at_s": timeline.started_at, "kind": "line.clear", "data": {}})
    timeline.event({"number": 2, "at_s": timeline.started_at, "kind": "call.ringing", "data": {}})
    assert out.getvalue() == "    0.0 s  phone     ringing\n"


def test_a_file_gets_no_colours() -> None:
    out = io.StringIO()
    Timeline(out).row("alert 1", 0.0, "ALERT", "critical")
    assert "\033" not in out.getvalue()


def test_that_maya_begins_to_speak_is_said_once() -> None:
    out = io.StringIO()
    timeline = Timeline(out)
    for number in (1, 2):
        timeline.event({"number": number, "at_s": timeline.started_at, "kind": "maya.speaks", "data": {}})
    assert out.getvalue() == "    0.0 s  phone     Maya begins to speak\n"
