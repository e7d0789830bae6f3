"""A call as a readable timeline for the terminal, from the stand-in's events and from the product's own.

    timeline = Timeline(sys.stdout)
    for event in events: timeline.show(event)

An event is a mapping with at least `kind`, `at_s` (Unix time) and `call_sid`; `data` holds the rest. Kinds of the
product that are known here: "tool" (name, ok), "alert" (severity, type, rule), "record" (field), "biomarker".
"""

import asyncio
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import aiohttp

WIDTH = 100
NAME_WIDTH = 9

_COLOURS = {"Maya": "36", "patient": "33", "phone": "90", "alert": "31;1", "record": "32", "trouble": "31"}

Data = Mapping[str, Any]


class Timeline:
    """Writes one or more lines per event; colours only on a terminal."""

    def __init__(self, out: TextIO, *, colours: bool | None = None) -> None:
        self._out = out
        self._colours = out.isatty() if colours is None else colours
        self._started: dict[str, float] = {}
        self._names: dict[str, str] = {}

    def show(self, event: Mapping[str, Any]) -> None:
        """Write what is worth writing of `event`."""
        sid = event.get("call_sid", "")
        started = self._started.setdefault(sid, event["at_s"])
        if event["kind"] == "call.queued":
            self._names[sid] = event["data"].get("name") or "patient"
        line = render(event, since_s=started, name=self._names.get(sid, "patient"), colours=self._colours)
        if line:
            print(line, file=self._out, flush=True)


def render(
    event: Mapping[str, Any], *, since_s: float | None = None, name: str = "patient", colours: bool = False
) -> str:
    """`event` as it stands in the timeline, empty when it is not worth a line.

    `since_s` is the Unix time that the clock on the left counts from, `name` who the patient is called.
    """
    data: Data = event.get("data", {})
    teller = _TELLERS.get(event["kind"])
    if teller is None:
        return ""
    who, text = teller(data)
    if not text:
        return ""
    elapsed = max(0.0, event["at_s"] - (event["at_s"] if since_s is None else since_s))
    clock = f"{int(elapsed // 60):02d}:{elapsed % 60:04.1f}"
    shown = name[:NAME_WIDTH] if who == "patient" else who if who in {"Maya", "alert", "record"} else ""
    lines = textwrap.wrap(text, WIDTH - len(clock) - NAME_WIDTH - 4) or [""]
    head = f"{clock}  {shown:<{NAME_WIDTH}}  "
    body = ("\n" + " " * len(head)).join(lines)
    code = _COLOURS.get(who)
    return f"{head}\033[{code}m{body}\033[0m" if colours and code else head + body


async def follow(base_url: str, show: Callable[[Mapping[str, Any]], None], *, until_call: str = "") -> None:
    """Show the events of a running stand-in as they come; with `until_call`, until that call is reported."""
    after = 0
    async with aiohttp.ClientSession() as session:
        while True:
            asked = {"after": str(after), "wait": "25"}
            async with session.get(f"{base_url}/control/events", params=asked) as reply:
                events: list[dict[str, Any]] = await reply.json()
            for event in events:
                after = event["number"]
                if until_call and event["call_sid"] not in {"", until_call}:
                    continue
                show(event)
                if event["kind"] == "call.reported" and event["call_sid"] == until_call:
                    return


def _quoted(data: Data) -> str:
    return f"“{data.get('text', '')}”"


def _maya_said(data: Data) -> tuple[str, str]:
    return ("Maya", _quoted(data)) if data.get("text") else ("", "")


def _cleared(data: Data) -> tuple[str, str]:
    unsaid_ms = data.get("dropped_ms", 0)
    return ("phone", f"Maya stops, {unsaid_ms} ms unsaid") if unsaid_ms else ("", "")


def _ended(data: Data) -> tuple[str, str]:
    return "phone", f"line ended after {data.get('duration_s', 0)} s"


_TELLERS: dict[str, Callable[[Data], tuple[str, str]]] = {
    "call.queued": lambda data: ("phone", f"call {data.get('direction', '')}: {data.get('persona', '')}"),
    "call.ringing": lambda data: ("phone", "ringing"),
    "call.in-progress": lambda data: ("phone", "answered"),
    "call.completed": _ended,
    "call.busy": lambda data: ("phone", "busy"),
    "call.no-answer": lambda data: ("phone", "nobody answers"),
    "call.failed": lambda data: ("trouble", "call failed"),
    "call.canceled": lambda data: ("phone", "call cancelled"),
    "amd": lambda data: ("phone", f"answered by: {data.get('answered_by', '')}"),
    "stream.started": lambda data: ("phone", "media stream open"),
    "stream.stopped": lambda data: ("phone", "media stream closed"),
    "stream.failed": lambda data: (
        "trouble",
        f"media stream failed: {data.get('code')} {data.get('reason')}",
    ),
    "stream.warning": lambda data: ("trouble", f"warning {data.get('code')}: {data.get('reason')}"),
    "webhook.failed": lambda data: (
        "trouble",
        f"{data.get('what')}: {data.get('code')} {data.get('reason')}",
    ),
    "line.clear": _cleared,
    "maya.said": _maya_said,
    "twiml.said": _maya_said,
    "patient.says": lambda data: ("patient", _quoted(data)),
    "patient.keys": lambda data: ("patient", f"keys {data.get('digits', '')}"),
    "patient.hangs_up": lambda data: ("patient", "hangs up"),
    "dial.ringing": lambda data: ("phone", "ringing the nurse"),
    "dial.bridged": lambda data: ("phone", "a nurse is on the line"),
    "dial.ended": lambda data: ("phone", f"nurse's line: {data.get('status', '')}"),
    "sms.sent": lambda data: ("phone", f"text message to {data.get('to', '')}: {data.get('body', '')}"),
    "fault": lambda data: ("trouble", f"fault made: {data.get('what', '')}"),
    "tool": lambda data: (
        "record",
        f"{data.get('name', '')} {'done' if data.get('ok', True) else 'refused'}",
    ),
    "record": lambda data: ("record", f"written: {data.get('field', '')}"),
    "biomarker": lambda data: ("record", f"voice: {data.get('summary', '')}"),
    "alert": lambda data: (
        "alert",
        " ".join(str(data[key]) for key in ("severity", "type", "rule", "description") if data.get(key)),
    ),
}


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1], Timeline(sys.stdout).show))
