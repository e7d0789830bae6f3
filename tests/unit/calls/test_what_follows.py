"""What Maya does because of a finding: the rule table's column, rule by rule (clinical rules, "what Maya says / does")."""

from __future__ import annotations

import pytest

from alerts.phrases.model import FlagHit
from alerts.rules import load_ruleset
from alerts.ruleset import Rule
from calls.events import (
    AddText,
    AlertCommitted,
    AlertFailed,
    AskReply,
    EndCall,
    EndReason,
    RaiseFlags,
    SaveTurn,
    StreamStopped,
    ToolCall,
    ToolFinished,
)
from calls.recordings import scripts
from calls.rule_lines import RuleLines
from calls.screens import Reply, Run, is_raised, screens
from tests.unit.calls.builders import Rig, flag, hears, result

RULES = load_ruleset().rules
CLIP_MS = 2_400
SCREEN_OF = {
    "E07": "fall", "E18": "safety", "S06": "breath", "S07": "breath", "S11": "warning", "S13": "present_thoughts",
}  # fmt: skip
# Below critical: "Tell them plainly to call 911 at once if it comes back or gets worse".
ADVICE = ("E02", "E08")
SCRIPT = ("E01", "E03", "E04", "E05", "E06", "E08", "E09", "E10", "E11", "E12", "E13", "E14", "E15", "E16")
LINES = ("E16", "S01", "S02", "S03", "S04", "S05", "M01", "M03", "M04", "M05", "D01")
# E17: tests/integration/scheduling/test_redials_and_follow_ups.py. C01: the text message of a missed check-in.
ELSEWHERE = ("E17", "C01")


def talking(said: dict[str, FlagHit] | None = None, *, is_verified: bool = True) -> Rig:
    rig = Rig(hears({words: result(hit) for words, hit in (said or {}).items()}))
    rig.conversation.parts.is_verified = is_verified
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    return rig


def heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


def recorded(rig: Rig, *found: str, number: int = 1) -> None:
    """An answer has been recorded, and these rules have fired."""
    rig.work(ToolFinished(f"c{number}", "updatePatientRecord", "{}", True, found=found))


def notes(rig: Rig) -> list[str]:
    return [text.text for text in rig.all(AddText)]


def test_every_rule_with_something_to_do_is_known_here() -> None:
    wanted = {rule.id for rule in RULES.values() if rule.maya}
    assert wanted == {*SCREEN_OF, *ADVICE, *SCRIPT, *LINES, *ELSEWHERE}


@pytest.mark.parametrize("rule", [RULES[rule_id] for rule_id in SCRIPT], ids=lambda rule: rule.id)
def test_a_critical_emergency_is_answered_by_its_script(rule: Rule) -> None:
    for name in rule.flags:
        if name == "hypotension":  # never critical
            continue
        rig = talking({"it happened": flag(name)})
        rig.patient("it happened")
        rig.wait(CLIP_MS + 400)
        assert heard(rig)[0].endswith(("_911", "_988")), name


@pytest.mark.parametrize("rule", [RULES[rule_id] for rule_id in ADVICE], ids=lambda rule: rule.id)
def test_an_emergency_of_days_ago_is_answered_with_911_if_it_returns(rule: Rule) -> None:
    rig = talking({"on Monday": flag(rule.flags[0], "high")})
    rig.patient("on Monday")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket, (f"{rule.id}:high",)))
    assert any("call 911 at once if it comes back" in text for text in notes(rig))


@pytest.mark.parametrize(("rule_id", "screen"), [(r, s) for r, s in SCREEN_OF.items() if r[0] == "S"])
def test_a_finding_whose_answer_a_life_may_depend_on_is_asked_about_word_for_word(
    rule_id: str, screen: str
) -> None:
    """S06: "ask if breathless now"; S07: "ask E03 and E01 questions"; S11: "ask faint, fall"; S13: present thoughts."""
    rig = talking()
    recorded(rig, f"{rule_id}:medium")
    rig.wait(CLIP_MS + 400)
    assert heard(rig) == [screens()[screen].steps[0].say]


@pytest.mark.parametrize("rule_id", [r for r in SCREEN_OF if r[0] == "E"])
def test_an_emergency_with_questions_of_its_own_is_asked_about(rule_id: str) -> None:
    name = RULES[rule_id].flags[0]
    rig = talking({"it happened": flag(name, "high")})
    rig.patient("it happened")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket))
    rig.wait(CLIP_MS + 400)
    assert heard(rig) == [screens()[SCREEN_OF[rule_id]].steps[0].say]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("rule_id", LINES)
def test_any_other_finding_has_its_sentence_in_both_languages(rule_id: str, language: str) -> None:
    assert scripts(language).rules[rule_id]
    assert rule_id in RULES and RULES[rule_id].maya


def test_poison_help_is_named_with_its_number() -> None:
    """M05: "Poison Help line"."""
    assert "one, eight hundred, two two two, one two two two" in scripts("en").rules["M05"]
    assert "uno, ochocientos, dos dos dos, uno dos dos dos" in scripts("es").rules["M05"]


# --- in the call


def test_the_breath_questions_begin_with_the_finding_whatever_led_to_it() -> None:
    """A rise from 0 to 2, "much worse", a score of 3: all of them are S07."""
    by_words = talking({"much worse": flag("worsening_dyspnea", "high", "symptom_worsening")})
    by_words.patient("much worse")
    by_words.work(AlertCommitted(by_words.all(RaiseFlags)[0].ticket, ("S07:high", "S08:medium")))
    by_score = talking()
    recorded(by_score, "S07:high")
    for rig in (by_words, by_score):
        rig.wait(CLIP_MS + 400)
        assert heard(rig) == ["breath_rest"]


def test_each_screen_is_asked_once_however_often_the_finding_is_seen() -> None:
    rig = talking()
    recorded(rig, "S06:high", "S07:high")
    rig.wait(CLIP_MS + 800)
    for key in ("breath_rest", "chest_now"):
        assert heard(rig)[-1] == key
        rig.patient("No.")
        rig.wait(CLIP_MS + 800)
    recorded(rig, "S07:high", number=2)
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["breath_rest", "chest_now", "screen_thanks"]


def test_a_sentence_is_given_once_and_those_that_are_alike_count_as_one() -> None:
    rig = talking()
    recorded(rig, "S01:high", "S02:high", "M03:medium")
    recorded(rig, "S01:high", "S04:high", "M03:medium", number=2)
    (told,) = [text for text in notes(rig) if "say this next" in text]
    assert told.count("usual scale") == 1 and "the cost, how they make you feel" in told


def test_nothing_is_said_of_a_record_before_it_is_known_who_speaks() -> None:
    rig = talking(is_verified=False)
    recorded(rig, "M01:high")
    assert not [text for text in notes(rig) if "say this next" in text]
    rig.conversation.parts.is_verified = True
    recorded(rig, "M01:high", number=2)
    assert [text for text in notes(rig) if "A nurse will look at this" in text]


def test_in_an_emergency_nothing_else_is_asked() -> None:
    rig = talking({"my chest": flag("chest_pain")})
    rig.patient("my chest")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket, ("E01:critical", "S11:medium")))
    rig.wait(2 * CLIP_MS + 2_000)
    recorded(rig, "S07:high", "S01:high")
    rig.wait(CLIP_MS + 2_000)
    assert heard(rig) == ["call_911", "alert_committed"]
    assert not [text for text in notes(rig) if "say this next" in text]


def test_without_the_rules_the_words_own_rule_counts() -> None:
    """The alert could not be committed in time: nobody has judged it yet, the question is asked all the same."""
    dizzy = FlagHit("dizziness", "medium", "symptom_worsening", "dizzy", 0, 5, "affirmed", "S11", "test")
    rig = talking({"dizzy": dizzy})
    rig.patient("I am dizzy")
    rig.work(AlertFailed(rig.all(RaiseFlags)[0].ticket))
    rig.wait(CLIP_MS + 400)
    assert heard(rig) == ["warning_faint"]


def test_a_low_mood_in_passing_is_not_asked_about() -> None:
    rig = talking()
    recorded(rig, "S13:low")
    rig.wait(CLIP_MS)
    assert not heard(rig)


def test_a_fall_that_is_asked_about_already_leaves_nothing_to_ask_of_a_dizziness() -> None:
    fell = flag("fall", "high")
    rig = talking({"dizzy and fell": fell})
    rig.patient("I got dizzy and fell")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket, ("E07:high", "S11:medium")))
    rig.wait(CLIP_MS + 800)
    for reply in ("No.", "No.", "Yes, I can.", "No."):
        rig.patient(reply)
        rig.wait(CLIP_MS + 800)
    assert [key for key in heard(rig) if key.startswith(("fall", "warning"))] == [
        "fall_head", "fall_faint", "fall_walk", "fall_thinner",
    ]  # fmt: skip


def test_a_fall_told_when_asked_is_high_until_its_own_questions_say_more() -> None:
    rig = talking()
    recorded(rig, "S11:medium")
    rig.wait(CLIP_MS + 800)
    rig.patient("No.")
    rig.wait(CLIP_MS + 800)
    rig.patient("Yes.")
    (raised,) = rig.all(RaiseFlags)
    (hit,) = raised.result.flags
    assert (hit.flag, hit.severity, hit.rule_id) == ("fall", "high", "E07")
    rig.work(AlertCommitted(raised.ticket, ("E07:high",)))
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["warning_faint", "warning_fall", "fall_head"]


@pytest.mark.parametrize("severity", ["medium", "high"])
def test_a_stroke_sign_below_critical_begins_be_fast(severity: str) -> None:
    rig = talking({"my arm": flag("stroke_signs", severity)})
    rig.patient("my arm, on Monday")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[0].ticket, ("E09:high",)))
    rig.wait(CLIP_MS + 400)
    assert heard(rig) == ["stroke_balance"]


def test_a_sign_that_may_be_one_of_a_stroke_begins_be_fast() -> None:
    rig = Rig(hears({"funny": result(controls=("clarify:stroke_signs",))}))
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    rig.patient("my face feels funny")
    rig.wait(CLIP_MS + 400)
    assert heard(rig) == ["stroke_balance"]


def test_a_flag_that_is_known_as_severe_is_not_raised_again() -> None:
    assert is_raised("fall:high", [flag("fall")]) and is_raised("fall:high", [flag("fall", "high")])
    assert is_raised("syncope", [flag("syncope")]) and not is_raised("syncope", [flag("syncope", "high")])
    run = Run(screens()["warning"])
    run.reply(Reply.NO)
    assert run.reply(Reply.YES) == "fall:high"


def test_a_line_without_a_rule_is_none() -> None:
    lines = RuleLines({"S01": "Which scale?"})
    assert lines.due(("S08:medium", "S01:high")) == ["Which scale?"] and lines.due(("S01:high",)) == []


# --- the last answer, and a goodbye in one breath with it


def goodbye(rig: Rig, reason: EndReason = EndReason.COMPLETED, *, number: int = 1) -> None:
    rig.reply("Thank you. Goodbye.", 2_000, ToolCall(f"end{number}", "endCall", "{}"))
    rig.work(ToolFinished(f"end{number}", "endCall", "{}", True, end=reason))


def test_what_the_last_answer_leads_to_is_asked_after_the_goodbye_too() -> None:
    rig = talking()
    goodbye(rig)
    recorded(rig, "S06:high")
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["breath_rest"] and not rig.all(EndCall)
    for _ in range(2):
        rig.patient("No.")
        rig.wait(CLIP_MS + 800)
    rig.wait(CLIP_MS)
    goodbye(rig, number=2)
    rig.wait(10_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]


def test_its_questions_are_not_cut_by_the_longest_time_of_a_goodbye() -> None:
    rig = talking()
    goodbye(rig)
    rig.wait(500)
    recorded(rig, "S06:high", "S07:high")
    for _ in range(6):
        rig.wait(8_000)
        rig.patient("What was that?")
        assert not rig.all(EndCall)


def test_an_emergency_in_the_answer_calls_the_goodbye_off() -> None:
    rig = talking({"Yes": flag("severe_dyspnea")})
    goodbye(rig)
    recorded(rig, "S06:high")
    rig.wait(CLIP_MS + 800)
    rig.patient("Yes, right now")
    rig.work(AlertCommitted(rig.all(RaiseFlags)[-1].ticket, ("E03:critical",)))
    rig.wait(20_000)
    assert "call_911" in heard(rig) and not rig.all(EndCall)


@pytest.mark.parametrize("is_answer_first", [True, False])
def test_a_sentence_that_the_last_answer_calls_for_is_said_and_answered_before_the_end(
    is_answer_first: bool,
) -> None:
    rig = talking()
    calls = (ToolCall("c1", "updatePatientRecord", "{}"), ToolCall("end", "endCall", "{}"))
    rig.reply("Thank you. Goodbye.", 2_000, *calls)
    answer = ToolFinished("c1", "updatePatientRecord", "{}", True, found=("S02:high",))
    end = ToolFinished("end", "endCall", "{}", True, end=EndReason.COMPLETED)
    rig.actions.clear()
    for finished in (answer, end) if is_answer_first else (end, answer):
        rig.work(finished)
    assert any("say this next" in text for text in notes(rig)) and rig.all(AskReply)
    rig.reply("Would you tell me the number once more?", 2_000)
    rig.wait(8_000)
    assert not rig.all(EndCall) and "closing_ai" not in heard(rig)
    rig.patient("One eighty two.")
    goodbye(rig, number=2)
    rig.wait(10_000)
    assert rig.all(EndCall) == [EndCall(EndReason.COMPLETED)]


def test_the_model_is_told_that_its_goodbye_did_not_end_the_call() -> None:
    rig = talking()
    goodbye(rig)
    recorded(rig, "S06:high")
    assert any("endCall once more" in text for text in notes(rig))


def test_an_emergency_that_silence_tells_of_calls_the_goodbye_off_before_it_is_committed() -> None:
    rig = talking()
    recorded(rig, "S06:high")
    goodbye(rig, EndReason.PATIENT_REQUEST)
    rig.wait(120_000)
    assert "call_911" in heard(rig) and not rig.all(EndCall)


def test_what_is_recorded_after_the_end_asks_nothing() -> None:
    rig = talking()
    rig.phone_says(StreamStopped())
    rig.actions.clear()
    recorded(rig, "S02:high", "S06:high")
    assert not rig.all(AskReply) and not notes(rig)


@pytest.mark.parametrize("reason", [EndReason.PATIENT_REQUEST, EndReason.OPT_OUT])
def test_who_wants_to_go_is_not_held_by_a_finding(reason: EndReason) -> None:
    rig = talking()
    goodbye(rig, reason)
    recorded(rig, "S06:high")
    rig.wait(15_000)
    assert "breath_rest" not in heard(rig) and rig.all(EndCall) == [EndCall(reason)]
