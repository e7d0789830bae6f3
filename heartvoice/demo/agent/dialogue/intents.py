"""What a patient may want at any time, whatever was asked: emergencies first."""

import re
from enum import StrEnum

from heartvoice.demo.agent.dialogue.words import spelled_out


class Intent(StrEnum):
    """A wish, or a danger, that goes before the question at hand."""

    CHEST_PAIN = "chest_pain"
    BREATHING = "breathing"
    CRISIS = "crisis"
    STROKE = "stroke"
    WRONG_PERSON = "wrong_person"
    OPT_OUT = "opt_out"
    HUMAN = "human"
    ROBOT = "robot"
    REPEAT = "repeat"
    SLOWER = "slower"
    WAIT = "wait"
    ADVICE = "advice"
    GOODBYE = "goodbye"


EMERGENCIES = (Intent.CHEST_PAIN, Intent.BREATHING, Intent.CRISIS, Intent.STROKE)

_DANGERS = {
    Intent.CRISIS: (
        r"\b(kill|hurt|harm) myself\b",
        r"\bend (my life|it all)\b",
        r"\b(want|wish|like) to (die|be dead)\b",
        r"\bi (was|were) dead\b",
        r"\bbetter off (dead|without me)\b",
        r"\b(not want|no reason|not worth|no point|tired of) (to )?liv(e|ing)\b",
    ),
    Intent.BREATHING: (
        r"\bcannot (breathe|get (any |enough )?air|catch (my|her|his) breath)\b",
        r"\b(gasping|choking|fighting) for (air|breath)\b",
        r"\bhard to breathe (right )?now\b",
        r"\b(she|he|mom|dad|i am|is) suffocating\b",
    ),
    Intent.CHEST_PAIN: (
        r"\bchest (is |has been )?(hurt|ach|tight|heav|press|squeez|pain)",
        r"\b(pain|pressure|tightness|heaviness|squeezing|burning|crushing)\b.{0,24}\bchest\b",
        r"\bheart attack\b",
        r"\belephant\b.{0,20}\bchest\b",
    ),
    Intent.STROKE: (
        r"\bface (is |has been )?(droop|numb|hang)",
        r"\b(slurred|slurring)\b",
        r"\bhaving a stroke\b",
        r"\b(arm|leg|side) (is|went|has gone) (numb|weak|limp)\b",
    ),
}
_WISHES = {
    Intent.WRONG_PERSON: (
        r"\bwrong (number|person|house|guy|lady|man|woman)\b",
        r"\b(nobody|no one|no one here|nobody here) (here )?(by|of|called|named|with) \w+",
        r"\b(does|do) not live here\b",
        r"\bi am not [a-z]+$",
    ),
    Intent.OPT_OUT: (
        r"\b(stop|quit) (calling|ringing|these calls|the calls)\b",
        r"\b(do not|never) (ever )?(call|ring|phone) (me|us|here|this number)( again| any ?more)?\b",
        r"\btake me off\b",
        r"\b(no more|do not want (any |these |any more |more )?)calls\b",
        r"\bunsubscribe\b",
    ),
    Intent.HUMAN: (
        r"\b(talk|speak) (to|with) (a|an|the|my|some|any)?\s?(real |actual |live |human )?"
        r"(person|nurse|doctor|human|somebody|someone|operator|staff|being)\b",
        r"\b(get|give|want|need|connect|transfer|put)\b.{0,20}\b(nurse|doctor|human|real person|operator)\b",
        r"\b(nurse|doctor|someone|somebody) (to )?(call|ring|phone) me\b",
    ),
    Intent.ROBOT: (
        r"\bare you (a |an |really |even )*(real|robot|machine|human|computer|person|recording|ai|a i|bot)\b",
        r"\bis this (a |an )*(robot|machine|computer|recording|real person|ai|a i|bot)\b",
        r"\bam i (talking|speaking) (to|with) (a |an )*(robot|machine|computer|person|human|recording)\b",
    ),
    Intent.REPEAT: (
        r"\b(repeat|say) (that|it|the question|your question)\b.{0,12}\b(again|once more|please|slowly)\b",
        r"\b(could|can|would|will) you (please )?(repeat|say)\b",
        r"\b(please )?repeat( that| it| the question)?( please)?$",
        r"\bsay (that|it|again)( again)?\b",
        r"\b(did not|could not|cannot) (hear|catch|understand|get) (you|that|it|what|the question)\b",
        r"\bwhat (was|is) (that|the question)\b",
        r"\bwhat did you (say|ask)\b",
        r"\b(beg your )?pardon( me)?$",
        r"^(what|sorry|huh|come again|excuse me|hello what)$",
    ),
    Intent.SLOWER: (
        r"\b(speak|talk|go|say|read)\b.{0,24}\b(slow|slower|slowly)\b",
        r"^(please )?slow(er)?( down)?( please| a bit| a little)*$",
        r"\b(too fast|slow down please|please slow down)\b",
    ),
    Intent.WAIT: (
        r"^(please )?wait( please| a bit)*$",
        r"\b(hold|hang) on\b",
        r"\blet me (get|fetch|find|check|look)\b",
        r"\b(give me|just|wait) (a|one) (moment|minute|second|sec)\b",
    ),
    Intent.ADVICE: (
        r"\bshould i (take|stop|double|skip|drink|eat|go|be worried|worry|increase|change)\b",
        r"\bcan i (take|stop|double|skip|drink|eat|have)\b",
        r"\bwhat (should|do) i (do|take)\b",
        r"\bis it (ok|okay|safe|all right) (to|if)\b",
    ),
    Intent.GOODBYE: (
        r"\b(good ?bye|bye bye|bye now|bye)\b",
        r"\b(have|got|need) to (go|hang up|leave)( now)?\b",
        r"\b(i am|am) hanging up\b",
        r"\bno time (for this|right now|now)\b",
    ),
}
_CLAUSE = re.compile(r"[.,;:!?]|\bbut\b|\bhowever\b|\balthough\b|\bthough\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(no|not|never|none|without|nor|neither|free of|gone)\b")
_SOMEONE_ELSE = re.compile(r"\b(commercial|movie|film|television|tv)\b")


def clauses(text: str) -> list[str]:
    """The text cut at punctuation and contrasts, each part spelled out."""
    return [part for part in (spelled_out(piece) for piece in _CLAUSE.split(text)) if part]


def danger(text: str) -> Intent | None:
    """An emergency that the words state, unless the clause denies it before it names it."""
    parts = clauses(text)
    for intent, patterns in _DANGERS.items():
        for clause in parts:
            for pattern in patterns:
                hit = re.search(pattern, clause)
                if hit and not _denied(clause, hit.start(), intent):
                    return intent
    return None


def wish(text: str) -> Intent | None:
    """What the words ask for, or None. A long answer asks for something only in plain words."""
    words = spelled_out(text)
    for intent, patterns in _WISHES.items():
        if any(re.search(pattern, words) for pattern in patterns):
            return intent
    return None


def _denied(clause: str, at: int, intent: Intent) -> bool:
    if _SOMEONE_ELSE.search(clause):
        return True
    before = clause[:at]
    if intent is Intent.CRISIS and re.search(
        r"\b(would|will) never\b|\b(not|never) (want|think|going)\b", before
    ):
        return True
    return bool(_NEGATED.search(before))
