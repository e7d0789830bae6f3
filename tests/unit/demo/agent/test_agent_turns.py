"""Turns in a stream of samples, with a detector that is told what to hear."""

import numpy as np
import pytest

from heartvoice.demo.agent.hearing.ear import Ear
from heartvoice.demo.agent.hearing.turns import (
    CHUNK,
    CHUNK_MS,
    Pausing,
    Resumed,
    Started,
    Stopped,
    TurnEvent,
    Turns,
)
from heartvoice.demo.voicepack.g711 import Float


class ByLoudness:
    """Speech is what is not silent."""

    def probability(self, chunk: Float) -> float:
        return 0.9 if float(np.abs(chunk).max()) > 0.01 else 0.0


def stream(pattern: str) -> Float:
    """One chunk for each character: "s" is speech, anything else silence."""
    return np.concatenate([np.full(CHUNK, 0.1 if each == "s" else 0.0, np.float32) for each in pattern])


def heard(pattern: str, *, silence_ms: int = 160, prefix_ms: int = 64) -> list[TurnEvent]:
    turns = Turns(ByLoudness())
    turns.configure(threshold=0.5, prefix_ms=prefix_ms, silence_ms=silence_ms)
    return turns.push(stream(pattern))


def test_a_turn_starts_with_its_prefix_and_stops_after_the_silence() -> None:
    events = heard("......ssss.....")
    assert [type(each) for each in events] == [Started, Pausing, Stopped]
    assert events[0] == Started(at_ms=4 * CHUNK_MS)
    assert isinstance(events[-1], Stopped)
    assert events[-1].at_ms == 15 * CHUNK_MS


def test_one_click_is_not_speech() -> None:
    assert heard("....s......s....") == []


def test_a_pause_shorter_than_the_silence_does_not_end_the_turn() -> None:
    events = heard("..ssss....ssss.....")
    assert [type(each) for each in events] == [Started, Pausing, Resumed, Pausing, Stopped]


def test_the_turns_audio_holds_prefix_and_speech_and_little_of_the_silence() -> None:
    stopped = heard("......" + "s" * 20 + "." * 40, silence_ms=1280)[-1]
    assert isinstance(stopped, Stopped)
    assert 22 * CHUNK <= stopped.samples.size <= 30 * CHUNK


def test_audio_in_any_pieces_gives_the_same_turns() -> None:
    samples = stream("...sssss......")
    whole = Turns(ByLoudness())
    whole.configure(threshold=0.5, prefix_ms=64, silence_ms=160)
    pieces = Turns(ByLoudness())
    pieces.configure(threshold=0.5, prefix_ms=64, silence_ms=160)
    in_pieces = [event for at in range(0, samples.size, 160) for event in pieces.push(samples[at : at + 160])]
    assert [type(each) for each in in_pieces] == [type(each) for each in whole.push(samples)]


@pytest.mark.parametrize("size", [160, 960, 1601, 4800])
def test_pcm_at_24_khz_is_heard_as_its_third(size: int) -> None:
    ear = Ear(ByLoudness())
    ear.configure({"format": {"type": "audio/pcm"}, "turn_detection": None})
    audio = np.zeros(24000, "<i2").tobytes()
    for at in range(0, len(audio), size):
        ear.push(audio[at : at + size])
    assert abs(ear.ms - 1000) <= 20
