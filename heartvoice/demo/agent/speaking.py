"""Texts as audio in the session's output format."""

from functools import lru_cache

import numpy as np

from heartvoice.demo.agent.dialogue import lines
from heartvoice.demo.voicepack import MAYA, NotInPack, Speech, Spoken, g711, speech
from heartvoice.demo.voicepack.compose import SENTENCE_GAP_MS
from heartvoice.demo.voicepack.resample import resample
from heartvoice.demo.voicepack.stretch import stretch

PIECE_MS = 200
SLOW_SPEED = 0.85
SLOW_GAP_MS = 600
PCM_RATE_HZ = 24000


def can_say(text: str) -> bool:
    """Whether the pack has all of the text."""
    try:
        return bool(speech(MAYA, text).audio)
    except NotInPack:
        return False


def spoken(text: str, *, speed: float = 1.0, is_slow: bool = False) -> Speech:
    """The text as speech. A text that is not in the pack is replaced by a safe sentence, never by silence."""
    speed = speed * SLOW_SPEED if is_slow else speed
    gap_ms = SLOW_GAP_MS if is_slow else SENTENCE_GAP_MS
    try:
        return _spoken(text, round(speed, 2), gap_ms)
    except NotInPack:
        return _spoken(lines.load().get("generic.go_on"), round(speed, 2), gap_ms)


@lru_cache(maxsize=256)
def _spoken(text: str, speed: float, gap_ms: int) -> Speech:
    whole = speech(MAYA, text, gap_ms=gap_ms)
    if abs(speed - 1.0) < 0.02:
        return whole
    audio = g711.encode(stretch(g711.decode(whole.audio), speed))
    return Speech(
        audio,
        tuple(Spoken(s.text, int(s.start_ms / speed), int(s.end_ms / speed)) for s in whole.sentences),
    )


def pieces(audio: bytes, audio_format: str) -> list[bytes]:
    """The mu-law audio in the wanted format, cut into PIECE_MS."""
    if audio_format == "audio/pcm":
        samples = resample(g711.decode(audio), g711.RATE_HZ, PCM_RATE_HZ)
        audio = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        size = PCM_RATE_HZ * 2 * PIECE_MS // 1000
    else:
        size = g711.BYTES_PER_MS * PIECE_MS
    return [audio[at : at + size] for at in range(0, len(audio), size)]
