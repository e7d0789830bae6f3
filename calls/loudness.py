"""Is anybody audible on the line? A rough look at mu-law bytes, without decoding them. Pure.

In mu-law the seven low bits, inverted, grow with the logarithm of the amplitude: 0 is silence, 127 full scale.
Line noise of a quiet telephone stays under about 40, speech is well above 70.
"""

from __future__ import annotations

SPEECH_LEVEL = 64
AUDIBLE_LEVEL = 16  # well under the softest speech, above an encoder's idea of silence
SPEECH_SHARE = 0.12
_LEVELS = bytes(~code & 0x7F for code in range(256))
_LOUD = bytes(code for code in range(256) if _LEVELS[code] >= SPEECH_LEVEL)


def is_loud(mulaw: bytes) -> bool:
    """True when more than an eighth of the samples are at the level of speech (mu-law, any rate)."""
    if not mulaw:
        return False
    quiet = mulaw.translate(None, _LOUD)
    return len(mulaw) - len(quiet) > SPEECH_SHARE * len(mulaw)


def loudest(mulaw: bytes) -> int:
    """The loudest sample, 0 (silence) to 127 (full scale); 0 for no sound at all."""
    return max(mulaw.translate(_LEVELS), default=0)
