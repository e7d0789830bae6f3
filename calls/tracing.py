"""A call's trace for an OpenTelemetry collector, sent whole when the call is over. Off unless it is configured.

Names and attributes are codes and numbers only. The packages are optional: without them, or without an address,
nothing is recorded and nothing leaves the site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

try:
    from opentelemetry import trace
except ImportError:  # the optional packages are not installed
    trace = None  # type: ignore[assignment]

NS_PER_MS = 1_000_000
MAX_SPANS = 400
Code = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a call, in ms since its stream began."""

    name: str
    start_ms: float
    end_ms: float
    codes: Mapping[str, Code] = field(default_factory=dict)


def call_traced(
    *, call_id: UUID, began_at: datetime, end_ms: float, spans: Sequence[Span], codes: Mapping[str, Code]
) -> None:
    """Hand a call and its parts to the tracer of this process. Does nothing where tracing is off."""
    if trace is None:
        return
    tracer = trace.get_tracer("heartvoice.calls")
    zero_ns = int(began_at.timestamp() * 1e9)
    whole = tracer.start_span(
        "call", start_time=zero_ns, attributes={"heartvoice.call_id": str(call_id), **codes}
    )
    inside = trace.set_span_in_context(whole)
    for one in spans:
        part = tracer.start_span(
            one.name,
            context=inside,
            start_time=zero_ns + int(one.start_ms * NS_PER_MS),
            attributes=dict(one.codes),
        )
        part.end(zero_ns + int(max(one.end_ms, one.start_ms) * NS_PER_MS))
    whole.end(zero_ns + int(end_ms * NS_PER_MS))
