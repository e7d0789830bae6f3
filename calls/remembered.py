"""What this process remembers of calls that it has just carried, for when the database cannot be asked.

A hint only: the row is the truth. Bounded, in memory, gone with the process.
"""

from __future__ import annotations

from collections import OrderedDict

MAX_CALLS = 512


class Remembered:
    """Which calls need a person now, and the language they are in."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, str] = OrderedDict()

    def needs_person(self, call_sid: str, language: str) -> None:
        """An emergency of this call could not be committed."""
        self._calls[call_sid] = language
        while len(self._calls) > MAX_CALLS:
            self._calls.popitem(last=False)

    def language_of(self, call_sid: str) -> str:
        """The language of a call that needs a person, "" for any other."""
        return self._calls.get(call_sid, "")


PROCESS = Remembered()
