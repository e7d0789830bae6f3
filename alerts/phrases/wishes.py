"""What a wish about the calls comes to: none at all, another time, or a person instead. Pure.

"I don't want calls before ten" is a wish about time; taken as an opt-out it would end a patient's monitoring.
"""

from __future__ import annotations

from alerts.phrases.lexicon import cues
from alerts.phrases.questions import Question
from alerts.phrases.text import Text

_LIMITED = cues("wishes", "limited")
_NOT_NOW = cues("wishes", "not_now")
_FOR_GOOD = cues("wishes", "for_good")
_UNWANTED = cues("wishes", "unwanted")
_TALK_ONLY = cues("wishes", "talk_only")
_CALLS = cues("wishes", "calls")
_EARLY = cues("wishes", "early")
_EARLY_FOR_OTHER = cues("wishes", "early_for_other")
# "Not so early" alone, without a word about calls.
_ALONE = 7
# So many words may stand between a refusal and its time.
_NEAR = 3


def wished(controls: list[str], text: Text, question: Question) -> list[str]:
    """The controls with an opt-out only where the calls themselves are refused."""
    found = set(controls)
    limited = _NOT_NOW.is_in(text) or _is_limited(text)
    if limited and not _FOR_GOOD.is_in(text):
        found.discard("opt_out")
        found.add("reschedule")
    elif "opt_out" in found and _FOR_GOOD.is_in(text):
        found.discard("reschedule")
    if {"opt_out", "human_request"} <= found and _TALK_ONLY.is_in(text) and not _CALLS.is_in(text):
        found.discard("opt_out")
    about_calls = _CALLS.is_in(text) or _CALLS.is_in(question.text) or len(text.tokens) <= _ALONE
    if about_calls and _EARLY.is_in(text) and not _EARLY_FOR_OTHER.is_in(text):
        found.add("reschedule")
    return sorted(found)


def _is_limited(text: Text) -> bool:
    """Whether a time stands beside what is not wanted: "no calls before ten", "at night don't ring"."""
    limits = _LIMITED.spans(text)
    return any(
        start - _NEAR <= other_end and other_start <= end + _NEAR
        for start, end in _UNWANTED.spans(text)
        for other_start, other_end in limits
    )
