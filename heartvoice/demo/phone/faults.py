"""Faults that the telephone stand-in makes on request, so that the product's failure paths are really run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

Kind = Literal[
    # on the media stream
    "stall",  # the line stands still for `for_ms`: nothing played, nothing heard, then a burst
    "lose_frames",  # `count` frames of the patient's are lost
    "drop_socket",  # the media socket closes without a stop message
    "reset_socket",  # the same with a TCP reset
    "no_stop",  # at the end no stop message is sent
    "no_marks",  # marks are never returned
    "send_text",  # `text` is sent as it is, in between
    "repeat_start",  # a second start message
    "hang_up",  # the patient's line drops
    # on the callbacks
    "status_twice",  # every status callback is sent twice
    "status_reversed",  # the callbacks before the last one come after it
    "status_lost",  # no status callback at all
    # on the REST API
    "rest_error",  # the next `count` requests get `status` with error `code`
    "rest_hang",  # the next `count` requests are answered after `for_ms`
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Empty `call_sid` and `phone`: any call. `at_ms` counts from the start of the stream."""

    kind: Kind
    call_sid: str = ""
    phone: str = ""
    at_ms: int = 0
    for_ms: int = 1000
    count: int = 1
    text: str = ""
    status: int = 500
    code: int = 20500


def parse(body: Mapping[str, Any]) -> Fault:
    """Raises ValueError with the reason."""
    unknown = set(body) - {one.name for one in fields(Fault)}
    if unknown:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    if body.get("kind") not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}")
    return Fault(**body)


class Faults:
    """The faults that wait for their moment."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def again(self, fault: Fault) -> None:
        """Let a fault that was taken wait on, one count less."""
        self._waiting.insert(0, replace(fault, count=fault.count - 1))

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, *kinds: Kind, call_sid: str = "", phone: str = "", at_ms: int = 0) -> Iterator[Fault]:
        """Every fault of these kinds whose call, number and time fit, each once."""
        for fault in [one for one in self._waiting if _fits(one, kinds, call_sid, phone, at_ms)]:
            self._waiting.remove(fault)
            yield fault

    def has(self, kind: Kind, *, call_sid: str, phone: str) -> bool:
        """Whether a lasting fault of this kind applies; it stays."""
        return any(_fits(one, (kind,), call_sid, phone, 0) for one in self._waiting)


def _fits(fault: Fault, kinds: tuple[Kind, ...], call_sid: str, phone: str, at_ms: int) -> bool:
    return (
        fault.kind in kinds
        and fault.call_sid in {"", call_sid}
        and fault.phone in {"", phone}
        and fault.at_ms <= at_ms
    )
