"""What a simulated call left behind, and whether it is what its persona expects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("low", "medium", "high", "critical")
LONG_SEGMENT_MS = 2_000
"""Shorter ones need no biomarker row: too little voice to measure."""


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert that the call raised."""

    severity: str
    type: str
    rule: str
    flag: str

    def matches(self, wanted: Mapping[str, Any]) -> bool:
        """Whether it has everything `wanted` names; severity is a minimum."""
        least = wanted.get("severity_at_least")
        if least is not None and SEVERITIES.index(self.severity) < SEVERITIES.index(least):
            return False
        return all(
            name not in wanted or getattr(self, name) == wanted[name] for name in ("type", "rule", "flag")
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call as the database has it after everything it started has finished."""

    call_id: str
    state: str
    has_ended: bool
    provider: str
    duration_s: float
    completed: bool
    identity_verified: bool
    record: Mapping[str, float | None] | None
    biomarkers: int
    long_segments: int
    long_segments_measured: int
    pending: int
    alerts: tuple[AlertSeen, ...]
    cost_usd: float
    latency_ms: Mapping[str, float]

    def summary(self) -> dict[str, Any]:
        """Return the JSON summary that `./run call` prints last."""
        return {
            "call_id": self.call_id,
            "state": self.state,
            "provider": self.provider,
            "duration_s": round(self.duration_s, 1),
            "completed": self.completed,
            "identity_verified": self.identity_verified,
            "records": 1 if self.record is not None else 0,
            "biomarkers": self.biomarkers,
            "alerts": [
                {"severity": one.severity, "type": one.type, "rule": one.rule, "flag": one.flag}
                for one in self.alerts
            ],
            "cost_usd": round(self.cost_usd, 4),
            "latency_ms": dict(self.latency_ms),
        }


def shortcomings(outcome: Outcome, expect: Mapping[str, Any]) -> list[str]:
    """Return in words where `outcome` is not what the persona's [expect] table says; empty when it is."""
    return [
        *_call_itself(outcome, expect),
        *_record(outcome, expect),
        *_voice(outcome, expect),
        *_alerts(outcome, expect),
    ]


def _call_itself(outcome: Outcome, expect: Mapping[str, Any]) -> Iterator[str]:
    if not outcome.has_ended:
        yield f"the call has not ended: {outcome.state}"
    for name in ("completed", "identity_verified"):
        if name in expect and getattr(outcome, name) != expect[name]:
            yield f"{name} is {getattr(outcome, name)}"
    if outcome.pending:
        yield f"{outcome.pending} voice segments still wait for their analysis"


def _record(outcome: Outcome, expect: Mapping[str, Any]) -> Iterator[str]:
    records = 0 if outcome.record is None else 1
    if not expect.get("min_records", 0) <= records <= expect.get("max_records", 1):
        yield f"{records} record of answers was written"
    for name, wanted in expect.get("record", {}).items():
        found = None if outcome.record is None else outcome.record.get(name)
        if found != wanted:
            yield f"the answer {name} is {found}, not {wanted}"


def _voice(outcome: Outcome, expect: Mapping[str, Any]) -> Iterator[str]:
    least = expect.get("min_biomarker_share")
    if least is None:
        return
    if outcome.long_segments == 0:
        yield "no voice segment of 2 s was heard"
    elif outcome.long_segments_measured < least * outcome.long_segments:
        yield f"{outcome.long_segments_measured} of {outcome.long_segments} voice segments have biomarkers"


def _alerts(outcome: Outcome, expect: Mapping[str, Any]) -> Iterator[str]:
    for wanted in expect.get("alerts", []):
        if not any(alert.matches(wanted) for alert in outcome.alerts):
            yield f"no alert like {_words(wanted)}"
    for unwanted in expect.get("none_of", []):
        for alert in outcome.alerts:
            if alert.matches(unwanted):
                yield f"an alert that should not be: {alert.severity} {alert.type} {alert.rule} {alert.flag}".rstrip()


def _words(wanted: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in wanted.items())
