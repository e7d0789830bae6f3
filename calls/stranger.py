"""What speaks for it that nobody on this line is the patient. A call does not end for a mere doubt. Pure.

Somebody who plainly says so, a child, a relative or a failed identity is evidence. "Who is this?" is none: patients ask
that as well. Without evidence the model has to ask once more for the patient before it may end the call for this reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from alerts.phrases.speakers import is_relative
from calls.answering import is_child
from calls.events import EndReason

WRONG_PERSON = "wrong_person"  # how the phrase scanner calls it, too
MAX_REFUSALS = 3  # a model that does not ask must not hold a stranger for ever
ASKS_WHO = re.compile(
    r"\b(?:who(?:'s| is| are|'re) (?:this|that|there|calling|speaking|asking|you)"
    r"|who (?:wants|do you want|(?:may|shall|should|can) i say)|who am i (?:speaking|talking) (?:to|with)"
    r"|de parte de qui[eé]n|(?:con )?qui[eé]n (?:habla|llama|es|l[ao] busca|quiere))\b",
    re.IGNORECASE,
)
SAYS_YES = re.compile(
    r"^\W*(?:(?:hello|hi|oh|well|hola|bueno)\W+)*(?:yes|yeah|yep|sure|speaking|this is|that is me|that's me|it is me"
    r"|it's me|i am|i'm|s[ií]|soy|habla)\b(?! not\b)",
    re.IGNORECASE,
)
ASK_ONCE_MORE = json.dumps(
    {
        "ok": False,
        "error": "ask_once_more",
        "message": "Nobody has said plainly that this is not the patient: do not end the call. Say who you are and ask "
        "once more, kindly, whether you may speak with the patient. If it is the patient, verify identity. If they say "
        "that it is the wrong number or that the patient is not there, apologize and call endCall with wrong_person.",
    }
)


def says_so(text: str, controls: Sequence[str], scan: Callable[[str], Sequence[str]]) -> bool:
    """True when these words say that the patient is not on the line. `controls` are what the phrase scanner found in
    them, `scan` what it finds in others: who only asks who is calling has said nothing yet.
    """
    if is_child(text) or is_relative(text):
        return True
    if WRONG_PERSON not in controls:
        return False
    rest = ASKS_WHO.sub(" ", text.replace("’", "'"))
    return rest == text or (any(c.isalpha() for c in rest) and WRONG_PERSON in scan(rest))


class Stranger:
    """The evidence of one call, for whoever has the telephone."""

    def __init__(self) -> None:
        self._is_known = False  # that the patient is not on the line
        self._refusals = 0
        self._is_answered = False  # since the last refusal, and not by "yes"

    def heard(self, text: str, *, is_said: bool) -> None:
        """Final words of the other end. `is_said`: they say so themselves."""
        self._is_known = self._is_known or is_said
        self._is_answered = bool(self._refusals) and SAYS_YES.search(text) is None

    def identity(self, *, is_verified: bool, tries_left: int | None) -> None:
        """A try to verify who it is. Whoever is verified has been taken for somebody else wrongly, if at all."""
        if is_verified:
            self._is_known = self._is_answered = False
        elif tries_left == 0:
            self._is_known = True

    def refuses(self, reason: EndReason) -> bool:
        """True when the call must not end for this reason yet; each time counts."""
        if reason is not EndReason.WRONG_PERSON or self._is_known or self._is_answered:
            return False
        self._refusals += 1
        return self._refusals <= MAX_REFUSALS
