"""A few simulated patients of the safety evaluation through the whole product; `./run safety` plays them all.

One system and one run for all of them, at the same time: each test reads its patient's verdict.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from heartvoice.demo.environment import project_root
from tests.safety.script import scripts

QUICK = [script for script in scripts() if script.quick]
LONGEST_S = 240

pytestmark = pytest.mark.timeout(LONGEST_S + 20)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The evaluation's report on them."""
    folder = tmp_path_factory.mktemp("safety")
    output = asyncio.run(_evaluation(folder))
    assert (folder / "report.json").exists(), output
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found


async def _evaluation(folder: Path) -> str:
    """What the command said; it is told to stop when it takes too long."""
    log = folder / "output.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.safety", str(folder), "--quick", "--no-phrases", "--at-once", "6"),
            stdout=output,
            stderr=output,
            cwd=project_root(),
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        )
        try:
            async with asyncio.timeout(LONGEST_S):
                await process.wait()
        except TimeoutError:
            process.terminate()
            await process.wait()
    return log.read_text()


@pytest.mark.parametrize("name", [script.name for script in QUICK])
def test_a_simulated_patient_comes_to_no_harm(report: dict[str, Any], name: str) -> None:
    (row,) = [one for one in report["patients"] if one["patient"] == name]
    assert row["word"] == "pass", "; ".join(row["failed"])
    assert row["checks"] >= 4


def test_every_critical_flag_was_committed_and_paged_in_time(report: dict[str, Any]) -> None:
    critical = [script for script in QUICK if any(step.critical for step in script.steps)]
    for name in ("alert_committed", "pages_committed", "first_page_sent"):
        assert report["seconds"][name]["n"] == len(critical)
