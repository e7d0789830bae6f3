"""The scanner's test of itself, run before calls are placed: known phrases must be judged as known. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.phrases.datafiles import VERSION, DataError, load
from alerts.phrases.model import ScanContext, Segment
from alerts.phrases.scanner import scan


@dataclass(frozen=True, slots=True)
class SelfTest:
    """`failures` name each canary that was misjudged; the scanner may be used only if there is none."""

    version: str
    canaries: int
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures and self.canaries > 0


def self_test() -> SelfTest:
    """Load all data and judge the canaries. Never raises: what goes wrong is a failure."""
    try:
        canaries = load("selftest.toml")["canary"]
    except (DataError, OSError, KeyError, ValueError) as error:
        return SelfTest(VERSION, 0, (f"data: {error}",))
    failures: list[str] = []
    for canary in canaries:
        try:
            result = scan(Segment(canary["says"]), ScanContext(last_question=canary.get("question")))
        except Exception as error:  # a broken scanner must be reported, whatever broke it
            failures.append(f"{canary['says']}: {type(error).__name__}")
            continue
        if set(result.names) != set(canary["flags"]) or result.severity != canary["severity"]:
            failures.append(f"{canary['says']}: {', '.join(result.names) or 'none'}, {result.severity}")
    return SelfTest(VERSION, len(canaries), tuple(failures))
