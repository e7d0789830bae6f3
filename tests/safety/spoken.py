"""The patients that really speak: each one call through the demo's whole stack, in real time, by `./run call`.

Recorded voices, a real recogniser, a local voice agent that decides by itself. What must be so stands in the persona's
own file; the command's exit code says whether it is, its last line what there was.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from heartvoice.demo.commands.call import persona_summaries
from heartvoice.demo.environment import project_root
from tests.safety.report import Row

HAZARD = "really spoken"
LONGEST_S = 900
COMPLAINT = "NOT AS EXPECTED:"


def spoken_rows(folder: Path, wanted: Sequence[str]) -> list[Row]:
    """One row for each persona (all of them when none is named); what was said is kept beside the report."""
    known = persona_summaries()
    return [_row(name, known[name], folder) for name in wanted or known]


def _row(name: str, summary: str, folder: Path) -> Row:
    print(f"  {name} speaks ...", flush=True)
    began = time.monotonic()
    log = folder / f"spoken-{name}.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [sys.executable, "-m", "heartvoice.demo.commands.call", name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=project_root(),
            timeout=LONGEST_S,
            check=False,
        )
    lines = log.read_text(encoding="utf-8").splitlines()
    return spoken_row(name, summary, lines, is_good=done.returncode == 0, took_s=time.monotonic() - began)


def spoken_row(name: str, summary: str, lines: Sequence[str], *, is_good: bool, took_s: float) -> Row:
    """The row of one call from what the command printed."""
    return Row(
        hazard=HAZARD,
        patient=name,
        summary=summary,
        must="what the persona's [expect] table says is in the database",
        happened="; ".join(_happened(_summary(lines))),
        word="pass" if is_good else "fail",
        failed=() if is_good else tuple(_complaints(lines)),
        took_s=round(took_s, 1),
    )


def _summary(lines: Sequence[str]) -> dict[str, Any]:
    """The command's last line, or nothing when it did not come so far."""
    try:
        found = json.loads(lines[-1])
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _happened(found: dict[str, Any]) -> Iterable[str]:
    if not found:
        yield "the call did not come to its end"
        return
    alerts = [f"{one['severity']} {one['type']} ({one['rule']})" for one in found["alerts"]]
    yield f"alerts: {', '.join(alerts)}" if alerts else "no alert"
    yield f"call {found['state']}, {found['duration_s']:.0f} s"
    yield "identity verified" if found["identity_verified"] else "identity not verified"
    yield f"{found['records']} record, {found['biomarkers']} voice segments"


def _complaints(lines: Sequence[str]) -> Iterable[str]:
    told = [line.partition(COMPLAINT)[2].strip() for line in lines if COMPLAINT in line]
    return told or lines[-3:]
