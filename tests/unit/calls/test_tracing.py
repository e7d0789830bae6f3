"""A call's trace: whole, in the right times, with codes only; and nothing at all where it is off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from calls import tracing
from calls.metrics import Figures
from calls.tracing import MAX_SPANS, call_traced
from heartvoice.config import ConfigError
from heartvoice.traces import traces_start

CALL = UUID("00000000-0000-4000-8000-000000000001")
BEGAN = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing.trace, "get_tracer", provider.get_tracer)
    yield exporter


def test_the_parts_lie_inside_the_call(collector: InMemorySpanExporter) -> None:
    figures = Figures()
    figures.audio_out(400.0)
    figures.patient_stopped(5_000.0)
    figures.audio_out(5_700.0)
    figures.tool_ran("updatePatientRecord", 6_000.0, 6_012.0, is_ok=True)
    call_traced(
        call_id=CALL, began_at=BEGAN, end_ms=9_000.0, spans=figures.spans, codes={"end_reason": "completed"}
    )
    found = {span.name: span for span in collector.get_finished_spans()}
    whole = found.pop("call")
    assert set(found) == {"first audio", "turn", "tool"}
    assert whole.attributes == {"heartvoice.call_id": str(CALL), "end_reason": "completed"}
    assert whole.end_time - whole.start_time == 9_000_000_000
    assert found["turn"].end_time - found["turn"].start_time == 700_000_000
    assert found["tool"].attributes == {"tool": "updatePatientRecord", "ok": True}
    assert all(part.parent.span_id == whole.context.span_id for part in found.values())


def test_a_call_without_end_keeps_a_bounded_trace() -> None:
    figures = Figures()
    for turn in range(3 * MAX_SPANS):
        figures.tool_ran("recordVitals", turn, turn + 1, is_ok=True)
    assert len(figures.spans) == MAX_SPANS


def test_without_the_packages_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "trace", None)
    call_traced(call_id=CALL, began_at=BEGAN, end_ms=1.0, spans=[], codes={})


def test_no_address_means_no_traces() -> None:
    assert not traces_start("")


def test_an_address_without_the_packages_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ConfigError, match="not installed"):
        traces_start("http://127.0.0.1:4318")
