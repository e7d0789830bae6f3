"""One recogniser for all sessions, in one thread: onnxruntime lets the event loop run meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from heartvoice.demo.agent.hearing.recognise import Recogniser
from heartvoice.demo.agent.hearing.turns import Silero
from heartvoice.demo.voicepack.g711 import Float


class Hearing:
    """Shared models, loaded when first needed."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="recognise")
        self._recogniser: Recogniser | None = None

    def detector(self) -> Silero:
        """A voice-activity detector for one stream."""
        return Silero()

    def transcribe(self, samples: Float) -> "asyncio.Future[str]":
        """The words in 8 kHz samples, recognised in turn with the other sessions'."""
        return asyncio.get_running_loop().run_in_executor(self._pool, self._text, samples)

    def preload(self) -> "asyncio.Future[None]":
        """Load the models now."""
        return asyncio.get_running_loop().run_in_executor(self._pool, self._load)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> None:
        self._recogniser = self._recogniser or Recogniser()

    def _text(self, samples: Float) -> str:
        self._load()
        assert self._recogniser is not None  # noqa: S101  (loaded one line above, in this one thread)
        return self._recogniser.text(samples)
