"""Who is on the telephone beside the patient, or is about to be, by the words: a relative, a relay operator. Pure."""

from __future__ import annotations

import re

from alerts.phrases.courtesies import parts_that_tell, plain, told_beside, told_in, unaccented


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(unaccented("|".join(f"(?:{pattern})" for pattern in patterns)))


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
# "I'm afraid of Ann's husband" is nobody's introduction.
NAME = (
    r"(?!\w+ing\b|(?:afraid|scared|terrified|tired|sick|worried|of|from|at|in|on|with|about|near|by|not|so|too|for|to)\b)"
    r"[a-z]+"
)
# Whoever speaks says that they are somebody of the patient's.
SPEAKS = (
    rf"\b(?:this is|i'm|i am|you have|you've got) (?:his|her|their|(?!my\b)(?:{NAME} ){{0,2}}[a-z]+'s) {KIN}",
    rf"\b(?:his|her|their) {KIN} (?:speaking|here)\b",
    rf"\b(?:soy|habla|le habla|está hablando con) (?:su|la|el) {PARIENTE}\b"
    r"(?! (?:mayor|menor|de (?:mis?|un[ao]?s?|dos|tres|cuatro|cinco|seis|muchos|muchas|varios|varias)\b))",
)
# What says that somebody else has the telephone already, or in this moment.
IS_THERE = _any(
    *SPEAKS,
    rf"\bhere(?:'s| is| comes) (?:my|his|her|the|your) {KIN}",
    r"\bhere (?:he|she) (?:is|comes)\b|^(?:[a-z]+,? )?it(?:'s| is) for you$",
    rf"\b(?:he|she|my {KIN})(?:'s| is)? (?:just )?(?:coming|on (?:his|her) way) to {PHONE}\b",
    rf"\b(?:he|she|my {KIN}) (?:wants|would like|needs) to (?:talk|speak) (?:to|with) you\b",
    rf"\b(?:le|te) (?:paso|comunico) (?:a|con)\b(?: (?:mi|su|la|el) {PARIENTE}\b)?"
    rf"|\baquí (?:está|viene|le paso|le paso a) (?:mi|su|la|el) {PARIENTE}\b",
    rf"\b(?:ahorita|ya|ahora) (?:viene|se pone)(?: (?:él|ella|mi {PARIENTE}))?(?: al teléfono| a hablar)?(?:$|[,;])",
    r"\bse l[oa] (?:paso|comunico)\b",
    rf"\bmi {PARIENTE} quiere hablar con (?:usted|ustedes|vos|tú|ti)\b|\bmi {PARIENTE} (?:le|te) quiere hablar\b",
)
# What offers it: true of this moment only, unless another time or purpose is named with it.
IS_OFFERED = _any(
    rf"\b{I_WILL} (?:just )?(?:go )?(?:and )?(?:get|fetch|grab|wake|find) {SOMEBODY}",
    rf"\b{I_WILL} (?:just )?(?:go )?(?:and )?put {SOMEBODY} on\b(?: {PHONE}\b)?",
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
# Who does not know the answer themselves, and says who does.
KNOWS_NOT = _any(
    r"^(?:i (?:do not|don't|wouldn't|would not) know(?: (?:that|it))?|i(?:'m| am) not sure|no (?:lo )?sé)$",
    r"^(?:she|he)(?:'ll| will| would)? knows?(?: (?:it|that))?(?: all)?(?: better)?$",
    r"^(?:she|he) (?:can|will) tell you$|^ell?[ao]? (?:lo )?sabe(?: (?:más|mejor))?$",
    rf"^(?:let me )?ask (?:my|his|her) {KIN}$|^pregúntele a (?:mi|su) {PARIENTE}$",
)
ASKS = _any(rf"^let me ask (?:my|his|her) {KIN}$")
GIVES = re.compile(r"\b(?:pass|hand|give) it (?:on )?to\b|\bpass it on\b")
RELATIVE_SPEAKS = _any(*SPEAKS)
# A relay service (711, TTY, captions) speaks for somebody who does not hear or speak well: nobody else's line.
RELAY = _any(
    r"\brelay (?:service|operator|call|center|agent)\b|\b(?:used|using|familiar with) (?:the )?relay\b",
    r"\b(?:seven one one|711|t ?t ?y|tdd|captel|video relay|communications? assistant)\b",
    r"\b(?:operador[a]? de relevo|servicio de (?:relevo|retransmisión))\b",
)


def hands_over(text: str) -> bool:
    """True when the telephone is going to somebody else now, or already has.

    What is done every day, is planned for another time, or has another purpose ("I'm going to call my daughter
    tomorrow", "I talk to her every day") hands nothing over. Where nothing of that kind is said, an offer counts:
    asking once more who is there costs a sentence, the other mistake a patient's privacy.
    """
    words = _plain(text)
    clauses = [clause.strip(" ,") for clause in CLAUSE_ENDS.split(words)]
    if RELAY.search(words):
        return False
    return any(IS_THERE.search(clause) or _is_offered(clause) for clause in clauses if clause)


def only_hands_over(text: str) -> bool:
    """True when the telephone goes to somebody else, or somebody is asked, and not a word is said beside it.

    What is given away is no telephone ("I'll give it to my daughter").
    """
    told = parts_that_tell(text)
    rest = [part for part in told if not KNOWS_NOT.search(told_in(part))]
    is_one = bool(rest) or any(ASKS.search(told_in(part)) for part in told)
    return is_one and all(_is_all_hand_over(part) and not GIVES.search(part) for part in rest)


def _is_all_hand_over(part: str) -> bool:
    found = (pattern.search(part) for pattern in (IS_THERE, IS_OFFERED))
    return any(hit and not told_beside(part[: hit.start()] + part[hit.end() :]) for hit in found)


def _is_offered(clause: str) -> bool:
    """True for an offer that no other time, condition or purpose stands beside."""
    found = IS_OFFERED.search(clause)
    return (
        found is not None
        and ANOTHER_TIME.search(f"{clause[: found.start()]} {clause[found.end() :]}") is None
    )


def is_relative(text: str) -> bool:
    """True when whoever speaks says that they are somebody of the patient's."""
    return RELATIVE_SPEAKS.search(_plain(text)) is not None


def is_relay(text: str) -> bool:
    """True when a relay operator announces themselves, or somebody speaks of one."""
    return RELAY.search(_plain(text)) is not None


def _plain(text: str) -> str:
    """As `plain`, but "sí" stays a yes: without its accent it is an "if"."""
    return plain(re.sub(r"\bsí\b", "yes", text.casefold()))
