"""No voice model: the replies to the screens' questions, and what they lead to, in the telephone network's own voice."""

from __future__ import annotations

import pytest

from alerts.models import Alert, CallFlag
from alerts.phrases.model import ScanResult
from calls import crisis, detector
from calls.models import ScreenResult
from calls.recordings import scripts
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


# --- doubts, which nobody else would clear up


@pytest.mark.parametrize(
    ("question", "words", "key"),
    [
        ("shortness_of_breath", "I don't know.", "breath_rest"),
        ("chest_pain", "Maybe.", "breath_rest"),
        ("fatigue", "I fell yesterday.", "warning_faint"),
        ("mood", "Maybe.", "phq_interest"),
        ("medication", "I don't know.", "clarify_medication"),
        ("weight", "Maybe four, or five.", "clarify_weight"),
    ],
)
def test_a_doubt_is_cleared_up_before_anything_else_is_asked(
    line: Line,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    question: str,
    words: str,
    key: str,
) -> None:
    topic = {"shortness_of_breath": "dyspnea", "fatigue": "fall"}.get(question, question)
    doubt = ScanResult(controls=(f"clarify:{topic}",))
    monkeypatch.setattr(detector, "judged", lambda *given: doubt)
    line.ask("fatigue").says(words)
    assert scripts("en").text(key) in line.hears and "how tired" not in line.hears.casefold()


def test_a_doubt_about_a_fall_leads_on_to_its_danger_signs(line: Line) -> None:  # noqa: F811
    crisis.want(line.call, "warning")
    line.ask("fatigue").says("Hm.").presses("2")
    assert script("warning_fall") in line.hears
    assert script("fall_head") in line.says("Yes, yesterday.").hears
    assert Alert.objects.filter(call=line.call, rule_id="E07").exists()


def test_a_doubt_that_is_denied_leads_back_to_the_questions(line: Line) -> None:  # noqa: F811
    line.ask("shortness_of_breath").says("I don't know.")
    assert script("breath_rest") in line.hears and script("chest_now") in line.presses("2").hears
    assert line.presses("2").hears.startswith(script("screen_thanks")) and "short of breath" in line.hears
    assert not Alert.objects.filter(severity="critical").exists()


def test_a_doubt_about_medicines_is_told_in_words_and_the_questions_go_on(line: Line) -> None:  # noqa: F811
    line.ask("medication").says("I don't know.")
    assert scripts("en").said["clarify_medication"] in line.hears
    line.says("I have missed my water pill since Friday.")
    assert line.hears.startswith(script("screen_thanks")) and "short of breath" in line.hears
    row = ScreenResult.objects.get(call=line.call)
    assert (row.screen, row.outcome, row.replies) == ("medication", "told", {"missed": "told"})
    assert CallFlag.objects.filter(call=line.call, flag="missed_medication").exists()


def test_what_only_a_person_can_read_is_to_be_verified(line: Line) -> None:  # noqa: F811
    line.ask("medication").says("I don't know.").says("The little blue one.")
    assert Alert.objects.filter(call=line.call, rule_id="D01").exists()


def test_a_doubt_that_stays_one_counts_as_a_yes(line: Line) -> None:  # noqa: F811
    line.ask("shortness_of_breath").says("I don't know.").says("I don't know.")
    assert line.hears.startswith(f"{script('call_911')} {script('alert_committed')}")
    assert Alert.objects.filter(call=line.call, rule_id="E03", severity="critical").exists()


def test_in_an_emergency_no_doubt_is_asked_about(line: Line) -> None:  # noqa: F811
    line.ask("chest_pain").presses("1")
    line.ask("shortness_of_breath").says("I don't know.")
    assert script("breath_rest") not in line.hears and line.call.state == "in_progress"
