"""A flag on its way through the stages: raised, graded, merged. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from alerts.phrases.flags import KINDS
from alerts.phrases.limits import Limits
from alerts.phrases.model import Assertion, FlagHit, Severity, severity_rank
from alerts.phrases.text import Text


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag with the tokens that say it. `severity` None: the flag's own for its age.

    `recent_h`, the hours up to which it is of now, comes from the rules (`dated`).
    """

    flag: str
    start: int
    end: int
    source: str
    severity: Severity | None = None
    rule_id: str | None = None
    age_h: float | None = None
    assertion: Assertion = "affirmed"
    recent_h: float = math.inf

    @property
    def is_recent(self) -> bool:
        """As long ago as its rule says, or of unknown age."""
        return self.age_h is None or self.age_h <= self.recent_h

    def graded(self) -> tuple[Severity, str]:
        """Severity and rule row."""
        kind = KINDS[self.flag]
        own, rule_id = (kind.severity, kind.rule_id) if self.is_recent else (kind.older, kind.older_rule_id)
        if self.severity is None:
            return own, self.rule_id or rule_id
        if not self.is_recent and kind.alert_type == "emergency" and own != kind.severity:
            return own, rule_id
        return self.severity, self.rule_id or rule_id


def hit_of(raised: Raised, text: Text) -> FlagHit:
    """The flag as it leaves the scanner."""
    severity, rule_id = raised.graded()
    evidence, start, end = text.evidence(raised.start, raised.end)
    return FlagHit(
        flag=raised.flag,
        severity=severity,
        alert_type=KINDS[raised.flag].alert_type,
        evidence=evidence,
        start=start,
        end=end,
        assertion=raised.assertion,
        rule_id=rule_id,
        source=raised.source,
        max_age_h=raised.age_h,
    )


def dated(found: Iterable[Raised], limits: Limits) -> list[Raised]:
    """Each with the hours up to which its rule counts it as of now."""
    return [replace(raised, recent_h=limits.recent(raised.flag)) for raised in found]


def merged(found: Iterable[Raised]) -> list[Raised]:
    """One entry per flag: the most severe, then the earliest said."""
    best: dict[str, Raised] = {}
    for raised in sorted(found, key=lambda each: (each.start, each.end)):
        known = best.get(raised.flag)
        if known is None or severity_rank(raised.graded()[0]) > severity_rank(known.graded()[0]):
            best[raised.flag] = raised
    return list(best.values())
