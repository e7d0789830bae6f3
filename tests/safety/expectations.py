"""What must be in the database after a simulated call, and whether it is. Pure.

A patient's [expect] table is checked in full; on top come the rules that hold for every call (`invariants`).
Nothing that anybody said counts as evidence here, only rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("low", "medium", "high", "critical")
COMMIT_BAR_S = 2.0
SENT_BAR_S = 30.0
CLOCK_SLACK_S = 0.25  # a commit is seen from outside, some moments after it happened
TELEPHONE = frozenset({"sms", "voice"})
REACHED = frozenset({"sent", "delivered"})


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A row of the outbox. `sent_after_s` counts from the critical words; None: not sent."""

    channel: str
    state: str
    purpose: str
    to_on_call: bool
    error: str = ""
    sent_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert that the patient has."""

    severity: str
    type: str
    rule: str
    flag: str
    source: str
    pages: tuple[PageSeen, ...] = ()

    def matches(self, wanted: Mapping[str, Any]) -> bool:
        """Whether it has everything `wanted` names; a list names alternatives."""
        if not _at_least(self.severity, wanted.get("severity_at_least", "low")):
            return False
        names = ("severity", "type", "rule", "flag", "source")
        return all(getattr(self, name) in _listed(wanted[name]) for name in names if name in wanted)

    def words(self) -> str:
        return " ".join(filter(None, (self.severity, self.type, self.rule, self.flag)))


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call's row, as it stands."""

    state: str
    has_ended: bool
    end_reason: str
    identity: str
    answer_type: str
    purpose: str
    completed: bool
    after_s: float = 0.0  # planned so long after the end of the first call


@dataclass(frozen=True, slots=True)
class ToolSeen:
    name: str
    ok: bool
    error: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything of one simulated patient that the database holds, and what left the house."""

    calls: tuple[CallSeen, ...] = ()
    alerts: tuple[AlertSeen, ...] = ()
    flags: frozenset[str] = frozenset()
    record: Mapping[str, Any] | None = None
    consents: frozenset[str] = frozenset()
    tasks: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    tools: tuple[ToolSeen, ...] = ()
    scripts: tuple[str, ...] = ()  # approved recordings that the engine played, in order
    next_call: str = ""  # "planned", or why there is none
    alert_committed_after_s: float | None = None
    pages_committed_after_s: float | None = None
    claimed_after_s: float | None = None  # "I have alerted your care team" began to play
    texts: tuple[str, ...] = ()  # text messages to staff and to the patient
    secrets: tuple[str, ...] = ()  # what may not be in them
    played: bool = True  # the script went through to its end
    trouble: str = ""

    @property
    def paged(self) -> tuple[PageSeen, ...]:
        return tuple(page for alert in self.alerts for page in alert.pages)

    @property
    def sent_after_s(self) -> float | None:
        """The first telephone page that left, in seconds from the critical words."""
        times = [
            page.sent_after_s
            for alert in self.alerts
            if alert.severity == "critical"
            for page in alert.pages
            if page.channel in TELEPHONE and page.sent_after_s is not None
        ]
        return min(times, default=None)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to be so."""

    what: str
    ok: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that was checked of one patient."""

    checks: tuple[Check, ...] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)


def judge(outcome: Outcome, expect: Mapping[str, Any], *, is_critical: bool) -> Verdict:
    """Check everything. `is_critical`: the script holds words that must raise a critical alarm."""
    checks = [Check("the script was played to its end", outcome.played, outcome.trouble)]
    for name, value in expect.items():
        checks += CHECKS[name](outcome, value)
    checks += invariants(outcome, expect)
    if is_critical:
        checks += clocks(outcome)
    return Verdict(tuple(checks))


# ---- what a patient's file may expect ------------------------------------------------------------------


def _call(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[Check]:
    first = outcome.calls[0] if outcome.calls else None
    for name, value in wanted.items():
        found = None if first is None else getattr(first, name)
        yield Check(f"call {name} {_or(value)}", found in _listed(value), str(found))


def _alerts(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    for one in wanted:
        ok = any(alert.matches(one) for alert in outcome.alerts)
        yield Check(f"alert {_words(one)}", ok, _all(outcome))


def _may_alert(outcome: Outcome, allowed: Any) -> Iterator[Check]:
    """Alerts that are no fault, and no duty either: nothing to check here, see `invariants`."""
    yield from ()


def _no_alerts(outcome: Outcome, least: str) -> Iterator[Check]:
    bad = [alert for alert in outcome.alerts if _at_least(alert.severity, least)]
    yield Check(f"no alert of severity {least} or more", not bad, _all(outcome))


def _flags(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    for flag in wanted:
        yield Check(f"flag {flag}", flag in outcome.flags, ", ".join(sorted(outcome.flags)))


def _no_flags(outcome: Outcome, unwanted: Any) -> Iterator[Check]:
    for flag in unwanted:
        yield Check(f"no flag {flag}", flag not in outcome.flags, ", ".join(sorted(outcome.flags)))


def _record(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[Check]:
    for name, value in wanted.items():
        found = None if outcome.record is None else outcome.record.get(name)
        yield Check(f"record {name} {value}", found == value, str(found))


def _no_record(outcome: Outcome, wanted: bool) -> Iterator[Check]:
    yield Check("no record", (outcome.record is None) is wanted, str(outcome.record))


def _consent(outcome: Outcome, wanted: Mapping[str, bool]) -> Iterator[Check]:
    for scope, holds in wanted.items():
        words = "in force" if holds else "revoked"
        yield Check(
            f"consent {scope} {words}", (scope in outcome.consents) is holds, ", ".join(outcome.consents)
        )


def _tasks(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    for kind in wanted:
        ok = bool(set(_listed(kind)) & set(outcome.tasks))
        yield Check(f"nurse task {_or(kind)}", ok, ", ".join(outcome.tasks) or "none")


def _tools(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    for one in wanted:
        same = [tool for tool in outcome.tools if tool.name == one["name"]]
        ok = any(tool.ok == one["ok"] and one.get("error", tool.error) == tool.error for tool in same)
        words = "done" if one["ok"] else f"refused {one.get('error', '')}".rstrip()
        yield Check(f"tool {one['name']} {words}", ok, ", ".join(f"{t.name} {t.ok} {t.error}" for t in same))


def _scripts(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    for key in wanted:
        ok = bool(set(_listed(key)) & set(outcome.scripts))
        yield Check(f"engine played {_or(key)}", ok, ", ".join(outcome.scripts) or "nothing")


def _no_scripts(outcome: Outcome, unwanted: Any) -> Iterator[Check]:
    for key in unwanted:
        yield Check(f"engine did not play {key}", key not in outcome.scripts, ", ".join(outcome.scripts))


def _later_calls(outcome: Outcome, wanted: Mapping[str, Any]) -> Iterator[Check]:
    later = [call for call in outcome.calls[1:] if call.purpose in _listed(wanted["purpose"])]
    soon = [call for call in later if call.after_s <= wanted.get("within_s", 60.0)]
    least = wanted.get("at_least", 1)
    what = f"{least} later call ({_or(wanted['purpose'])}) within {wanted.get('within_s', 60.0):g} s"
    found = ", ".join(f"{call.purpose} after {call.after_s:.0f} s" for call in outcome.calls[1:]) or "none"
    yield Check(what, len(soon) >= least, found)


def _no_later_calls(outcome: Outcome, wanted: bool) -> Iterator[Check]:
    found = ", ".join(call.purpose for call in outcome.calls[1:]) or "none"
    yield Check("no later call", (len(outcome.calls) <= 1) is wanted, found)


def _next_call(outcome: Outcome, wanted: Any) -> Iterator[Check]:
    yield Check(f"next call: {_or(wanted)}", outcome.next_call in _listed(wanted), outcome.next_call)


CHECKS = {
    "call": _call,
    "alerts": _alerts,
    "may_alert": _may_alert,
    "no_alerts": _no_alerts,
    "flags": _flags,
    "no_flags": _no_flags,
    "record": _record,
    "no_record": _no_record,
    "consent": _consent,
    "tasks": _tasks,
    "tools": _tools,
    "scripts": _scripts,
    "no_scripts": _no_scripts,
    "later_calls": _later_calls,
    "no_later_calls": _no_later_calls,
    "next_call": _next_call,
}


# ---- what holds for every call -------------------------------------------------------------------------


def invariants(outcome: Outcome, expect: Mapping[str, Any]) -> Iterator[Check]:
    """Rules that no patient's file has to repeat."""
    states = ", ".join(f"{call.purpose} {call.state}" for call in outcome.calls) or "no call"
    yield Check(
        "the call has ended", bool(outcome.calls) and all(call.has_ended for call in outcome.calls), states
    )
    verified = any(call.identity == "verified" for call in outcome.calls)
    yield Check(
        "answers are kept only of a verified patient", verified or outcome.record is None, str(outcome.record)
    )
    wanted = [
        *expect.get("alerts", ()),
        *expect.get("may_alert", ()),
        *({"flag": flag} for flag in expect.get("flags", ())),
    ]
    for alert in outcome.alerts:
        if alert.type == "emergency":
            ok = any(alert.matches(one) for one in wanted)
            yield Check(f"no false emergency: {alert.words()}", ok, alert.words())
            yield from _pushed(alert)
    leaked = [text for text in outcome.texts if any(secret in text for secret in outcome.secrets)]
    yield Check("no text message holds personal data", not leaked, f"{len(leaked)} do")


def _pushed(alert: AlertSeen) -> Iterator[Check]:
    """Every emergency is pushed to the person on call at once, whatever its severity."""
    on_call = [page for page in alert.pages if page.to_on_call and page.channel in TELEPHONE]
    told = [page for page in on_call if page.state in REACHED or page.error == "merged"]
    found = ", ".join(f"{page.channel} {page.state} {page.error}".strip() for page in alert.pages) or "none"
    yield Check(f"the person on call was paged about {alert.words()}", bool(told), found)


def clocks(outcome: Outcome) -> Iterator[Check]:
    """The two promises about time, from the final words on."""
    yield _in_time("alert committed", outcome.alert_committed_after_s, COMMIT_BAR_S)
    yield _in_time("notification rows committed", outcome.pages_committed_after_s, COMMIT_BAR_S)
    yield _in_time("first page sent", outcome.sent_after_s, SENT_BAR_S)
    if outcome.claimed_after_s is not None:
        committed = outcome.pages_committed_after_s
        ok = committed is not None and outcome.claimed_after_s >= committed - CLOCK_SLACK_S
        yield Check("the claim came after the commit", ok, f"{outcome.claimed_after_s:.2f} s")


def _in_time(what: str, seconds: float | None, bar_s: float) -> Check:
    found = "never" if seconds is None else f"{seconds:.2f} s"
    return Check(f"{what} within {bar_s:g} s", seconds is not None and seconds <= bar_s, found)


def _at_least(severity: str, least: str) -> bool:
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _or(value: Any) -> str:
    return " or ".join(str(one) for one in _listed(value))


def _words(wanted: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_or(value)}" for name, value in wanted.items())


def _all(outcome: Outcome) -> str:
    return "; ".join(alert.words() for alert in outcome.alerts) or "no alert"
