"""May this patient be dialled now? Yes, later, or no and why. Pure; checked again at dial time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calls.scheduling.slots import LEGAL_END, LEGAL_START, Window


class Refusal(StrEnum):
    """Why a call is not placed. Shown on the board as it stands."""

    NOT_ACTIVE = "patient is not active"
    NO_CONSENT = "no consent to AI voice calls"
    OUTSIDE_WINDOW = "outside the patient's calling hours"
    NOBODY_ON_CALL = "nobody is on call"
    INTERPRETER = "needs an interpreter"
    LIVE_CALL = "already on a call"
    OVER_BUDGET = "over the monthly budget"
    SCANNER_DOWN = "the emergency phrase scanner failed its self-test"
    TOO_LATE = "the slot has passed"


@dataclass(frozen=True, slots=True)
class DialFacts:
    """Everything the decision needs, read once. `on_call_until` is when the current roster cover ends."""

    is_active: bool
    has_consent: bool
    needs_interpreter: bool
    has_live_call: bool
    is_staff_on_call: bool
    is_within_budget: bool
    is_scanner_well: bool
    window: Window
    is_emergency: bool = False
    placed_by_staff: bool = False


def refusal(facts: DialFacts, now: datetime) -> Refusal | None:
    """The first reason against dialling now, or None. Emergency call-backs ignore hours, budget and roster."""
    if facts.has_live_call:
        return Refusal.LIVE_CALL
    if facts.is_emergency:
        return None
    if not facts.is_active:
        return Refusal.NOT_ACTIVE
    if not facts.has_consent:
        return Refusal.NO_CONSENT
    if facts.needs_interpreter:
        return Refusal.INTERPRETER
    if not facts.is_scanner_well:
        return Refusal.SCANNER_DOWN
    if not _in_hours(facts, now):
        return Refusal.OUTSIDE_WINDOW
    if not facts.is_staff_on_call:
        return Refusal.NOBODY_ON_CALL
    if not facts.is_within_budget and not facts.placed_by_staff:
        return Refusal.OVER_BUDGET
    return None


def _in_hours(facts: DialFacts, now: datetime) -> bool:
    """A nurse may call outside the patient's own hours, never outside the legal ones."""
    if facts.placed_by_staff:
        return LEGAL_START <= now.astimezone(facts.window.zone).time() < LEGAL_END
    return facts.window.contains(now)
