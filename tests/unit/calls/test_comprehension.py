"""Who does not follow, and who speaks through a relay service.

"Relay/TTY (711) is not a wrong person ... Two failed comprehension checks -> stop kindly, nurse call" (clinical rules,
call operations: access).
"""

from __future__ import annotations

import pytest

from alerts.phrases.speakers import hands_over, is_relay
from calls.answering import answerer
from calls.events import (
    AddText,
    AlertCommitted,
    EndCall,
    EndReason,
    RaiseFlags,
    RunTool,
    SaveTurn,
    ToolFinished,
)
from calls.opting import heeded
from tests.unit.calls.builders import Rig, flag, hears, result

HEARS = hears(
    {
        "my chest": result(flag("chest_pain")),
        "my arm": result(flag("stroke_signs", "high")),
        "relay": result(controls=("wrong_person",)),
    }
)
OPERATOR = "Hello, this is relay operator forty-five twelve. Have you used relay before? Please go ahead."


def talking(**setting: object) -> Rig:
    rig = Rig(HEARS, **setting)  # type: ignore[arg-type]
    rig.reply("How have you been feeling?", 1_000)
    rig.wait(1_500)
    return rig


def commands(rig: Rig) -> list[str]:
    return [act.call.name for act in rig.all(RunTool) if act.call.name == "engine.notUnderstood"]


def lost(rig: Rig, times: int) -> None:
    for _ in range(times):
        rig.patient("What?")
        rig.reply("Let me say it another way.", 600)
        rig.wait(1_000)


def heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


def test_two_failed_checks_end_the_call_kindly_once_a_nurse_has_the_task() -> None:
    rig = talking()
    lost(rig, 4)
    assert commands(rig) == ["engine.notUnderstood"] and not heard(rig), "commit before claim"
    rig.work(ToolFinished("n", "engine.notUnderstood", "{}", True))
    rig.wait(6_500)
    assert heard(rig) == ["comprehension_done", "closing_ai"]
    assert rig.all(EndCall) == [EndCall(EndReason.PATIENT_REQUEST)]


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_how_many_checks_may_fail_is_what_the_rule_set_says(allowed: int) -> None:
    rig = talking(failed_checks=allowed)
    lost(rig, 2 * allowed - 1)
    assert commands(rig) == []
    lost(rig, 1)
    assert commands(rig) == ["engine.notUnderstood"]


def test_no_nurse_is_promised_when_the_task_could_not_be_committed() -> None:
    rig = talking()
    lost(rig, 4)
    rig.work(ToolFinished("n", "engine.notUnderstood", "{}", False))
    rig.wait(6_000)
    assert heard(rig) == ["comprehension_failed", "closing_ai"]


def test_asking_once_more_is_no_failed_check() -> None:
    """Questions are repeated and rephrased; who understands then has understood."""
    rig = talking()
    for _ in range(6):
        rig.patient("Pardon?")
        rig.patient("Ah yes. I am fine.")
    assert not commands(rig)


@pytest.mark.parametrize("text", ["I don't understand you.", "What do you mean?", "No le entiendo.", "Huh?"])
def test_it_is_known_by_its_words_in_both_languages(text: str) -> None:
    rig = talking()
    for _ in range(4):
        rig.patient(text)
    assert commands(rig)


def test_replies_to_fixed_questions_that_cannot_be_read_count_too() -> None:
    rig = talking()
    rig.work(ToolFinished("s", "startScreen", "{}", True, screen="steadi"))
    for _ in range(4):
        rig.wait(6_000)
        rig.patient("The weather, the weather.")
    assert commands(rig) == ["engine.notUnderstood"]


def test_nobody_hangs_up_on_an_emergency_for_it() -> None:
    rig = talking()
    rig.patient("my chest")
    lost(rig, 6)
    rig.work(ToolFinished("n", "engine.notUnderstood", "{}", True))
    rig.wait(10_000)
    assert not commands(rig) and not rig.all(EndCall)


@pytest.mark.parametrize("words", ["Buh, the thing, the blue.", "What?", "I don't understand."])
def test_who_cannot_answer_about_a_stroke_is_in_one_and_the_call_does_not_end_for_it(words: str) -> None:
    rig = talking()
    rig.patient("my arm went funny")
    raised = rig.all(RaiseFlags)[0]
    rig.work(AlertCommitted(raised.ticket, ("E09:high",)))
    for _ in range(12):
        rig.wait(6_000)
        if "stroke_911" in heard(rig):
            break
        rig.patient(words)
    assert not commands(rig) and not rig.all(EndCall)
    hit = rig.all(RaiseFlags)[-1].result.flags[0]
    assert (hit.flag, hit.severity) == ("stroke_signs", "critical")


# --- relay


@pytest.mark.parametrize(
    "text", [OPERATOR, "This is a TTY call.", "I call you through 711.", "Servicio de relevo"]
)
def test_a_relay_operator_is_known(text: str) -> None:
    assert is_relay(text) and answerer(text) is None and not hands_over(text)


@pytest.mark.parametrize(
    "text", ["I ran the relay race in school", "My son is an operator", "It is seven eleven"]
)
def test_other_words_are_no_relay(text: str) -> None:
    assert not is_relay(text)


def test_a_relay_operator_is_no_wrong_person_and_the_call_goes_on() -> None:
    assert heeded(OPERATOR, ("human_request", "wrong_person")) == ("human_request",)
    rig = talking(is_outbound=True)
    rig.patient(OPERATOR)
    rig.patient(OPERATOR)
    told = [text.text for text in rig.all(AddText)]
    assert sum("relay operator is on the line" in text for text in told) == 1
    assert not any("may not be the patient" in text for text in told) and not rig.all(EndCall)
    assert not rig.conversation.parts.is_verified, "nobody is known by it"
