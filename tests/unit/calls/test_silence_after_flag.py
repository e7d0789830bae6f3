"""Silence after an emergency flag (rule E17) is counted by words: no sound ends it, and nothing of ours lengthens it."""

from __future__ import annotations

import pytest

from calls.events import (
    AlertCommitted,
    EndCall,
    EndReason,
    KeyPressed,
    PatientSaid,
    PatientUnheard,
    RaiseFlags,
    SaveTurn,
    SpeechStarted,
    SpeechStopped,
    ToolCall,
    ToolFinished,
)
from tests.unit.calls.builders import Rig, flag, hears, hears_nothing, result

HEARS = hears({"chest": result(flag("chest_pain")), "want to die": result(flag("suicidal_ideation"))})

REPROMPT_MS = 2_600  # Maya asks whether they are still there, which is not the patient's silence


def in_crisis(words: str = "my chest hurts") -> Rig:
    """The script and the claim have been heard, and Maya has asked something."""
    rig = Rig(HEARS)
    rig.reply("How are you today?", 800)
    rig.wait(1_000)
    rig.patient(words)
    rig.work(AlertCommitted(1))
    rig.wait(6_000)
    rig.reply("I am here with you. Are you sitting down?", 2_000)
    rig.wait(2_000)
    return rig


def alarms(rig: Rig) -> list[str]:
    return [raised.item for raised in rig.all(RaiseFlags) if raised.item in ("silence", "line_lost")]


def test_a_quiet_line_is_an_alarm_after_fifteen_seconds_and_once() -> None:
    rig = in_crisis()
    rig.wait(14_000)
    assert alarms(rig) == []
    rig.wait(REPROMPT_MS + 1_500)
    assert alarms(rig) == ["silence"]


def test_a_television_is_no_patient() -> None:
    rig = in_crisis()
    rig.wait(16_000 + REPROMPT_MS, loud=True)
    assert alarms(rig) == ["silence"]
    rig.wait(60_000, loud=True)
    assert rig.all(EndCall) == [EndCall(EndReason.SILENCE)], "the line is free to be rung again"


def test_without_a_flag_a_line_that_is_not_silent_is_left_alone() -> None:
    rig = Rig(HEARS)
    rig.reply("How are you today?", 800)
    rig.wait(60_000, loud=True)
    assert not alarms(rig) and not rig.all(EndCall)


@pytest.mark.parametrize("every_ms", [5_000, 9_000])
@pytest.mark.parametrize("words", ["", "...", "[coughing]", "(moans)"])
def test_sounds_without_a_word_do_not_end_the_silence(words: str, every_ms: int) -> None:
    """The reply that a sound asks for may never come: it does not hold the clock."""
    rig = in_crisis()
    for _ in range(3):
        rig.wait(every_ms)
        rig.patient(words, ms=600)
    assert alarms(rig) == ["silence"]


def test_sounds_that_are_known_to_be_none_do_not_either() -> None:
    rig = in_crisis()
    for number in range(3):
        rig.wait(5_000)
        rig.model(SpeechStarted(f"cough{number}", 0))
        rig.wait(600)
        rig.model(SpeechStopped(f"cough{number}", 0))
        rig.model(PatientUnheard(f"cough{number}", "no_speech"))
    assert alarms(rig) == ["silence"]


def test_a_moan_that_does_not_stop_is_no_word_either() -> None:
    rig = in_crisis()
    rig.model(SpeechStarted("moan", 0))
    rig.wait(16_000)
    assert alarms(rig) == ["silence"]


def test_words_that_are_being_said_are_heard_out() -> None:
    rig = in_crisis()
    rig.wait(13_000)
    rig.model(SpeechStarted("late", 0))
    rig.wait(5_000)
    assert alarms(rig) == []
    rig.model(SpeechStopped("late", 0))
    rig.wait(1_000)
    rig.model(PatientSaid("late", "Yes, my daughter is bringing me a chair."))
    rig.wait(12_000)
    assert alarms(rig) == []


@pytest.mark.parametrize("is_key", [True, False])
def test_a_word_or_a_key_begins_the_count_anew(is_key: bool) -> None:
    rig = in_crisis()
    for _ in range(4):
        rig.wait(10_000)
        if is_key:
            rig.phone_says(KeyPressed("1"))
        else:
            rig.patient("Mm.")
        rig.reply("All right.", 600)
        rig.wait(600)
    assert alarms(rig) == []


def test_what_maya_says_is_not_the_patients_silence() -> None:
    rig = in_crisis()
    for _ in range(3):
        rig.reply("Stay where you are, and keep the door open for the ambulance if you can.", 9_000)
        rig.wait(9_500)
    assert alarms(rig) == []


def test_the_scripts_are_not_the_patients_silence() -> None:
    rig = Rig(HEARS)
    rig.reply("How are you today?", 800)
    rig.wait(1_000)
    rig.patient("my chest hurts")
    rig.wait(20_000)  # the alert is slow to be committed: ours to fill
    assert alarms(rig) == []


def test_an_answer_that_the_model_owes_is_not_the_patients_silence() -> None:
    rig = in_crisis()
    rig.patient("What shall I do?")
    rig.wait(9_000)
    rig.reply("Stay seated.", 600)
    rig.wait(9_000)
    assert alarms(rig) == []


def test_what_the_model_owes_after_a_script_or_looks_up_is_not_the_patients_silence() -> None:
    rig = Rig(HEARS)
    rig.reply("How are you today?", 800)
    rig.wait(1_000)
    rig.patient("my chest hurts")
    rig.work(AlertCommitted(1))
    rig.wait(14_000)  # nothing yet of Maya's own
    rig.reply("I am here with you. One moment.", 600, ToolCall("c1", "recordVitals", "{}"))
    rig.wait(8_000)
    rig.work(ToolFinished("c1", "recordVitals", "{}", is_ok=True))
    rig.reply("Thank you.", 600)
    rig.wait(10_000)
    assert alarms(rig) == []


def test_a_second_silence_is_told_again_only_after_words() -> None:
    rig = in_crisis()
    rig.wait(16_000)
    rig.patient("", ms=600)
    rig.wait(8_000)
    assert alarms(rig) == ["silence"]
    rig.patient("I am still here.")
    rig.reply("Good.", 600)
    rig.wait(16_000 + REPROMPT_MS)
    assert alarms(rig) == ["silence", "silence"]


def test_in_a_screen_sounds_are_no_reply_and_no_end_of_the_silence() -> None:
    rig = Rig(HEARS)
    rig.reply("How are you today?", 800)
    rig.wait(1_000)
    rig.patient("I want to die")
    rig.work(AlertCommitted(1))
    rig.wait(8_000)
    assert rig.all(SaveTurn)[-1].item.startswith("script:suicide_now")
    for _ in range(3):
        rig.wait(5_000)
        rig.patient("", ms=600)
    assert alarms(rig) == ["silence"]


def test_who_is_rung_again_and_falls_silent_is_an_alarm_too() -> None:
    rig = Rig(hears_nothing, earlier_flags=("chest_pain",))
    rig.reply("Hello, may I speak with Ann?", 1_000)
    rig.wait(1_200)
    rig.patient("Ann Example, March third forty eight")
    rig.reply("Thank you, one moment.", 400, ToolCall("c1", "verifyIdentity", "{}"))
    rig.wait(600)
    rig.work(ToolFinished("c1", "verifyIdentity", "{}", is_ok=True, is_verified=True))
    rig.reply("How is your chest now?", 1_000)
    rig.wait(17_000 + REPROMPT_MS)
    assert alarms(rig) == ["silence"]
