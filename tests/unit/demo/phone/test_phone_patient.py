"""The patient on a clock of frames: no time passes but what the test ticks."""

from dataclasses import replace

import pytest

from heartvoice.demo.phone.patient import (
    Beeps,
    Finished,
    HangsUp,
    Keys,
    MayaSpeaks,
    Patient,
    Speaks,
)
from heartvoice.demo.phone.persona import personas
from heartvoice.demo.phone.sound import FRAME_MS, tone
from heartvoice.demo.phone.topics import question_text

MAYA = b"\x10" * 160
SPEECH_MS = 400
QUESTION = question_text("swelling")


def patient(name="stable", **behaviour):
    persona = personas()[name]
    changed = replace(persona, behaviour=replace(persona.behaviour, **behaviour))
    one = Patient(changed, lambda text: tone(SPEECH_MS))
    one.pick_up()
    return one


def maya_says(one, ms, *, text=None):
    """Maya speaks for `ms`, then 600 ms of quiet; the ear understands `text`."""
    for _ in range(ms // FRAME_MS):
        one.tick(MAYA, is_queued=True)
    for _ in range(600 // FRAME_MS):
        one.tick(None, is_queued=False)
    turn = one.take_turn()
    if turn is not None and text is not None:
        one.understood(text)
    return turn


def quiet(one, ms):
    return [one.tick(None, is_queued=False) for _ in range(ms // FRAME_MS)]


def kinds(one):
    return [type(happening) for happening in one.happenings]


def test_an_answer_follows_thinking_time_after_maya_has_finished():
    one = patient(think_s=1.0)
    turn = maya_says(one, 1000, text=QUESTION)
    assert turn.number == 1
    assert len(turn.audio) == 8000
    quiet(one, 2000)
    speaks = next(item for item in one.happenings if isinstance(item, Speaks))
    assert speaks.reply.topic == "swelling"
    assert speaks.at_ms == pytest.approx(1000 + 1000, abs=FRAME_MS)
    finished = next(item for item in one.happenings if isinstance(item, Finished))
    assert finished.at_ms == speaks.at_ms + SPEECH_MS - FRAME_MS


def test_a_pause_while_audio_still_waits_is_not_the_end_of_mayas_turn():
    one = patient()
    for _ in range(50):
        one.tick(MAYA, is_queued=True)
    for _ in range(100):  # the line stands still for 2 s with audio waiting
        one.tick(None, is_queued=True)
    assert one.take_turn() is None


def test_a_click_is_not_a_turn():
    one = patient()
    assert maya_says(one, 100) is None


def test_maya_going_on_is_waited_for_and_answered_as_a_whole():
    one = patient(think_s=2.0)
    maya_says(one, 600, text="Okay, thank you.")
    maya_says(one, 600, text=QUESTION)
    quiet(one, 3000)
    assert [item.reply.topic for item in one.happenings if isinstance(item, Speaks)] == ["swelling"]


def test_maya_speaking_again_before_the_answer_takes_the_answer_back():
    one = patient(think_s=2.0)
    maya_says(one, 600, text=QUESTION)
    maya_says(one, 600, text=question_text("fatigue"))
    quiet(one, 3000)
    assert [item.reply.topic for item in one.happenings if isinstance(item, Speaks)] == ["fatigue"]


def test_between_words_there_is_comfort_noise_and_never_dead_silence():
    frames = quiet(patient(), 2000)
    assert all(len(frame) == 160 for frame in frames)
    assert all(frame != b"\xff" * 160 for frame in frames)
    assert len(set(frames)) > 10


def test_an_interruption_starts_in_the_middle_of_mayas_turn():
    one = patient("barge_in")
    turn, after_ms = one.persona.behaviour.interrupts[0].turn, one.persona.behaviour.interrupts[0].after_ms
    for number in range(1, turn):
        maya_says(one, 400, text="Okay.")
        assert not any(isinstance(item, Speaks) for item in one.happenings), number
    started = one.at_ms
    for _ in range(3000 // FRAME_MS):
        one.tick(MAYA, is_queued=True)
    speaks = next(item for item in one.happenings if isinstance(item, Speaks))
    assert speaks.reply.topic == "interrupt"
    assert speaks.at_ms - started == pytest.approx(after_ms, abs=2 * FRAME_MS)


def test_after_an_interruption_what_maya_says_next_is_a_turn_of_its_own():
    one = patient("barge_in")
    for _ in range(3):
        maya_says(one, 400, text="Okay.")
    for _ in range(1600 // FRAME_MS):
        one.tick(MAYA, is_queued=True)
    quiet(one, 1000)  # she was cut off, he has finished
    assert one.take_turn() is None
    assert maya_says(one, 800, text=QUESTION).number == 5
    quiet(one, 2000)
    said = [item.reply.topic for item in one.happenings if isinstance(item, Speaks)]
    assert said == ["interrupt", "swelling"]


def test_who_hangs_up_says_so_first():
    one = patient("hangs_up", hangs_up_after=0)
    maya_says(one, 600, text=QUESTION)
    quiet(one, 3000)
    assert kinds(one) == [MayaSpeaks, Speaks, Finished, HangsUp]


def test_after_a_goodbye_the_other_side_may_hang_up_first():
    one = patient()
    maya_says(one, 600, text="Goodbye.")
    quiet(one, 4000)
    assert HangsUp not in kinds(one)
    quiet(one, 8000)
    assert kinds(one)[-1] is HangsUp


def test_a_machine_greets_beeps_and_listens():
    one = patient("voicemail")
    quiet(one, 3000)
    assert kinds(one) == [Speaks, Finished, Beeps]
    maya_says(one, 1000, text=QUESTION)
    quiet(one, 5000)
    assert kinds(one).count(Speaks) == 1


def test_the_silent_patient_hears_and_says_nothing():
    one = patient("silent")
    assert maya_says(one, 1000, text=QUESTION) is not None
    quiet(one, 10_000)
    assert kinds(one) == [MayaSpeaks]


def test_a_keyed_answer_is_keyed():
    persona = personas()["stable"]
    keyed = replace(persona, answers={**persona.answers, "swelling": ("dtmf:0",)})
    one = Patient(keyed, lambda text: tone(SPEECH_MS))
    one.pick_up()
    maya_says(one, 600, text=QUESTION)
    quiet(one, 2000)
    assert [item.digits for item in one.happenings if isinstance(item, Keys)] == ["0"]


def test_a_second_stream_finds_the_patient_listening_again():
    one = patient()
    assert maya_says(one, 600) is not None  # handed out, never understood: the stream broke
    one.pick_up()
    assert maya_says(one, 600, text=QUESTION) is not None
    quiet(one, 2000)
    assert Speaks in kinds(one)
