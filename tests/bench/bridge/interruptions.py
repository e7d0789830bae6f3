"""Callers who interrupt: how soon the phone is silent, and whether the model is told what was heard.

    python -m tests.bench.bridge.interruptions '{"url": ..., "port": ..., "phones": [...], ...}'

Both ends are here, on one clock: phones that play in real time and return marks, and a scripted model. Prints one
JSON object. What this process itself is late is part of every figure.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from typing import Any

import uvloop

from tests.standins.phone_line import PhoneLine
from tests.standins.realtime import RealtimeStandin
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session

WORDS = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."
REPLY_MS = 8_000
ROUNDS = 4
KINDS = (
    ("first", 1_500, 0),
    ("second", 2_300, 0),
    ("stall", 1_900, 1_000),
)  # name, interrupted at ms, stall ms
WITHIN_MS = 60


async def nothing(session: Session) -> None:
    """What is said is decided below."""
    await session.expect("response.create")


async def interrupted(session: Session, line: PhoneLine, at_ms: int, stall_ms: int) -> tuple[float, int]:
    """One reply cut off by the caller: ms until the clear was at the phone, and ms told less ms heard."""
    loop = asyncio.get_running_loop()
    before = line.played_ms
    clears = len(line.clears)
    speaking = asyncio.create_task(session.respond(Speech(WORDS, ms=REPLY_MS)))
    if stall_ms:
        await line.until(lambda: line.played_ms >= before + at_ms // 2)
        line.stall(stall_ms)
    await line.until(lambda: line.played_ms >= before + at_ms)
    began = loop.time()
    session.speech_started()
    await line.until(lambda: len(line.clears) > clears)
    cleared = line.clears[-1]
    told = (await session.expect("conversation.item.truncate"))["audio_end_ms"]
    session.speech_stopped(ms=300)
    await speaking
    return (cleared.at_s - began) * 1000, told - (cleared.played_ms - before)


async def caller(session: Session, line: PhoneLine, late_s: float, found: dict[str, list[Any]]) -> None:
    """One call: every kind of interruption, several times."""
    await asyncio.sleep(late_s)  # calls do not interrupt in step
    for _ in range(ROUNDS):
        for kind, at_ms, stall_ms in KINDS:
            took, off = await interrupted(session, line, at_ms, stall_ms)
            found["clear"].append(took)
            found[kind].append(off)


def summary(values: list[int]) -> dict[str, float]:
    amounts = sorted(abs(value) for value in values)
    return {
        "count": len(values),
        "median": statistics.median(values),
        "p95": amounts[int(len(amounts) * 0.95)],
        "worst": max(values, key=abs),
        "within": sum(amount <= WITHIN_MS for amount in amounts),
    }


async def main(wanted: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {"clear": [], "first": [], "second": [], "stall": []}
    lines: list[PhoneLine] = []
    async with RealtimeStandin(nothing, port=wanted["port"]) as model:
        for number, phone in enumerate(wanted["phones"]):
            line = PhoneLine(wanted["url"], wanted["account_sid"], wanted["auth_token"], from_=phone)
            await line.open(await line.dial())
            session = await model.session(number)
            await session.until(lambda session=session: bool(session.of("response.create")))  # type: ignore[misc]
            lines.append(line)
        await asyncio.gather(
            *(
                caller(session, line, number * 0.137 % 2, found)
                for number, (session, line) in enumerate(zip(model.sessions, lines, strict=True))
            )
        )
        model.check()
        for line in lines:
            await line.__aexit__()
    clears = sorted(found["clear"])
    return {
        "calls": len(lines),
        "count": len(clears),
        "clear_p50": clears[len(clears) // 2],
        "clear_p99": clears[int(len(clears) * 0.99)],
        "clear_worst": clears[-1],
        **{kind: summary(found[kind]) for kind, _, _ in KINDS},
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.loads(sys.argv[1])))))
