"""How a simulated patient understands Maya's sound: real speech recognition, or words supplied by a test."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

LONGEST_S = 20  # of a turn: its end holds the question


class Ear(Protocol):
    """Understands one turn of speech."""

    async def understand(self, mulaw: bytes) -> str:
        """The words of a turn (8 kHz mu-law), empty when there were none."""
        ...


class TextEar:
    """Takes the words from whoever tells them: for tests, where Maya's sound is only a tone."""

    def __init__(self) -> None:
        self._told: deque[str] = deque()

    def tell(self, text: str) -> None:
        """What is being said now; it is part of the next turn that ends."""
        self._told.append(text)

    async def understand(self, mulaw: bytes) -> str:
        words = " ".join(self._told)
        self._told.clear()
        return words


class SpeechEar:
    """Recognises speech in a thread of its own; turns of several calls wait for one another."""

    def __init__(self, transcribe: Callable[[bytes], str]) -> None:
        self._transcribe = transcribe
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ear")

    async def understand(self, mulaw: bytes) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._transcribe, mulaw[-LONGEST_S * 8000 :])

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
