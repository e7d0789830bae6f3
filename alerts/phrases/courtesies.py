"""Words that keep a talk going and tell nothing of the patient: greetings, thanks, asking for a moment. Pure.

After a question they are no answer, whatever they sound like: "Let me think" neither affirms nor denies. Words that may
answer ("yes", "sure", "mm-hm") are not among them.
"""

from __future__ import annotations

import re

PARTS = re.compile(r"[.!?;,¿¡…]+|\s[-–—]+\s|\s+(?:but|pero)\s+")
_THING = (
    r"(?:the |my |this |that )?(?:tv|television|telly|radio|music|volume|sound|set|oven|stove|kettle|door)"
)
_FETCHED = (
    r"(?:my |the )(?:glasses|spectacles|hearing aids?|pen|pencil|paper|book|notebook|list|log|calendar)"
)
_DONE = (
    rf"(?:think|see|check|look|remember|sit down|sit up|turn (?:down|off|up)? ?{_THING}(?: (?:down|off|up))?"
    rf"|(?:get|find|put (?:on|in)?) ?{_FETCHED}(?: (?:on|in))?)(?: (?:about|of) (?:it|that))?"
)
# The longest first: "a good morning" before "morning". No farewell: after some questions it may be the answer.
COURTESY = re.compile(
    r"\b(?:"
    + "|".join(
        (
            rf"(?:let me|i(?:'ll| will| have to| need to|'m going to)|wait (?:while|till|until) i) (?:just )?{_DONE}",
            r"good (?:morning|afternoon|evening|day)|thank you(?: (?:so|very) much)?|thanks(?: a lot)?|you're welcome",
            r"(?:hang|hold) on|hold the line|bear with me|(?:wait )?(?:just |for )*(?:a|one) (?:moment|minute|second|sec)",
            r"can you hear me(?: (?:now|better|all right|okay|ok))*|that(?:'s| is) a good question|hi|hello|hey",
            r"(?:déjeme|déjame|permítame) (?:ver|pensar|recordar)|a ver|bajo (?:la tele|el radio|la radio)",
            r"un (?:momentito|momento|segundito|segundo|minutito|minuto)|espere(?: tantito)?|espérese|no cuelgue",
            r"buen(?:os|as) (?:días|tardes)|(?:muchas )?gracias|hola",
        )
    )
    + r")(?!\w)"
)
# Beside a courtesy they add nothing; alone they may be an answer ("Now." to "When did it hurt?").
BESIDE = re.compile(
    r"\b(?:ok|okay|well|so|um+|uh|oh|now|please|sorry|wait|speaking|again|here|dear|maya|first|just"
    r"|bueno|pues|ahora|por favor|perdón|disculpe)(?!\w)"
)


def is_courtesy(text: str) -> bool:
    """True when an utterance asks for a moment, greets or thanks, and tells nothing."""
    return COURTESY.search(_plain(text)) is not None and not parts_that_tell(text)


def parts_that_tell(text: str) -> list[str]:
    """The parts of an utterance, in small letters, that are more than courtesy."""
    return [part for part in PARTS.split(_plain(text)) if told_in(part)]


def told_in(part: str) -> str:
    """What a part tells beside courtesies, "" for nothing."""
    return " ".join(BESIDE.sub(" ", COURTESY.sub(" ", part)).split())


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
