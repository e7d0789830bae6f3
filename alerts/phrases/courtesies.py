"""Words that keep a talk going and tell nothing of the patient: greetings, thanks, asking for a moment. Pure.

After a question they are no answer, whatever they sound like: "Let me think" neither affirms nor denies. What may be an
answer is not among them: "mm-hm"; "now" and "here"; a bare time ("a minute", "just for a second"); a moan ("uh oh"); that
somebody has to sit down; a farewell.
"""

from __future__ import annotations

import re
import unicodedata

PARTS = re.compile(r"[.!?;,¿¡…]+|\s[-–—]+\s|\s+(?:but|pero)\s+")
_THING = r"(?:the |my |this |that )?(?:tv|television|telly|radio|music|volume|sound)"
_FETCHED = (
    r"(?:my |the )(?:glasses|spectacles|hearing aids?|pen|pencil|paper|book|notebook|list|log|calendar)"
)
_DONE = (
    rf"(?:turn (?:down |off |up )?{_THING}(?: (?:down|off|up))?|(?:get|find|put (?:on|in)?) ?{_FETCHED}(?: (?:on|in))?"
    r"|write (?:that|it|this) down)"
)
_TIME = r"(?:moment|minute|second|sec)"
_MOMENT = rf"(?:just )?(?:for )?(?:a|one) {_TIME}"
# The longest first: "hold on a minute" before "hold on".
_COURTESY = (
    rf"(?:let me|i(?:'ll| will| have to| need to|'m going to)|wait (?:while|till|until) i) (?:just )?{_DONE}",
    rf"let me (?:just )?(?:think|see|check|look|remember)(?: (?:about|of) (?:it|that))?(?: {_MOMENT})?",
    r"let me see if i (?:can |can't )?remember|let's see|i'm thinking",
    rf"(?:(?:hang|hold) on|wait|give me|gimme|bear with me)(?: {_MOMENT})|(?:just )?(?:a|one) {_TIME},? please",
    r"(?:hang|hold) on|hold the line|bear with me|(?:just (?:a|one)|one) moment",
    r"(?:can you|could you|would you|please) (?:please )?(?:repeat (?:that|it)|say (?:that|it) again|speak up)",
    r"say (?:that |it )?again|come again|pardon(?: me)?|i beg your pardon|what did you say|what was that"
    r"|i (?:did not|didn't) (?:hear|catch|get) (?:you|that)",
    r"(?:there's |there is )?(?:someone|somebody)(?:'s| is)? at (?:the|my) door",
    r"good (?:morning|afternoon|evening|day)|thank you(?: (?:so|very) much)?|thanks(?: a lot)?|you're welcome",
    r"can you hear me(?: (?:now|better|all right|okay|ok))*|that(?:'s| is) a good question|hi|hello|hey",
    r"(?:dejeme|dejame|permitame) (?:ver|pensar|recordar)|a ver|bajo (?:la tele|el radio|la radio)",
    r"(?:deme |espere(?:me)? )?un (?:momentito|segundito|minutito)|(?:deme|espere(?:me)?) un (?:momento|segundo|minuto)",
    r"un (?:momento|segundo|minuto),? por favor|(?:espere(?:me|se)?|permitame)(?: tantito)?|no cuelgue",
    r"puede repetir(?:lo)?|me lo repite|como dijo|no le (?:oi|escuche)",
    r"buen(?:os|as) (?:dias|tardes)|(?:muchas )?gracias|hola",
)
COURTESY = re.compile(rf"\b(?:{'|'.join(_COURTESY)})(?!\w)")
# By themselves they tell nothing and are no answer.
_POLITE = r"ok|okay|well|so|um+|please|sorry|wait|dear|honey|maya|bueno|pues|por favor|perdon|disculpe"
POLITE = re.compile(rf"\b(?:{_POLITE})(?!\w)")
# Within a courtesy they belong to it ("let me see now"); for themselves they may be an answer.
BESIDE = re.compile(rf"\b(?:{_POLITE}|now|again|here|oh|first|just|speaking|ahora|ahorita)(?!\w)")


def is_courtesy(text: str) -> bool:
    """True when an utterance asks for a moment, greets or thanks, and tells nothing."""
    words = plain(text)
    joined = re.sub(r",? (please|por favor)\b", r" \1", words)  # one request: "a minute, please"
    return COURTESY.search(joined) is not None and not parts_that_tell(joined)


def parts_that_tell(text: str) -> list[str]:
    """The parts of an utterance, in small letters, that are more than courtesy."""
    return [part.strip() for part in PARTS.split(plain(text)) if told_in(part)]


def told_in(part: str) -> str:
    """What a part tells beside courtesies, "" for nothing."""
    rest = COURTESY.sub(" ", part)
    return " ".join(POLITE.sub(" ", rest).split()) if rest == part else told_beside(rest)


def told_beside(rest: str) -> str:
    """What is told in the words around a courtesy, or around a hand-over."""
    return " ".join(BESIDE.sub(" ", COURTESY.sub(" ", rest)).split())


def plain(text: str) -> str:
    """In small letters, with plain apostrophes and without accents, which a transcript may lack."""
    return " ".join(unaccented(text.casefold().replace("’", "'")).split())


def unaccented(text: str) -> str:
    """Without accents and tildes."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
