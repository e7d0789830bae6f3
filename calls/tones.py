"""What a telephone line says without words: the beep of a mailbox, a fax. Pure; numpy.

Sound is evidence beside the network's own guess and the words. One steady tone is looked for in windows of 40 ms; a
voice has harmonics and is never one. Sources: ITU-T T.30 (CNG 1,100 Hz for 0.5 s every 3.5 s, CED 2,100 Hz for 2.6 to
4 s); a mailbox' beep is one tone of 0.15 to 1.6 s after its greeting, then quiet.
"""

from __future__ import annotations

from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8_000
WINDOW = 320
WINDOW_MS = 40
LOUD_RMS = 300.0  # of 32,767: -41 dBFS, above the noise of a line
PURE_SHARE = 0.85
LOWEST_HZ, HIGHEST_HZ = 350.0, 2_500.0
SAME_HZ = 40.0
BEEP_MS = (120, 1_600)
GREETING_MS = 2_500  # a person says hello in less
CED_HZ, CED_MS = 2_100.0, 1_500
CNG_HZ, CNG_MS, CNG_EVERY_MS = 1_100.0, (400, 620), (3_000, 4_200)
NEAR_HZ = 30.0


class Heard(Enum):
    """What the sound is evidence of."""

    BEEP = auto()  # a mailbox is recording now
    FAX = auto()


def _expanded(code: int) -> int:
    """A mu-law code as a linear sample. Source: ITU-T G.711."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


_LINEAR: NDArray[np.float32] = np.array([_expanded(code) for code in range(256)], dtype=np.float32)
_HANN: NDArray[np.float32] = np.hanning(WINDOW).astype(np.float32)


def pitch_of_tone(mulaw: bytes) -> tuple[float, float]:
    """The frequency (Hz) of a window that is one steady tone, 0 for anything else; and its loudness (RMS)."""
    samples = _LINEAR[np.frombuffer(mulaw, dtype=np.uint8)]
    rms = float(np.sqrt(np.mean(samples * samples)))
    if rms < LOUD_RMS:
        return 0.0, rms
    power = np.abs(np.fft.rfft(samples * _HANN)) ** 2
    peak = int(np.argmax(power))
    hz = peak * RATE_HZ / WINDOW
    if not LOWEST_HZ <= hz <= HIGHEST_HZ:
        return 0.0, rms
    share = float(power[peak - 2 : peak + 3].sum() / power.sum())
    return (hz, rms) if share >= PURE_SHARE else (0.0, rms)


class ToneEar:
    """Listens to the beginning of one call. Every piece of evidence is given once."""

    def __init__(self) -> None:
        self._rest = b""
        self._now_ms = 0
        self._talked_ms = 0
        self._hz = 0.0
        self._tone_ms = 0
        self._cng_at_ms = -1
        self._is_melody = False  # one tone straight after another
        self._is_done = False

    def add(self, mulaw: bytes) -> Heard | None:
        """The next audio of the other end."""
        self._rest += mulaw
        found = None
        while len(self._rest) >= WINDOW and found is None and not self._is_done:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            found = self._window(window)
        self._is_done = self._is_done or found is not None
        return found

    def _window(self, mulaw: bytes) -> Heard | None:
        self._now_ms += WINDOW_MS
        hz, rms = pitch_of_tone(mulaw)
        if hz and (not self._tone_ms or abs(hz - self._hz) <= SAME_HZ):
            self._hz = hz
            self._tone_ms += WINDOW_MS
            is_ced = abs(self._hz - CED_HZ) <= NEAR_HZ and self._tone_ms >= CED_MS
            return Heard.FAX if is_ced else None
        lasted_ms, self._tone_ms = self._tone_ms, WINDOW_MS if hz else 0
        ended_hz, self._hz = self._hz, hz
        was_melody, self._is_melody = self._is_melody, bool(hz and lasted_ms)
        is_quiet = rms < LOUD_RMS
        if not is_quiet and not hz:
            self._talked_ms += WINDOW_MS
        return self._ended(ended_hz, lasted_ms) if lasted_ms and is_quiet and not was_melody else None

    def _ended(self, hz: float, lasted_ms: int) -> Heard | None:
        """A tone is over and quiet follows."""
        if abs(hz - CNG_HZ) <= NEAR_HZ and CNG_MS[0] <= lasted_ms <= CNG_MS[1]:
            before, self._cng_at_ms = self._cng_at_ms, self._now_ms
            if before >= 0 and CNG_EVERY_MS[0] <= self._now_ms - before <= CNG_EVERY_MS[1]:
                return Heard.FAX
        is_beep = BEEP_MS[0] <= lasted_ms <= BEEP_MS[1] and self._talked_ms >= GREETING_MS
        return Heard.BEEP if is_beep else None
