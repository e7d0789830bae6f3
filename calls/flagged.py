"""The flags of one call: which have been raised, and of which it is not known yet what became of their alert. Pure."""

from __future__ import annotations

from alerts.phrases.flags import KINDS, LOST
from alerts.phrases.model import FlagHit, ScanResult
from calls.events import RaiseFlags


class Flagged:
    """Raises flags under a ticket each, and keeps what stood under it until it is settled."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.has_emergency = False  # one was raised in this call, by words, an answer or the model
        self._tickets = 0
        self._open: dict[int, ScanResult] = {}

    @property
    def is_awaited(self) -> bool:
        """True while an emergency has not been judged by the rules."""
        return any(_is_emergency(result) for result in self._open.values())

    def submit(self, result: ScanResult, text: str, item: str, at_ms: int) -> RaiseFlags:
        """These flags are to be committed and judged."""
        self._tickets += 1
        self._open[self._tickets] = result
        self.names.update(hit.flag for hit in result.flags)
        self.has_emergency = self.has_emergency or _is_emergency(result)
        return RaiseFlags(self._tickets, result, text, item, at_ms)

    def lost(self, item: str, at_ms: int) -> RaiseFlags:
        """The line is lost, or silent, after an emergency: an alarm of its own."""
        kind = KINDS[LOST]
        hit = FlagHit(LOST, kind.severity, kind.alert_type, "", 0, 0, "affirmed", kind.rule_id, "event")
        return self.submit(ScanResult((hit,), (), kind.severity, kind.alert_type), "", item, at_ms)

    def settle(self, ticket: int) -> ScanResult | None:
        """What stood under that ticket, once; None for one that is not open."""
        return self._open.pop(ticket, None)


def _is_emergency(result: ScanResult) -> bool:
    return any(hit.alert_type == "emergency" for hit in result.flags)
