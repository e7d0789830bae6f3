"""What a patient's words, or keys, reply to a screen's question. Pure.

Yes and no are read as everywhere else in a call (alerts.phrases.answers); what cannot be read is None, and is asked
for once more. The phrase scanner has judged the same words before: its flags count as a yes to their own question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from alerts.phrases.answers import bound_replies
from alerts.phrases.model import ScanContext, ScanResult
from alerts.phrases.orientation import failed
from alerts.phrases.questions import Question, question_of
from alerts.phrases.text import read
from calls.screens import Kind, Reply, Step
from calls.tools.spoken_date import years_meant

BOUND: Mapping[str, Reply] = {
    "yes": Reply.YES,
    "some": Reply.YES,
    "no": Reply.NO,
    "nearly": Reply.UNSURE,
    "hardly": Reply.UNSURE,
    "unsure": Reply.UNSURE,
}


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))


AGREES = _any(
    "please|okay|ok|sure|go ahead|i would|i'd like|that would",
    "(?:guess|think|suppose|believe) so",
    "por favor|bueno|est[aá] bien|dale|quiero",
)
AGAIN = _any(
    "repeat|say (?:that|it) again|come again|pardon|what was that|what did you (?:say|ask)",
    "did not hear|didn't hear|can't hear|cannot hear|what did you mean",
    "repita|repetir|otra vez|mande|cómo dijo|no (?:le )?(?:oí|oi|escuché|escuche|entendí)",
)
NOBODY = r"(?:a |an |any |the |to anybody|to anyone|no |una? |ning[uú]na? |a )?"
PERSON = r"(?:person|nurse|human(?: being)?|doctor|operator|anybody|anyone|one|persona|enfermer[ao]|nadie|m[eé]dico)"
WISH = "human_request"  # how the phrase scanner calls the wish for a person
# A wish for a person is no reply to what was asked, and a refusal to answer ("never mind", "I can't, get me ...") no denial.
PLAIN_NO = re.compile(
    r"^\W*(?:(?:oh|well|um+|uh|pues|ay|este)\W+)*(?:no|nope|nah|not|none|nothing|nada|ninguno|ninguna)\b"
)
REFUSES = _any(
    rf"(?:don't|do not|dont|never) (?:want|need|wish|like|have)(?: to)?(?: (?:talk|speak|be connected))?"
    rf"(?: (?:to|with|for))? {NOBODY}{PERSON}",
    rf"no (?:quiero|necesito|deseo|hace falta)(?: hablar| que me comunique)?(?: con)? {NOBODY}{PERSON}",
)
CHOICES = (
    (
        _any("(?:nearly|almost|just about) every day", "every ?day", "casi todos los días", "todos los días"),
        Reply.CHOICE_3,
    ),
    (
        _any("more than half", "over half", "most days", "más de la mitad", "mayoría de los días"),
        Reply.CHOICE_2,
    ),
    (
        _any(
            "(?:several|some|a few|couple of)(?: of the)? days",
            "sometimes",
            "varios días",
            "algunos días",
            "a veces",
        ),
        Reply.CHOICE_1,
    ),
    (_any("not at all", "none|never", "ningún día", "para nada", "nunca|nada", "^no|^nope"), Reply.CHOICE_0),
)
NUMBER = re.compile(r"^\W*(?:a |un )?(zero|one|two|three|cero|uno|dos|tres|[0-3])\W*$")
NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "cero": 0, "uno": 1, "dos": 2, "tres": 3}
_ASKED = Question(read(""), ("screen",), "yes_no", healthy_yes=False, presupposes=False)


def wants_again(text: str) -> bool:
    """True when the patient asks to hear the question again."""
    words = text.casefold()
    return AGAIN.search(words) is not None or words.strip("¿? .!") in ("what", "huh", "qué", "cómo", "sorry")


def refuses_person(text: str) -> bool:
    """True when a person is named only to be declined ("I do not need a nurse")."""
    return REFUSES.search(text.casefold().replace("\u2019", "'")) is not None


def reply_in_words(
    step: Step, text: str, *, wording: str, judged: ScanResult, local_time: datetime | None
) -> Reply | None:
    """The reply in these words to this step, None when it cannot be read. Beside a wish for a person, which is granted
    before anything is asked once more, what cannot be read is unsure.
    """
    words = text.strip()
    if not words:
        return None
    has_wish = WISH in judged.controls
    reply = _reply(step, words, wording, judged, local_time, has_wish=has_wish)
    return Reply.UNSURE if has_wish and reply is None else reply


def _reply(
    step: Step,
    words: str,
    wording: str,
    judged: ScanResult,
    local_time: datetime | None,
    *,
    has_wish: bool,
) -> Reply | None:
    match step.kind:
        case Kind.OPEN:
            return Reply.TOLD
        case Kind.YES_NO:
            if _is_on_topic(step.topic, judged):
                return Reply.YES
            return _beside_wish(words) if has_wish else yes_or_no(words)
        case Kind.ORIENTATION:
            context = ScanContext(last_question=wording, now=local_time)
            is_wrong = failed(read(words), question_of(wording, None), context)
            if is_wrong is None and step.id == "year" and local_time and (years := years_meant(words)):
                is_wrong = local_time.year not in years
            return None if is_wrong is None else Reply.WRONG if is_wrong else Reply.RIGHT
        case Kind.CHOICE:
            return _choice(words.casefold())


def _is_on_topic(topic: str, judged: ScanResult) -> bool:
    """True when the scanner has found what the question is about, whatever else was said."""
    if not topic:
        return False
    hits = any(hit.flag == topic and hit.source != "sticky" for hit in judged.flags)
    return hits or topic in judged.controls


def _beside_wish(words: str) -> Reply | None:
    """Yes or no, where the politeness of a wish ("please", "okay") is neither."""
    bound = bound_replies(read(words), _ASKED, {})
    reply = BOUND.get(bound[0].reply) if bound else None
    return None if reply is Reply.NO and not PLAIN_NO.search(words.casefold()) else reply


def yes_or_no(text: str) -> Reply | None:
    """Yes, no or unsure in these words, None where there is no answer."""
    bound = bound_replies(read(text), _ASKED, {})
    if bound:
        return BOUND.get(bound[0].reply)
    return Reply.YES if AGREES.search(text.casefold()) else None


def _choice(words: str) -> Reply | None:
    for pattern, reply in CHOICES:
        if pattern.search(words):
            return reply
    if found := NUMBER.match(words):
        said = found.group(1)
        return Reply(str(NUMBERS.get(said, said)))
    return None


def reply_by_keys(step: Step, keys: str) -> Reply | None:
    """1 is yes, 2 is no; a choice is its number."""
    match step.kind:
        case Kind.YES_NO:
            return {"1": Reply.YES, "2": Reply.NO}.get(keys)
        case Kind.CHOICE:
            return Reply(keys) if keys in ("0", "1", "2", "3") else None
        case Kind.ORIENTATION | Kind.OPEN:
            return None
