"""No voice model: the replies to the screens' questions, and what they lead to, in the telephone network's own voice."""

from __future__ import annotations

import pytest

from alerts.models import Alert
from calls import crisis
from calls.models import ScreenResult
from heartvoice.demo.phone import twiml
from tests.integration.calls.test_crisis_by_network import Line, line, script, warm  # noqa: F401

# --- a wish for a person beside the reply


@pytest.mark.parametrize(
    ("first", "words", "rule", "key"),
    [
        ("I feel so hopeless these days", "Yes, I want to talk to a person.", "E10", "crisis_988"),
        ("I had to sleep in the chair last night", "Yes, can I talk to a nurse please?", "E03", "call_911"),
        ("I had to sleep in the chair last night", "I don't know, get me a nurse.", "E03", "call_911"),
    ],
)
def test_a_reply_beside_the_wish_for_a_person_counts_before_the_person_is_rung(
    line: Line,  # noqa: F811
    first: str,
    words: str,
    rule: str,
    key: str,
) -> None:
    line.ask("fatigue").says(first).says(words)
    assert line.is_rung_through and line.hears.startswith(f"{script(key)} {script('alert_committed')}")
    assert Alert.objects.filter(call=line.call, rule_id=rule, severity="critical").exists()
    assert ScreenResult.objects.filter(call=line.call).exists()


def test_who_said_yes_beside_the_wish_stays_with_us_when_nobody_takes_the_line(line: Line) -> None:  # noqa: F811
    line.ask("fatigue").says("I feel so hopeless these days").says("Yes. Can I talk to a nurse please?")
    line.post("/voice/nurse-result", DialCallStatus="no-answer")
    assert line.hears.startswith(script("person_not_there")) and line.call.state == "in_progress"
    assert isinstance(line.verbs[-1], twiml.Gather)


def test_a_plain_no_beside_the_wish_raises_nothing(line: Line) -> None:  # noqa: F811
    line.ask("fatigue").says("I feel so hopeless these days").says("No. Can I talk to a nurse?")
    assert line.is_rung_through and not Alert.objects.filter(severity="critical").exists()
    assert ScreenResult.objects.get(call=line.call).outcome == "none"


def test_a_wish_in_place_of_a_reply_is_not_asked_once_more(line: Line) -> None:  # noqa: F811
    line.ask("fatigue").says("I had to sleep in the chair last night").says("Can I talk to a nurse please?")
    assert line.is_rung_through
    assert ScreenResult.objects.get(call=line.call).replies == {"rest": "unsure"}


# --- who cannot answer


@pytest.mark.parametrize("words", ["buh, the blue, the", ""])
def test_who_cannot_answer_about_a_stroke_has_not_denied_it(line: Line, words: str) -> None:  # noqa: F811
    crisis.want(line.call, "stroke")
    line.ask("fatigue").says("Hm.")
    for _ in range(4):
        assert script("stroke_balance") in line.hears or script("stroke_eyes") in line.hears
        _ = line.says(words) if words else line.is_silent()
    assert line.hears.startswith(f"{script('stroke_911')} {script('alert_committed')}")
    assert Alert.objects.filter(call=line.call, rule_id="E09", severity="critical").exists()
    assert ScreenResult.objects.get(call=line.call).outcome == "signs"
