"""Whether somebody wants no more calls at all. Pure.

An opt-out ends a patient's monitoring, so it is not read into a wish for another time or for a person: said together,
those win, unless the words leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from alerts.phrases.speakers import is_relay
from calls.screens.replies import WISH, refuses_person

OPT_OUT = "opt_out"
OTHER_WISHES = frozenset({"reschedule", WISH})
# "Stop calling me so early", "don't call again before ten": what follows is a wish about time.
LIMIT = (
    r"(?!,? (?:so|this|that|too|at|before|after|until|till|in the|during|on|while|when|unless|by|every|each|tan|antes"
    r"|después|a las|por la|en la|los|cuando|hasta|todos|cada)\b)"
)
PLAIN = re.compile(
    rf"\b(?:stop|quit) calling(?: me| us| here| this number| my (?:phone|house))?+(?: (?:please|altogether|for good))?+{LIMIT}"
    rf"|\bnever (?:ever )?call(?: me| us| here)?+(?: again)?+{LIMIT}"
    rf"|\b(?:don't|do not|dont) (?:ever )?call(?: me| us| here)?+ (?:again|any ?more|ever){LIMIT}"
    rf"|\bno more (?:automated |computer |robot )?calls?+\b{LIMIT}"
    r"|\b(?:take|remove) (?:me|my (?:name|number)) (?:off|from)\b|\bunsubscribe\b"
    rf"|\b(?:cancel|end) (?:all )?+(?:these|the|my|your) calls{LIMIT}"
    rf"|\bdejen?+ de llamar(?:me|nos)?+\b{LIMIT}|\bno (?:me )?llamen?+ (?:nunca )?+(?:más|nunca|otra vez|de nuevo){LIMIT}"
    rf"|\bno (?:quiero|deseo) más llamadas{LIMIT}|\b(?:quíteme|bórreme|sáqueme) de\b"
)


def wants_no_calls(text: str, controls: Sequence[str]) -> bool:
    """True when these words, with the controls that the phrase scanner found in them, end the calls."""
    if OPT_OUT not in controls:
        return False
    return not OTHER_WISHES.intersection(controls) or PLAIN.search(_plain(text)) is not None


def heeded(text: str, controls: tuple[str, ...]) -> tuple[str, ...]:
    """The controls without an opt-out that is none, a wrong person who is a relay operator, and a person who is only named
    to be declined.
    """
    dropped = set() if wants_no_calls(text, controls) else {OPT_OUT}
    dropped |= {"wrong_person"} if is_relay(text) else set()
    dropped |= {WISH} if refuses_person(text) else set()
    return tuple(one for one in controls if one not in dropped)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
