"""What has the telephone, by its own words: a mailbox, a screening service, a menu; or a child. Pure.

The network's own guess (AMD) listens to the sound; these are the words. Unknown stays a person: a person who is
taken for a machine hears nothing, a machine that is taken for a person hears nothing private.
"""

from __future__ import annotations

import re
from enum import StrEnum

from alerts.phrases.speakers import is_relay


class Answerer(StrEnum):
    """What a greeting tells. The values are Call.AnswerType's."""

    VOICEMAIL = "voicemail"
    SCREENING = "call_screening"
    IVR = "ivr"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


FIGURE = (
    r"(?:\d|zero|one|two|three|four|five|six|seven|eight|nine"
    r"|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
)
VOICEMAIL = _any(
    r"\b(?:after|at|wait for) the (?:tone|beep)\b",
    r"\bleave (?:me |us |him |her |them )?(?:a |your )?(?:brief |short |detailed )?(?:message|name and)\b",
    r"\brecord your message\b",
    r"\bvoice ?mail(?:box)?\b",
    r"\bmailbox (?:is full|belong\w*|of)\b",
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:can(?:no|')t|cannot|unable to|not able to)"
    r" (?:come to|get to|take|answer) (?:the phone|your call|my phone)\b",
    r"\b(?:person|party|subscriber|customer|number) you(?:'re| are|'ve| have)?"
    r" (?:calling|called|dialed|reached|trying to reach)\b",
    r"\byou(?: ha|')ve reached\b",
    r"\bdespués (?:del|de la) (?:tono|señal)\b",
    r"\b(?:deje|déjeme|déjenos|deja) (?:su|un|tu) (?:mensaje|recado|nombre)\b",
    r"\bbuzón (?:de voz)?\b",
    r"\bno (?:puedo|podemos) (?:contestar|atender)\b",
)
SCREENING = _any(
    r"\b(?:say|state|record|tell me|give) your name\b.{0,40}\b(?:calling|call|reason|why)\b",
    r"\b(?:screening|screened|call assist|call filter)\b",
    r"\bi(?:'ll| will) (?:see|check) if (?:this person|the person|they|he|she)(?: is|'s| are)?\s*available\b",
    r"\bthe person you(?: a|')re (?:calling|trying to reach) is using\b",
    r"\b(?:why|reason) (?:you(?: a|')re|for) (?:calling|your call|the call)\b",
    r"\bdiga su nombre\b.{0,40}\b(?:llama|llamada|motivo)\b",
    r"\bmotivo de (?:su|la) llamada\b",
)
IVR = _any(
    rf"\b(?:press|dial) {FIGURE}\b",
    r"\b(?:main menu|following options|listen carefully)\b",
    rf"\b(?:oprima|marque|presione) (?:el )?{FIGURE}\b",
    r"\b(?:menú principal|las siguientes opciones)\b",
)
HOLDING = _any(
    r"\b(?:please )?(?:stay on the line|hold on|hold the line|one moment|just a moment|please wait|thanks?(?: you)?\.?$)\b",
    r"\b(?:un momento|no cuelgue|espere)\b",
)
CHILD = _any(
    r"\bmy (?:mommy|daddy|mamma|grandma|grandpa|nana|papa|mommy's|daddy's) (?:is|isn't|can't|went|said|sleeping)\b",
    r"\bi(?:'m| am) (?:only )?(?:four|five|six|seven|eight|nine|ten|4|5|6|7|8|9|10)(?: years old| and a half|[.!]?$)",
    r"\bmi (?:mami|papi|abuelita|abuelito) (?:está|no está|salió|dice)\b",
    r"\btengo (?:cuatro|cinco|seis|siete|ocho|nueve|diez) años\b",
)


def answerer(text: str) -> Answerer | None:
    """What kind of machine says this, None for what may be a person."""
    if is_relay(text):
        return None
    words = " ".join(text.casefold().replace("’", "'").split())
    if SCREENING.search(words):
        return Answerer.SCREENING
    if VOICEMAIL.search(words):
        return Answerer.VOICEMAIL
    return Answerer.IVR if IVR.search(words) else None


def is_holding(text: str) -> bool:
    """True for what a screening service says while it asks the person."""
    words = " ".join(text.casefold().split())
    return not words or (HOLDING.search(words) is not None and len(words.split()) <= 12)


def is_child(text: str) -> bool:
    """True when the words are a child's."""
    return CHILD.search(" ".join(text.casefold().replace("’", "'").split())) is not None
