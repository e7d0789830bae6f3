"""Who or what has the telephone, by its own words: a mailbox, a screening service, a menu, a child, somebody else. Pure.

The network's own guess (AMD) listens to the sound; these are the words. Unknown stays a person: a person who is
taken for a machine hears nothing, a machine that is taken for a person hears nothing private.
"""

from __future__ import annotations

import re
from enum import StrEnum


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
RELATIVE = (
    r"(?:wife|husband|daughter|son|sister|brother|mother|mom|mum|mama|father|dad|papa|grandson|granddaughter"
    r"|niece|nephew|aide|nurse|caregiver|neighbor|friend|roommate)"
)
PARIENTE = (
    r"(?:espos[oa]|hij[oa]|herman[oa]|mamá|papá|madre|padre|niet[oa]|sobrin[oa]|cuidador[a]?|enfermer[oa]"
    r"|vecin[oa]|amig[oa])"
)
NOT_OF = r"(?!['’]s)"  # "my daughter's number" is no daughter
KIN = rf"{RELATIVE}\b{NOT_OF}"
SOMEBODY = rf"(?:him|her|them|mom|dad|grandma|grandpa|(?:my|the|his|their) {RELATIVE})\b{NOT_OF}"
I_WILL = r"(?:i'll|i will|let me|i'm going to|i am going to|i'm gonna|gonna|i can)"
PHONE = r"(?:the |this )?(?:phone|telephone|line)"
# Whoever speaks says that they are somebody of the patient's.
SPEAKS = (
    rf"\b(?:this is|i'm|i am|you have|you've got) (?:his|her|their|(?!my\b)(?:[a-z]+ ){{0,2}}[a-z]+'s) {KIN}",
    rf"\b(?:his|her|their) {KIN} (?:speaking|here)\b",
    rf"\b(?:soy|habla|le habla|está hablando con) (?:su|la|el) {PARIENTE}\b"
    r"(?! (?:mayor|menor|de (?:mis?|un[ao]?s?|dos|tres|cuatro|cinco|seis|muchos|muchas|varios|varias)\b))",
)
# What says that somebody else has the telephone already, or in this moment.
IS_THERE = _any(
    *SPEAKS,
    rf"\bhere(?:'s| is| comes) (?:my|his|her|the|your) {KIN}",
    r"\bhere (?:he|she) (?:is|comes)\b",
    rf"\b(?:he|she|my {KIN})(?:'s| is)? (?:just )?(?:coming|on (?:his|her) way) to {PHONE}\b",
    rf"\b(?:he|she|my {KIN}) (?:wants|would like|needs) to (?:talk|speak) (?:to|with) you\b",
    rf"\b(?:le|te) (?:paso|comunico) (?:a|con)\b|\baquí (?:está|viene|le paso|le paso a) (?:mi|su|la|el) {PARIENTE}\b",
    rf"\b(?:ahorita|ya|ahora) (?:viene|se pone)(?: (?:él|ella|mi {PARIENTE}))?(?: al teléfono| a hablar)?(?:$|[,;])",
    r"\bse l[oa] (?:paso|comunico)\b",
    rf"\bmi {PARIENTE} quiere hablar con (?:usted|ustedes|vos|tú|ti)\b|\bmi {PARIENTE} (?:le|te) quiere hablar\b",
)
# What offers it: true of this moment only, unless another time or purpose is named with it.
IS_OFFERED = _any(
    rf"\b{I_WILL} (?:just )?(?:go )?(?:and )?(?:get|fetch|grab|wake|find) {SOMEBODY}",
    rf"\b{I_WILL} (?:just )?(?:go )?(?:and )?put {SOMEBODY} on\b",
    rf"\b(?:i'll|i will|let me|i can) (?:just )?(?:go )?(?:and )?call {SOMEBODY}",
    rf"\b(?:i'm going to|i am going to|i'm gonna|gonna) call {SOMEBODY} (?:over|in|here|now|to {PHONE})\b",
    rf"\b{I_WILL} (?:just )?(?:pass|hand|give) (?:you|{PHONE}|it) (?:over )?(?:on )?(?:back )?(?:to )?{SOMEBODY}",
    rf"\b{I_WILL} (?:just )?(?:pass|hand|give) {SOMEBODY} {PHONE}\b",
    rf"\b{I_WILL} (?:just )?(?:pass|hand|give) (?:you|{PHONE}|it) (?:over|on|back)\b",
    rf"(?:^|\b(?:you (?:can|could|should|better|might)|why don't you|do you (?:want|mind)|would you like|^want"
    rf"|(?:i'll|i will) let you|let you|please|just|maybe|can you|could you|would you) (?:to )?(?:just )?)"
    rf"(?:talk|talking|speak|speaking) (?:to|with) (?:my|his|her) {KIN}",
    r"\b(?:(?:déjeme|déjame|deje que|voy a|permítame) (?:que )?)(?:llamarl[oa]|buscarl[oa]|traerl[oa]|despertarl[oa])\b",
    rf"\b(?:(?:déjeme|déjame|permítame|voy a) )(?:llamar|buscar|traer|despertar|pasarle|comunicarle?)"
    rf" (?:a|con) (?:mi|su|la|el) {PARIENTE}\b",
    rf"(?:^|\b(?:puede|podría|mejor|por favor|quiere) )(?:hable|hablar) con (?:mi|su) {PARIENTE}\b",
)
ANOTHER_TIME = _any(
    r"\b(?:tomorrow|tonight|later|afterwards?|someday|sometime|soon|eventually|next|yesterday|every|each|always|usually"
    r"|often|sometimes|never|if(?! (?:you|that))|when|whenever|(?<!at )once|unless|until|after|before)\b",
    r"\b(?:this|in the|at) (?:morning|afternoon|evening|weekend|week|night|noon)\b",
    r"\bin (?:an?|a few|\w+) (?:hours?|days?|weeks?)\b",
    r"\b(?:on |every )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
    r"\b(?:about|because)\b",
    r"\bto (?!the (?:phone|telephone)|talk|speak|come|help you|answer|tell you|(?:you|my|him|her|them|mom|dad)\b|grand)",
    r"\b(?:mañana|luego|después|más tarde|esta (?:tarde|noche|semana)|cada|siempre|a veces|nunca|cuando|antes|porque"
    r"|si(?! (?:quiere|gusta|desea))|para que(?! hable)|el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo))\b",
)
CLAUSE_ENDS = re.compile(r"[.!?;¿¡]+|,?\s+(?:but|pero)\s+")
RELATIVE_SPEAKS = _any(*SPEAKS)
# A relay service (711, TTY, captions) speaks for somebody who does not hear or speak well: nobody else's line.
RELAY = _any(
    r"\brelay (?:service|operator|call|center|agent)\b|\b(?:used|using|familiar with) (?:the )?relay\b",
    r"\b(?:seven one one|711|t ?t ?y|tdd|captel|video relay|communications? assistant)\b",
    r"\b(?:operador[a]? de relevo|servicio de (?:relevo|retransmisión))\b",
)
CHILD = _any(
    r"\bmy (?:mommy|daddy|mamma|grandma|grandpa|nana|papa|mommy's|daddy's) (?:is|isn't|can't|went|said|sleeping)\b",
    r"\bi(?:'m| am) (?:only )?(?:four|five|six|seven|eight|nine|ten|4|5|6|7|8|9|10)(?: years old| and a half|[.!]?$)",
    r"\bmi (?:mami|papi|abuelita|abuelito) (?:está|no está|salió|dice)\b",
    r"\btengo (?:cuatro|cinco|seis|siete|ocho|nueve|diez) años\b",
)


def answerer(text: str) -> Answerer | None:
    """What kind of machine says this, None for what may be a person."""
    words = " ".join(text.casefold().replace("’", "'").split())
    if RELAY.search(words):
        return None
    if SCREENING.search(words):
        return Answerer.SCREENING
    if VOICEMAIL.search(words):
        return Answerer.VOICEMAIL
    return Answerer.IVR if IVR.search(words) else None


def is_holding(text: str) -> bool:
    """True for what a screening service says while it asks the person."""
    words = " ".join(text.casefold().split())
    return not words or (HOLDING.search(words) is not None and len(words.split()) <= 12)


def hands_over(text: str) -> bool:
    """True when the telephone is going to somebody else now, or already has.

    What is done every day, is planned for another time, or has another purpose ("I'm going to call my daughter
    tomorrow", "I talk to her every day") hands nothing over. Where nothing of that kind is said, an offer counts:
    asking once more who is there costs a sentence, the other mistake a patient's privacy.
    """
    words = " ".join(text.casefold().replace("’", "'").split())
    clauses = [clause.strip(" ,") for clause in CLAUSE_ENDS.split(words)]
    if RELAY.search(words):
        return False
    return any(IS_THERE.search(clause) or _is_offered(clause) for clause in clauses if clause)


def _is_offered(clause: str) -> bool:
    """True for an offer that no other time, condition or purpose stands beside."""
    found = IS_OFFERED.search(clause)
    return (
        found is not None
        and ANOTHER_TIME.search(f"{clause[: found.start()]} {clause[found.end() :]}") is None
    )


def is_relative(text: str) -> bool:
    """True when whoever speaks says that they are somebody of the patient's."""
    return RELATIVE_SPEAKS.search(" ".join(text.casefold().replace("’", "'").split())) is not None


def is_relay(text: str) -> bool:
    """True when a relay operator announces themselves, or somebody speaks of one."""
    return RELAY.search(" ".join(text.casefold().replace("’", "'").split())) is not None


def is_child(text: str) -> bool:
    """True when the words are a child's."""
    return CHILD.search(" ".join(text.casefold().replace("’", "'").split())) is not None
