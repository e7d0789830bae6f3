"""When the engine takes the line from the model: which approved script, and what may be said about it. Pure.

The order is fixed: cut everything, read the script, and say that the care team knows only after the alert and
its notification jobs are committed. Otherwise say to call 911.
"""

from __future__ import annotations

from enum import Enum, auto

from alerts.phrases.model import FlagHit, ScanResult

# First match wins: an overdose needs Poison Help even when the wish to die is said with it.
SCRIPT_OF_FLAG: tuple[tuple[str, str], ...] = (
    ("overdose", "overdose_911"),
    ("suicidal_ideation", "crisis_988"),
    ("stroke_signs", "stroke_911"),
    ("fall", "fall_911"),
    ("head_injury", "fall_911"),
    ("confusion", "confusion_911"),
    ("unresponsive", "confusion_911"),
)
DEFAULT_SCRIPT = "call_911"


def critical_hits(result: ScanResult) -> tuple[FlagHit, ...]:
    """The hits that mean a life at risk now."""
    return tuple(hit for hit in result.flags if hit.severity == "critical" and hit.alert_type == "emergency")


def script_for(flags: tuple[str, ...]) -> str:
    """The key of the script to read out for these flags."""
    for flag, script in SCRIPT_OF_FLAG:
        if flag in flags:
            return script
    return DEFAULT_SCRIPT


class Claim(Enum):
    """What is known about the alert."""

    OPEN = auto()
    COMMITTED = auto()
    FAILED = auto()


class Takeover:
    """One call's emergencies: which scripts were read, which alerts are committed, who has the line."""

    def __init__(self) -> None:
        self.is_on = False
        self.has_happened = False
        self.scripts: list[str] = []
        self._claims: dict[int, Claim] = {}
        self._is_told: bool | None = None

    def begin(self, script: str, ticket: int | None) -> bool:
        """The engine takes the line. True when this script is to be read (the same one is not read twice)."""
        is_new = script not in self.scripts
        self.is_on = self.has_happened = True
        if is_new:
            self.scripts.append(script)
        if ticket is None:
            self._claims[-1] = Claim.COMMITTED  # a tool committed it before it answered
        else:
            self._claims[ticket] = Claim.OPEN
        return is_new

    def settle(self, ticket: int, claim: Claim) -> None:
        """The alert of that ticket is committed, or could not be."""
        if ticket in self._claims:
            self._claims[ticket] = claim

    def next_claim(self) -> str:
        """The recording that tells what became of the alert, "" while it is open or has been told."""
        if not self.is_on or not self._claims:
            return ""
        if Claim.FAILED in self._claims.values():
            return self._tell(False, "alert_failed")
        if all(claim is Claim.COMMITTED for claim in self._claims.values()):
            return self._tell(True, "alert_committed")
        return ""

    def _tell(self, committed: bool, key: str) -> str:
        if self._is_told == committed:
            return ""
        self._is_told = committed
        return key

    @property
    def is_settled(self) -> bool:
        """True when nothing is open."""
        return Claim.OPEN not in self._claims.values()

    def end(self) -> bool | None:
        """The model gets the line back. Returns what the patient was told: committed, not, or nothing."""
        told = self._is_told
        self.is_on = False
        self._claims.clear()
        self._is_told = None
        return told
