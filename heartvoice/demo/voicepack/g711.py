"""G.711 mu-law, as Twilio Media Streams and `audio/pcmu` carry it: one byte per sample, 8 kHz, mono.

Source: ITU-T G.711 (11/88), mu-law with the bits inverted.
"""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
BYTES_PER_MS = RATE_HZ // 1000
SILENCE = b"\xff"  # the code of a zero sample

Float = NDArray[np.float32]

_BIAS = 132
_CLIP = 32635


def _encode_table() -> NDArray[np.uint8]:
    """The code of every 16-bit sample, indexed by sample + 32768."""
    samples = np.arange(-32768, 32768, dtype=np.int64)
    sign = np.where(samples < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


def _decode_table() -> Float:
    """The sample of every code, scaled to -1..1."""
    inverted = ~np.arange(256) & 0xFF
    exponent, mantissa = (inverted >> 4) & 7, inverted & 15
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return (np.where(inverted & 0x80, -magnitude, magnitude) / 32768).astype(np.float32)


_ENCODE = _encode_table()
_DECODE = _decode_table()


def encode(samples: Float) -> bytes:
    """Samples in -1..1 (louder ones are clipped) as mu-law bytes."""
    index = (np.clip(samples, -1, 1) * 32767).astype(np.int32) + 32768
    return _ENCODE[index].tobytes()


def decode(payload: bytes) -> Float:
    """Mu-law bytes as samples in -1..1."""
    return _DECODE[np.frombuffer(payload, np.uint8)]
