"""What an alert rests on, as the pages show it."""

from __future__ import annotations

from heartvoice.dashboard.evidence import evidence_list, evidence_of
from heartvoice.templatetags.hv import flag

ANSWER = {"what": "shortness_of_breath", "value": "4 of 4", "call_s": 61.5, "call": "c1", "utterance": ""}
WORDS = {"what": "chest_pain", "utterance": "it hurts here", "call_s": 2.0}


def test_an_answer_is_shown_with_its_value_and_its_place_in_the_call():
    [shown] = evidence_list([ANSWER])
    assert (flag(shown.what), shown.value, shown.at_ms, shown.call_id) == (
        "Shortness of breath", "4 of 4", 61_500, "c1",
    )  # fmt: skip


def test_in_one_line_words_come_before_an_answer_and_an_answer_before_a_bare_code():
    assert evidence_of([ANSWER, WORDS]).quote == "it hurts here"
    assert evidence_of([{"what": "call_lost_after_flag"}, ANSWER]).value == "4 of 4"
    assert evidence_of([{"what": "call_lost_after_flag"}]) is None
