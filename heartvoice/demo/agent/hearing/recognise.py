"""Speech recognition: Moonshine tiny-en (int8) on plain onnxruntime.

The model and its tokenizer come from the package moonshine-voice 0.1.0 (MIT, English). Its encoder takes
16 kHz samples, its merged decoder gives one token a step and keeps a key/value cache.
"""

import numpy as np

from heartvoice.demo.agent.hearing import models
from heartvoice.demo.voicepack.g711 import RATE_HZ, Float
from heartvoice.demo.voicepack.resample import resample

MODEL_RATE_HZ = 16000
_START, _END = 1, 2
_TOKENS_PER_SECOND = 8  # above this the decoder is looping on noise
_SPARE_TOKENS = 6
_LONGEST_S = 14.0  # longer speech is cut at its quietest place: the model was trained on short pieces
_SEARCH_S = 4.0
_TAIL_S = 0.1  # silence after the end: the last word is heard better
_WORD_START = "\u2581"


class Recogniser:
    """The loaded model. `text` may be called from any thread, one call at a time."""

    def __init__(self) -> None:
        folder = "assets/tiny-en"
        self._encoder = models.load(models.packaged("moonshine_voice", f"{folder}/encoder_model.ort"))
        self._decoder = models.load(models.packaged("moonshine_voice", f"{folder}/decoder_model_merged.ort"))
        self._tokens = _tokens(models.packaged("moonshine_voice", f"{folder}/tokenizer.bin").read_bytes())
        self._encoder_inputs = {each.name for each in self._encoder.get_inputs()}
        self._decoder_inputs = {each.name: each.shape for each in self._decoder.get_inputs()}
        self._decoder_outputs = [each.name for each in self._decoder.get_outputs()]

    def text(self, samples: Float) -> str:
        """What is said in 8 kHz samples; empty when nothing is."""
        return " ".join(filter(None, (self._piece(piece) for piece in _pieces(samples))))

    def _piece(self, samples: Float) -> str:
        padded = np.concatenate([samples, np.zeros(int(_TAIL_S * RATE_HZ), np.float32)])
        audio = resample(padded, RATE_HZ, MODEL_RATE_HZ)[None]
        feed = {"input_values": audio}
        if "attention_mask" in self._encoder_inputs:
            feed["attention_mask"] = np.ones(audio.shape, np.int64)
        hidden = self._encoder.run(None, feed)[0]
        return self._decode(np.asarray(hidden), audio.shape[1])

    def _decode(self, hidden: Float, length: int) -> str:
        """Greedy decoding."""
        steps = int(length / MODEL_RATE_HZ * _TOKENS_PER_SECOND) + _SPARE_TOKENS
        cache = {
            name: np.zeros([1, shape[1], 0, shape[3]], np.float32)
            for name, shape in self._decoder_inputs.items()
            if name.startswith("past")
        }
        said: list[int] = []
        token = _START
        for step in range(steps):
            feed = {
                "input_ids": np.array([[token]], np.int64),
                "encoder_hidden_states": hidden,
                "use_cache_branch": np.array([step > 0]),
                "encoder_attention_mask": np.ones((1, length), np.int64),
                **cache,
            }
            outputs = self._decoder.run(None, {k: v for k, v in feed.items() if k in self._decoder_inputs})
            token = int(np.asarray(outputs[0])[0, -1].argmax())
            if token == _END:
                break
            said.append(token)
            for name, value in zip(self._decoder_outputs[1:], outputs[1:], strict=True):
                past = name.replace("present", "past_key_values")
                if step == 0 or "decoder" in past:  # the encoder's half is computed once
                    cache[past] = np.asarray(value)
        return self._spelling(said)

    def _spelling(self, tokens: list[int]) -> str:
        out = bytearray()
        for token in tokens:
            piece = self._tokens[token]
            if piece.startswith(b"<0x") and piece.endswith(b">"):
                out.append(int(piece[3:-1], 16))
            elif not (len(piece) > 2 and piece.startswith(b"<") and piece.endswith(b">")):
                out += piece
        return out.decode("utf-8", "ignore").replace(_WORD_START, " ").strip()


def _pieces(samples: Float) -> list[Float]:
    """The samples cut into stretches of at most _LONGEST_S, each at the quietest place near its end."""
    pieces: list[Float] = []
    longest, search, window = (int(s * RATE_HZ) for s in (_LONGEST_S, _SEARCH_S, 0.1))
    while samples.size > longest:
        region = np.square(samples[longest - search : longest])
        quietest = int(np.convolve(region, np.ones(window), "valid").argmin()) + window // 2
        cut = longest - search + quietest
        pieces.append(samples[:cut])
        samples = samples[cut:]
    return [*pieces, samples]


def _tokens(packed: bytes) -> list[bytes]:
    """The vocabulary: length-prefixed byte strings; a length of 128 or more takes two bytes."""
    out: list[bytes] = []
    at = 0
    while at < len(packed):
        size = packed[at]
        at += 1
        if size >= 128:
            size = packed[at] * 128 + size - 128
            at += 1
        out.append(packed[at : at + size])
        at += size
    return out
