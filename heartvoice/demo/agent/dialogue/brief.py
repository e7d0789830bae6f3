"""What the session's instructions and the product's notes tell the voice."""

import re
from dataclasses import dataclass
from enum import StrEnum

_NAME = re.compile(
    r"^\W*(?:person to ask for|(?:patient(?:'s)?\s+)?(?:first |preferred |given )?name)\W*[:=]\s*\W*([^\W\d_][\w'’-]*)",
    re.IGNORECASE | re.MULTILINE,
)
_VERBATIM = re.compile(r"\bsay exactly\b.*?[\"“](.+)[\"”]", re.IGNORECASE | re.DOTALL)
_KEYS = re.compile(r"\bpressed ((?:[\d*#]\s*)+)", re.IGNORECASE)
_SELF_HARM = re.compile(r"\b(?:suicid\w*|988|nine eight eight|self[- ]harm)\b", re.IGNORECASE)


class Order(StrEnum):
    """What a note asks for."""

    VERIFIED = "verified"
    EMERGENCY = "emergency"
    SELF_HARM = "self_harm"  # an emergency of that kind
    OPENING_CUT = "opening_cut"
    NOISE = "noise"
    CLARIFY = "clarify"
    OPT_OUT = "opt_out"
    HUMAN = "human"
    RESCHEDULE = "reschedule"
    WRONG_PERSON = "wrong_person"
    THIRD_PARTY = "third_party"
    IDENTITY_FAILED = "identity_failed"
    STOP = "stop"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class Note:
    """A note's order, with the question to ask for CLARIFY."""

    order: Order
    question: str = ""


_ORDERS = (
    (
        Order.EMERGENCY,
        r"\bthis is an emergency\b|\bemergency (?:script|message|recording)\b.{0,60}\b(?:played|read)\b",
    ),
    (Order.IDENTITY_FAILED, r"\bidentity could not be (?:confirmed|verified)\b"),
    (Order.VERIFIED, r"\bidentity (?:has been |is |was )?(?:now )?(?:verified|confirmed)\b"),
    (Order.OPENING_CUT, r"\bopening was cut off\b"),
    (Order.NOISE, r"\binterrupted you was no word\b"),
    (Order.CLARIFY, r"\bask this directly\b.*?:\s*([A-Z].*\?)"),
    (Order.OPT_OUT, r"\bdoes not want these calls\b"),
    (Order.HUMAN, r"\bwants a person\b"),
    (Order.RESCHEDULE, r"\bcalled at another time\b"),
    (Order.WRONG_PERSON, r"\bmay not be the patient\b"),
    (Order.THIRD_PARTY, r"\bsomebody else may be in danger\b"),
    (Order.STOP, r"\bdo not ask anything more\b"),
    (Order.WRAP_UP, r"\bask only what is still required\b"),
)


def first_name(instructions: str) -> str:
    """The patient's first name in the instructions' patient context; empty when it is not given."""
    found = _NAME.search(instructions)
    return found[1] if found else ""


def verbatim(instructions: str) -> str:
    """The text that one response's instructions want said word for word; empty when they want none."""
    found = _VERBATIM.search(instructions)
    return found[1].strip() if found else ""


def keys_pressed(text: str) -> str:
    """The telephone keys that a note reports, as text to be understood; empty when it reports none."""
    found = _KEYS.search(text)
    return " ".join(found[1].split()) if found else ""


def read_note(text: str) -> Note | None:
    """The note's order, or None. Standing advice about emergencies is not news of one."""
    for order, pattern in _ORDERS:
        if found := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            if order is Order.EMERGENCY and _SELF_HARM.search(text):
                return Note(Order.SELF_HARM)
            return Note(order, found[1].strip() if order is Order.CLARIFY else "")
    return None
