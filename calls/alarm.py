"""When the engine takes the line from the model: which approved script, and what may be said about it. Pure.

The order is fixed: cut everything, read the script, and say that the care team knows only after the alert and
its notification jobs are committed. Otherwise say to call 911. What has been read out is known by its kind of
emergency, not by its script: two emergencies may share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from alerts.phrases.flags import EMERGENCIES, KINDS, LOST
from alerts.phrases.model import FlagHit, ScanResult

SUICIDE, OVERDOSE, FALL = "suicidal_ideation", "overdose", "fall"
DOUBT_OF_SUICIDE = "clarify:suicidal_ideation"
UNNAMED = "emergency"  # one that the model has raised in words that name none that we know
DETECTOR_FAULT = "detector:failed"
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
DEFAULT_SCRIPT, CRISIS_SCRIPT, FALL_SCRIPT = "call_911", "crisis_988", "fall_911"
SCRIPTS = frozenset({DEFAULT_SCRIPT, *(script for _, script in SCRIPT_OF_FLAG)})
SAME_AS = {"head_injury": "fall", "unresponsive": "confusion"}  # one emergency under two flags


def kind_of(flag: str) -> str:
    """The kind of emergency that a flag tells of."""
    return SAME_AS.get(flag, flag)


KIND_OF_RULE = {KINDS[flag].rule_id: kind_of(flag) for flag in EMERGENCIES}


def critical_hits(result: ScanResult) -> tuple[FlagHit, ...]:
    """The hits that mean a life at risk now."""
    return tuple(hit for hit in result.flags if hit.severity == "critical" and hit.alert_type == "emergency")


def critical_kinds(result: ScanResult) -> frozenset[str]:
    """The emergencies in these words that mean a life at risk now."""
    return frozenset(kind_of(hit.flag) for hit in critical_hits(result)) - {LOST}


def kinds_raised(flag: str) -> frozenset[str]:
    """The critical emergency that a screen's reply raises; none for "" and for what is less ("fall:high")."""
    return frozenset({kind_of(flag)} if flag and ":" not in flag else ())


def kinds_found(found: Iterable[str]) -> frozenset[str]:
    """The emergencies that the rules hold to be critical, of what they have found ("E06:critical").

    A lost line is none of them: there is nothing to say that was not said.
    """
    pairs = (one.partition(":") for one in found)
    return frozenset(KIND_OF_RULE.get(rule, "") for rule, _, severity in pairs if severity == "critical") - {
        LOST,
        "",
    }


def script_for(flags: Iterable[str]) -> str:
    """The key of the script to read out for these flags."""
    flags = set(flags)
    for flag, script in SCRIPT_OF_FLAG:
        if flag in flags:
            return script
    return DEFAULT_SCRIPT


def scripts_for(flags: Iterable[str], *, has_fallen: bool = False) -> tuple[str, ...]:
    """The scripts to read out: that of the worst need, and after it that of a wish to die, which asks for more than 911.

    `has_fallen`: whoever is on the floor is never told to get up and open the door.
    """
    flags = set(flags)
    first = script_for(flags)
    if first == DEFAULT_SCRIPT and has_fallen:
        first = FALL_SCRIPT
    return (first, CRISIS_SCRIPT) if SUICIDE in flags and first != CRISIS_SCRIPT else (first,)


class Claim(Enum):
    """What is known about the alert."""

    OPEN = auto()
    COMMITTED = auto()
    FAILED = auto()


class Takeover:
    """One call's emergencies: which have been read out, which alerts are committed, who has the line."""

    def __init__(self) -> None:
        self.is_on = False
        self.known: set[str] = set()  # kinds of emergency whose script has been read out, or is being
        self.scripts: list[str] = []  # since the line was taken, in the order of reading
        self._claims: dict[int, Claim] = {}
        self._is_told: bool | None = None

    def has_new(self, kinds: Iterable[str]) -> bool:
        """True when one of these emergencies has not been read out."""
        return not self.known.issuperset(kinds)

    def begin(self, kinds: Iterable[str], ticket: int | None, *, is_anew: bool = False) -> tuple[str, ...]:
        """The engine takes the line, or goes on having it. The scripts that are to be read now.

        The same emergency is read once, one of another kind too; what is at the ear already is not read beside itself.
        `is_anew`: these emergencies have just been confirmed, and are read whatever has been.
        """
        new = set(kinds) if is_anew else set(kinds) - self.known
        self.known.update(kinds)
        if not self.is_on:
            self.scripts = []
        self.is_on = True
        wanted = scripts_for(new, has_fallen=FALL in self.known) if new else ()
        to_read = tuple(script for script in wanted if script not in self.scripts)
        self.scripts += to_read
        if new:  # that the care team knows of the one says nothing about the other
            self._is_told = None
        if ticket is None:
            self._claims[-1] = Claim.COMMITTED  # it was committed before we learnt of it
        else:
            self._claims[ticket] = Claim.OPEN
        return to_read

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
