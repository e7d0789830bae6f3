"""What an answer means, given the kind of question: figures where figures were said, never a guess."""

import re
from dataclasses import dataclass

from heartvoice.demo.agent.dialogue.numbers import ALONE, numbers
from heartvoice.demo.agent.dialogue.words import spelled_out

KILOGRAM_LB = 2.20462
SMALLEST_WEIGHT_LB, LARGEST_WEIGHT_LB = 60, 700
LARGEST_CHANGE_LB = 50
LARGEST_MISSED = 60


@dataclass(frozen=True, slots=True)
class Score:
    """A place on a scale from 0 to 4."""

    value: int


@dataclass(frozen=True, slots=True)
class SeveralScores:
    """More than one number was said, and none of them as the answer."""


@dataclass(frozen=True, slots=True)
class Yes:
    pass


@dataclass(frozen=True, slots=True)
class No:
    pass


@dataclass(frozen=True, slots=True)
class WeightChange:
    """Pounds since the last call; minus is lost."""

    pounds: float


@dataclass(frozen=True, slots=True)
class WeightAmount:
    """So many pounds, up or down not said."""

    pounds: float


@dataclass(frozen=True, slots=True)
class WeightDirection:
    """Up (1) or down (-1), how much not said."""

    sign: int


@dataclass(frozen=True, slots=True)
class Weight:
    """What the scale shows, in pounds."""

    pounds: float


@dataclass(frozen=True, slots=True)
class NotMeasured:
    pass


@dataclass(frozen=True, slots=True)
class Missed:
    """So many doses missed this week."""

    doses: int


@dataclass(frozen=True, slots=True)
class MissedSome:
    """Some doses missed, how many not said."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A medicine was stopped or has run out."""


@dataclass(frozen=True, slots=True)
class Told:
    """An open answer: `mood` -1 bad, 0 neither, 1 good; `is_worse` when said to be much or getting worse."""

    mood: int
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Unclear:
    pass


Answer = (
    Score | SeveralScores | Yes | No | WeightChange | WeightAmount | WeightDirection | Weight | NotMeasured | Missed
    | MissedSome | Stopped | Told | Unclear
)  # fmt: skip

_YES = r"\b(yes|yeah|yep|yup|yah|sure|correct|right|indeed|exactly|i have|i did|i do|uh huh|of course|certainly|absolutely)\b"
_NO = r"\b(no|nope|nah|not|never|none|nothing|neither)\b"
_SAID_AS_ANSWER = re.compile(
    r"\b(?:say|answer is|it is|it is a|is a|call it|maybe|about|probably|around|give it|number|would be|at a)"
    r"(?: a| about| around| maybe| number)* (zero|one|two|three|four)\b(?! (?:of|day|time|night|pillow|step|block|hour))"
)
# "I would say two" is often heard as "I would say, too": after such words a number is due.
_HOMOPHONE_AS_ANSWER = re.compile(
    r"\b(?:would say|answer is|is a|i say|maybe a|about a)(?: a| about)? (to|too|for|fore|won|tree|free|hero)\b"
    r"(?! (?:the|you|be|me|most|that|sure|now))"
)
_NONE_AT_ALL = (
    r"\bnot at all\b|\bnone\b|^(no )?nothing( at all)?$"
    r"|\bno \w*\s?(swelling|trouble|problem|problems|difficulty|shortness|fatigue)\b"
    r"|\bnot (tired|swollen|short of breath|limit\w+|limited|depressed|sad)\b|^never\b"
)
_WORDED = (
    (
        4,
        r"\bat rest\b|\b(even|just) (sitting|lying|resting)\b|\b(extremely|terribl[ey]|horribl[ey]|unbearable|awful)\b"
        r"|\b(very|really|so|as) (bad|severe)\b|\bsevere(ly)?\b|\bcompletely\b|\bworst\b|\bcould not be worse\b",
    ),
    (
        3,
        r"\b(quite|pretty|rather) (bad|hard|tired|swollen|low|short)\b|\ba lot\b|\bbadly\b"
        r"|\bvery (tired|swollen|low|short|hard)\b",
    ),
    (2, r"\b(moderate(ly)?|medium|in the middle|somewhat|some)\b"),
    (
        1,
        r"\b(a little|a bit|little bit|slight(ly)?|mild(ly)?|barely|hardly any|not much)\b"
        r"|\bnot (so|too|very) (much|bad|tired|hard|short)\b",
    ),
    (0, r"\b(fine|perfect(ly)?|great|very good|good|normal)\b"),
)


def has(text: str, pattern: str) -> bool:
    return re.search(pattern, text) is not None


def yes_or_no(text: str) -> Answer:
    """Yes, No or Unclear. "No" wins: "no, that is right" is rare, "yes, no pain" is not a yes."""
    words = spelled_out(text)
    first = words.split()[:1]
    if first in (["yes"], ["yeah"], ["yep"], ["yup"], ["correct"], ["right"]) and not has(
        words, r"\bnot (right|correct)\b"
    ):
        return Yes()
    if has(words, _NO):
        return No()
    return (
        Yes()
        if has(words, _YES) or words in ("okay", "ok", "all right", "that is it", "go ahead")
        else Unclear()
    )


def score(text: str) -> Answer:
    """Score, SeveralScores or Unclear."""
    words = spelled_out(text)
    tokens = words.split()
    if len(tokens) <= 2 and tokens and tokens[-1] in ALONE:
        return Score(ALONE[tokens[-1]])
    words = re.sub(r"\bafore\b", "a fore", words)
    if homophone := _HOMOPHONE_AS_ANSWER.search(words):
        return Score(ALONE[homophone[1]])
    figures = numbers(tokens)
    small = [int(value) for value in figures if value in (0, 1, 2, 3, 4)]
    if named := _SAID_AS_ANSWER.findall(words):
        chosen = {int(numbers([each])[0]) for each in named}
        if has(words, r"\b(two or three|one or two|three or four|zero or one)\b"):
            return SeveralScores()
        return Score(chosen.pop()) if len(chosen) == 1 else SeveralScores()
    if small:
        leading = numbers(tokens[:1])
        if len(set(small)) == 1 and (len(tokens) <= 6 or leading or len(figures) == 1):
            is_pronoun = small[0] == 1 and has(
                words, r"\b(no one|one of|one day|one time|one night|the one)\b"
            )
            return Unclear() if is_pronoun else Score(small[0])
        if (
            leading
            and leading[0] in (0, 1, 2, 3, 4)
            and not has(words, r"\b\w+ (or|to) (one|two|three|four)\b")
        ):
            return Score(int(leading[0]))
        return SeveralScores()
    if figures:
        return Unclear()
    if has(words, _NONE_AT_ALL):
        return Score(0)
    for value, pattern in _WORDED:
        if has(words, pattern):
            return Unclear() if value == 0 and has(words, _NO) else Score(value)
    return Unclear()


def chest_pain(text: str) -> Answer:
    """Whether there was pain or pressure: a symptom named without a "no" is a yes."""
    plain = yes_or_no(text)
    words = spelled_out(text)
    if isinstance(plain, Unclear) and has(words, r"pain|tight|pressure|hurt|heav|\bach|squeez|burn|press"):
        return Yes()
    turned = has(words, r"^no\b.*\b(but|except|only)\b.*(tight|pressure|pain|hurt|heav|squeez)")
    return Yes() if isinstance(plain, No) and turned else plain


def fall(text: str) -> Answer:
    """Whether there was a fall or a faint."""
    words = spelled_out(text)
    fell = r"\b(i (fell|slipped|tripped|fainted|collapsed|blacked out|passed out|went down)|took a (tumble|spill|fall))\b"
    if has(words, fell) and not has(words, r"\b(almost|nearly|never)\b"):
        return Yes()
    return yes_or_no(text)


def weight_change(text: str) -> Answer:
    """What changed, or what the scale shows; kilograms become pounds."""
    words = spelled_out(text)
    tokens = [
        {"to": "two", "for": "four"}.get(word, word) if before in ("gained", "lost", "one") else word
        for before, word in zip(["", *words.split()], words.split(), strict=False)
    ]
    figures = numbers(tokens)
    if has(words, r"\b(couple of pounds|couple pounds)\b"):
        figures = [2.0]
    if has(
        words,
        r"\b(did|have|do) not (weigh|measure|step|check|know|own|have a scale)|\bno scale\b|\bno idea\b|\bforgot to\b",
    ):
        return NotMeasured()
    if has(words, r"\b(kilo|kilos|kilogram|kilograms|kg)\b"):
        figures = [round(value * KILOGRAM_LB * 2) / 2 for value in figures]
    heavy = [value for value in figures if SMALLEST_WEIGHT_LB <= value <= LARGEST_WEIGHT_LB]
    up = has(words, r"\b(gain\w*|up|heavier|more|put on|increase\w*|higher)\b")
    down = has(words, r"\b(lost|lose|losing|down|lighter|less|drop\w*|decrease\w*|lower)\b")
    amounts = [value for value in figures if 0 < value <= LARGEST_CHANGE_LB]
    if amounts and not heavy and up != down:
        return WeightChange(amounts[0] if up else -amounts[0])
    if len(heavy) == 1 and not (up or down):
        return Weight(heavy[0])
    if len(heavy) == 2 and has(words, r"\bfrom\b.*\bto\b") and abs(heavy[1] - heavy[0]) <= LARGEST_CHANGE_LB:
        return WeightChange(heavy[1] - heavy[0])
    if amounts and not heavy and not (up or down):
        return WeightAmount(amounts[0])
    if has(words, r"\b(same|no change|not changed|not change|unchanged|steady|stable|stayed|has not)\b"):
        return WeightChange(0.0)
    if not figures and up != down:
        return No() if has(words, _NO) else WeightDirection(1 if up else -1)
    return yes_or_no(text) if not figures else Unclear()


def missed_doses(text: str) -> Answer:
    """How many doses were missed. A plain yes or no does not say: the question asks two things."""
    words = spelled_out(text)
    figures = [
        int(value) for value in numbers(words.split()) if value == int(value) and value <= LARGEST_MISSED
    ]
    none = has(
        words,
        r"\b(not|never|have not) (miss|missed|skip|skipped|forget|forgot|forgotten)\b|\bmissed (none|nothing|zero)\b"
        r"|\b(all|every one) of (them|it|my)\b|\bevery (single )?(day|dose|one|pill|morning)\b|\btook (them )?all\b"
        r"|\bno missed\b|\bwithout missing\b",
    )
    some = has(words, r"\b(miss|missed|forgot|forgotten|forget|skip|skipped|left out)\b") and not has(
        words, r"\b(not|never) (miss|skip|forg)"
    )
    if has(
        words, r"\b(ran|run|running|am) out\b|\b(stopped|quit) (taking|my|the|it|them)\b|\bnot been taking\b"
    ):
        return Stopped()
    if some and not has(words, r"\bmissed (none|nothing|zero)\b"):
        if has(words, r"\bonce\b|\bone time\b|\ba dose\b|\bjust (the )?one\b"):
            return Missed(1)
        if has(words, r"\btwice\b|\b(a )?couple\b"):
            return Missed(2)
        return Missed(figures[0]) if len(figures) == 1 else MissedSome()
    if none:
        return Missed(0)
    if len(figures) == 1 and len(words.split()) <= 6:
        return Missed(figures[0])
    if has(words, r"\b(none|not any|not one)\b"):
        return Missed(0)
    if len(words.split()) == 1 and words in ALONE:
        return Missed(ALONE[words])
    if has(words, r"\byes\b.*\b(took|taken|have|did|always)\b|\balways\b|\blike clockwork\b"):
        return Missed(0)
    return yes_or_no(text)


def open_answer(text: str) -> Answer:
    """How it sounds, for the acknowledgement only: nothing is recorded from it."""
    words = spelled_out(text)
    if len(words) < 2:
        return Unclear()
    bad = has(
        words,
        r"\bnot (\w+ )?(good|well|great|so good|too good|doing well)\b|\b(tired|bad|worse|terrible|awful|weak|exhausted|"
        r"hard|puffy|heavy|sad|down|lonely|pain|sick|poorly|under the weather|could not sleep|not sleep|dizzy|rough)\b",
    )
    good = has(
        words, r"\b(better|fine|good|well|great|okay|ok|all right|alright|lovely|wonderful|nice|busy|happy)\b"
    )
    worse = has(
        words, r"\b(much|a lot|far|getting|so much) worse\b|\bworse (and worse|every day|than ever)\b"
    )
    return Told(-1 if bad else 1 if good else 0, worse)
