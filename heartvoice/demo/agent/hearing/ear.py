"""One session's input audio: decoded, cut into turns, kept for a manual commit."""

from typing import Any

import numpy as np

from heartvoice.demo.agent.hearing.turns import Detector, TurnEvent, Turns
from heartvoice.demo.voicepack import g711
from heartvoice.demo.voicepack.g711 import RATE_HZ, Float
from heartvoice.demo.voicepack.resample import resample

PCM_RATE_HZ = 24000
MIN_COMMIT_MS = 100
_EAGERNESS_MS = {"low": 1500, "medium": 900, "high": 500, "auto": 900}


class Ear:
    """Audio bytes in the session's format in, turns out. Without turn detection the audio is only kept."""

    def __init__(self, detector: Detector) -> None:
        self._turns = Turns(detector)
        self._kept: list[Float] = []
        self._has_detection = True
        self._is_pcm = True
        self._rest = b""
        self._heard = 0  # samples

    @property
    def ms(self) -> int:
        """How much audio has been written."""
        return self._heard * 1000 // RATE_HZ

    @property
    def speaking(self) -> bool:
        return self._turns.speaking

    def configure(self, audio_input: dict[str, Any]) -> None:
        """Take the session's `audio.input`. Semantic detection is imitated by a longer silence."""
        self._is_pcm = audio_input["format"]["type"] == "audio/pcm"
        detection = audio_input["turn_detection"]
        self._has_detection = detection is not None
        if detection is None:
            self._turns.forget()
        elif detection["type"] == "server_vad":
            self._turns.configure(
                threshold=detection["threshold"],
                prefix_ms=detection["prefix_padding_ms"],
                silence_ms=detection["silence_duration_ms"],
            )
        else:
            self._turns.configure(
                threshold=0.5, prefix_ms=300, silence_ms=_EAGERNESS_MS[detection["eagerness"]]
            )

    def push(self, audio: bytes) -> list[TurnEvent]:
        """What happened in these bytes."""
        samples = self._samples(audio)
        self._heard += samples.size
        if self._has_detection:
            return self._turns.push(samples)
        self._kept.append(samples)
        return []

    def commit(self) -> Float:
        """The audio kept since the last commit or clear; too short when there is less than MIN_COMMIT_MS."""
        samples = (
            self._turns.cut()
            if self._has_detection
            else np.concatenate([*self._kept, np.zeros(0, np.float32)])
        )
        self.clear()
        return samples

    def clear(self) -> None:
        """Drop what has been written and not committed."""
        self._kept.clear()
        self._turns.forget()
        self._rest = b""

    def _samples(self, audio: bytes) -> Float:
        if not self._is_pcm:
            return g711.decode(audio)
        audio = self._rest + audio
        whole = len(audio) // 6 * 6  # three 16-bit samples at 24 kHz are one at 8 kHz
        self._rest = audio[whole:]
        samples = np.frombuffer(audio[:whole], "<i2").astype(np.float32) / np.float32(32768)
        return resample(samples, PCM_RATE_HZ, RATE_HZ)
