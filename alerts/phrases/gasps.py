"""Speech in single words between pauses, and what it says of the breath. Rule E03: cannot finish sentences. Pure.

Many people speak slowly and pause: only who also says that talking is what fails speaks so for want of air.
"""

from __future__ import annotations

import re
from typing import Literal

from alerts.phrases.lexicon import cues, lexicon
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import BOUNDARIES

# As recognisers write a pause: dots, or a dash between words.
_PAUSE = re.compile(r"\.{2,}|…|--+|—|\s[-–]\s")
# From so many pieces on, none longer than two words, a sentence is in pieces; of single words alone it is plain.
_PIECES = 3
_LONGEST = 2
# Who gives another reason ("I can't talk now, I'm driving").
_OTHER_REASON = "idioms.no-time-to-talk"
_CANNOT_TALK = cues("gasps", "cannot_talk")
_OF_BREATH = cues("gasps", "of_breath")


def in_gasps(text: Text, question: Question) -> Literal["no", "maybe", "plainly"]:
    """Whether the patient cannot talk for want of air: plainly in single words, or asked about breathing; else maybe."""
    sizes = _pieces(text)
    if len(sizes) < _PIECES or max(sizes) > _LONGEST or not _CANNOT_TALK.is_in(text):
        return "no"
    if any(match.rule.name == _OTHER_REASON for match in lexicon().hits(text)[1]):
        return "no"
    about_breath = "dyspnea" in question.topics or _OF_BREATH.is_in(text)
    return "plainly" if max(sizes) == 1 or about_breath else "maybe"


def _pieces(text: Text) -> list[int]:
    """The words between the pauses, in numbers; one that was spelled out ("can't") counts as one."""
    sizes: list[int] = []
    last = None
    for token in text.tokens:
        if token.word in BOUNDARIES or (last is not None and token.start == last.start):
            continue
        if last is None or _PAUSE.search(text.raw[last.end : token.start]):
            sizes.append(0)
        sizes[-1] += 1
        last = token
    return sizes
