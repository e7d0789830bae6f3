"""The life of an alert: which action takes it where, and who may take it. Pure.

    new -> acknowledged -> in_progress -> resolved;  aside: snoozed, escalated, reopened

Acknowledging is claiming: one person owns the alert from then on. Severity is never lowered here, and
nothing but a person with a disposition and a note closes an alert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.severity import AlertType, Severity


class State(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    SNOOZED = "snoozed"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Action(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    SNOOZE = "snooze"
    WAKE = "wake"
    ESCALATE = "escalate"
    CONTACT = "contact"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    NOTE = "note"
    WORSEN = "worsen"


class Role(StrEnum):
    """A member's role in the patient's care team; the system itself wakes, worsens and escalates."""

    NURSE = "nurse"
    LEAD = "lead"
    ADMIN = "admin"
    SYSTEM = "system"


OPEN = frozenset(State) - {State.RESOLVED}
WAITING = frozenset({State.NEW, State.ESCALATED, State.REOPENED})
IN_HAND = frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.SNOOZED})
CLINICAL = frozenset({Role.NURSE, Role.LEAD})
ESCALATION_ROLES = frozenset({"primary", "secondary", "lead", "team_lead"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What an alert is like before an action."""

    state: State
    severity: Severity
    alert_type: AlertType
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `user_id` None is the system."""

    user_id: int | None
    role: Role


SYSTEM = Actor(None, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible: a stable code and a sentence for the person who tried."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where an action leads: the state after it, and who owns the alert then."""

    state: State
    owner_id: int | None


def step(now: Situation, action: Action, actor: Actor) -> Step | Refusal:
    """What the action does, or why this person may not do it now."""
    if refusal := _refusal(now, action, actor):
        return refusal
    keep = now.owner_id
    match action:
        case Action.ACKNOWLEDGE:
            return Step(State.ACKNOWLEDGED, actor.user_id)
        case Action.START | Action.CONTACT:
            return Step(State.IN_PROGRESS, actor.user_id)
        case Action.TAKE_OVER:
            return Step(State.ACKNOWLEDGED, actor.user_id)
        case Action.RELEASE | Action.WORSEN:
            return Step(State.NEW, None)
        case Action.SNOOZE:
            return Step(State.SNOOZED, keep if keep is not None else actor.user_id)
        case Action.WAKE:
            return Step(State.NEW if keep is None else State.ACKNOWLEDGED, keep)
        case Action.ESCALATE:
            return Step(State.ESCALATED, None)
        case Action.RESOLVE:
            return Step(State.RESOLVED, actor.user_id)
        case Action.REOPEN:
            return Step(State.REOPENED, None)
        case Action.NOTE:
            return Step(now.state, keep)


def allowed(now: Situation, actor: Actor) -> frozenset[Action]:
    """The actions that this person may take now. What a page shows as buttons."""
    return frozenset(action for action in Action if _refusal(now, action, actor) is None)


_FROM: dict[Action, frozenset[State]] = {
    Action.ACKNOWLEDGE: WAITING,
    Action.START: WAITING | IN_HAND,
    Action.RELEASE: IN_HAND,
    Action.TAKE_OVER: IN_HAND,
    Action.SNOOZE: OPEN,
    Action.WAKE: frozenset({State.SNOOZED}),
    Action.ESCALATE: OPEN,
    Action.CONTACT: WAITING | IN_HAND,
    Action.RESOLVE: IN_HAND,
    Action.REOPEN: frozenset({State.RESOLVED}),
    Action.NOTE: frozenset(State),
    Action.WORSEN: OPEN,
}
_WHO: dict[Action, frozenset[Role]] = {
    **dict.fromkeys(Action, CLINICAL),
    Action.TAKE_OVER: frozenset({Role.LEAD}),
    Action.WAKE: frozenset({Role.SYSTEM}),
    Action.WORSEN: frozenset({Role.SYSTEM}),
    Action.NOTE: CLINICAL | {Role.ADMIN},
}
# What only the owner, or a lead, may do once somebody owns the alert.
_OWNERS_OWN = frozenset(
    {Action.START, Action.RELEASE, Action.SNOOZE, Action.ESCALATE, Action.CONTACT, Action.RESOLVE}
)


def _refusal(now: Situation, action: Action, actor: Actor) -> Refusal | None:
    if actor.role not in _WHO[action]:
        return Refusal("not_allowed", f"the role {actor.role} may not {action} an alert")
    owned_by_other = now.owner_id is not None and now.owner_id != actor.user_id and now.state in IN_HAND
    if action is Action.ACKNOWLEDGE and now.state in IN_HAND:
        return Refusal("already_claimed", "somebody already has this alert")
    if now.state not in _FROM[action]:
        return Refusal("wrong_state", f"an alert that is {now.state} cannot be changed by {action}")
    if action is Action.SNOOZE and not may_snooze(now):
        return Refusal("never_snoozed", "critical, high and emergency alerts are never snoozed")
    if action in _OWNERS_OWN and owned_by_other and actor.role is not Role.LEAD:
        return Refusal("owned_by_other", "somebody else has this alert")
    return None


def may_snooze(now: Situation) -> bool:
    return now.severity.rank <= Severity.MEDIUM.rank and now.alert_type is not AlertType.EMERGENCY


def snooze_refusal(until: datetime, at: datetime, *, longest_h: float, reason: str) -> Refusal | None:
    """A snooze has a reason and ends within `longest_h` hours of `at` (inclusive)."""
    if not reason.strip():
        return Refusal("reason_missing", "a snooze needs a reason")
    if not at < until <= at + timedelta(hours=longest_h):
        return Refusal("snooze_too_long", f"a snooze ends within {longest_h:.0f} hours")
    return None


def resolve_refusal(disposition: str, note: str, false_alarm_reason: str) -> Refusal | None:
    """A resolution has a disposition and a note; a false alarm also says why, to tune the rules."""
    if not disposition:
        return Refusal("disposition_missing", "say what came of it")
    if not note.strip():
        return Refusal("note_missing", "add a note")
    if (disposition == "false_alarm") != bool(false_alarm_reason):
        return Refusal("false_alarm_reason", "a false alarm, and only that, has a reason why it was false")
    return None
