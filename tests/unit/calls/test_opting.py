"""A wish for no more calls, told from a wish for other calls."""

import pytest

from calls.opting import heeded, wants_no_calls

BOTH = ("opt_out", "reschedule")
PERSON = ("human_request", "opt_out")


@pytest.mark.parametrize(
    "text",
    [
        "Stop calling me so early.",
        "Don't call me again before ten.",
        "I don't want calls this early, call me later.",
        "Stop calling me at six in the morning!",
        "No more calls in the evening, please.",
        "Deje de llamarme tan temprano.",
        "No me llame más por la mañana.",
    ],
)
def test_a_wish_about_time_ends_no_calls(text: str) -> None:
    """ "Stop calling so early" = reschedule, not opt-out (clinical rules, call operations)."""
    assert not wants_no_calls(text, BOTH) and heeded(text, BOTH) == ("reschedule",)


@pytest.mark.parametrize(
    "text",
    ["I don't want to talk to a machine, get me a nurse.", "I'd rather have a person call me, not you."],
)
def test_who_wants_a_person_instead_gets_one_and_keeps_the_calls(text: str) -> None:
    assert heeded(text, PERSON) == ("human_request",)


@pytest.mark.parametrize(
    "text",
    [
        "Stop calling me.",
        "Stop calling me. I want to talk to a person.",
        "It is too early, and never call me again.",
        "Don’t call me anymore, I want a human.",
        "Take me off your list and let me speak to somebody.",
        "No more calls, please. It is too early for this.",
        "Deje de llamarme, quiero hablar con una persona.",
        "No me llame nunca más.",
    ],
)
def test_plain_words_end_them_whatever_else_is_asked(text: str) -> None:
    assert wants_no_calls(text, BOTH) and heeded(text, PERSON) == PERSON


def test_an_opt_out_alone_counts_in_any_wording() -> None:
    """ "Any clear wording counts": what the scanner takes for one needs no second reading."""
    assert wants_no_calls("I am done with this.", ("opt_out",))
    assert not wants_no_calls("Stop calling me.", ("reschedule",))
