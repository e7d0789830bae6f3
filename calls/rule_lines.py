"""What Maya says or asks because of a finding of the rules: an approved sentence per rule, each once a call. Pure.

Where a life may depend on the answer the engine asks by a screen instead (calls.screens).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class RuleLines:
    """The sentences of one call's language, and which have been given."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines
        self._given: set[str] = set()

    def due(self, found: Iterable[str]) -> list[str]:
        """The sentences of these rules ("S01:high") that have not been given yet; from now on they have."""
        wanted = dict.fromkeys(self._lines.get(one.partition(":")[0], "") for one in found)
        new = [line for line in wanted if line and line not in self._given]
        self._given.update(new)
        return new
