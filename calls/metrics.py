"""The process's figures for Prometheus, and one call's figures for its row. Labels are codes, never people."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field

from prometheus_client import Counter, Gauge, Histogram

from calls.tracing import MAX_SPANS, Code, Span

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.2, 1.6, 2.0, 3.0, 5.0, 10.0)
QUICK = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)

LIVE = Gauge("heartvoice_calls_live", "Calls on the line now")
ENDED = Counter("heartvoice_calls_ended", "Calls ended", ["reason"])
FIRST_AUDIO = Histogram("heartvoice_first_audio_seconds", "Stream start to first audio out", buckets=SECONDS)
TURN = Histogram(
    "heartvoice_turn_seconds", "End of the patient's speech to first audio back", buckets=SECONDS
)
BARGE_IN = Histogram("heartvoice_barge_in_seconds", "Speech reported to clear sent", buckets=QUICK)
TOOL = Histogram("heartvoice_tool_seconds", "Tool runs", ["tool"], buckets=SECONDS)
BAD_MESSAGES = Counter("heartvoice_bad_messages", "Unreadable messages", ["side", "reason"])
DROPPED = Counter("heartvoice_dropped_frames", "Caller frames dropped", ["where"])
TROUBLE = Counter("heartvoice_provider_trouble", "Failures of voice providers", ["provider", "trouble"])
REFUSED = Counter("heartvoice_streams_refused", "Media streams refused", ["reason"])
WEBHOOKS_REFUSED = Counter("heartvoice_webhooks_refused", "Webhooks with no valid signature")
REFUSED_UPDATES = Counter("heartvoice_provider_complaints", "Error events of voice providers", ["code"])

MAX_SAMPLES = 400


@dataclass(slots=True)
class Figures:
    """One call's own figures. Times in milliseconds."""

    started_ms: float = 0.0
    end_of_turn_ms: float = 0.0  # the silence that ends a turn; the provider's stop time includes it
    first_audio_ms: float | None = None
    turns_ms: list[float] = field(default_factory=list)
    barge_ins_ms: list[float] = field(default_factory=list)
    counts: Tally[str] = field(default_factory=Tally)
    spans: list[Span] = field(default_factory=list)
    _waiting_since_ms: float | None = None

    def count(self, what: str, by: int = 1) -> None:
        self.counts[what] += by

    def span(self, name: str, start_ms: float, end_ms: float, **codes: Code) -> None:
        """A part of the call, for its trace."""
        if len(self.spans) < MAX_SPANS:
            self.spans.append(Span(name, start_ms, end_ms, codes))

    def tool_ran(self, name: str, start_ms: float, end_ms: float, *, is_ok: bool) -> None:
        """A tool of the model's has answered."""
        TOOL.labels(name if is_ok else "refused").observe((end_ms - start_ms) / 1000)
        self.span("tool", start_ms, end_ms, tool=name, ok=is_ok)

    def patient_stopped(self, at_ms: float) -> None:
        """The provider says that the turn ended at `at_ms`, `end_of_turn_ms` after the last sound.

        The next audio out ends the wait. Source: OpenAI API reference, `input_audio_buffer.speech_stopped`
        (`audio_end_ms` includes the configured silence).
        """
        self._waiting_since_ms = at_ms - self.end_of_turn_ms

    def audio_out(self, now_ms: float) -> None:
        """Audio of Maya's was sent."""
        if self.first_audio_ms is None:
            self.first_audio_ms = now_ms - self.started_ms
            FIRST_AUDIO.observe(self.first_audio_ms / 1000)
            self.span("first audio", self.started_ms, now_ms)
        if self._waiting_since_ms is not None:
            took = now_ms - self._waiting_since_ms
            self.span("turn", self._waiting_since_ms, now_ms)
            self._waiting_since_ms = None
            if len(self.turns_ms) < MAX_SAMPLES:
                self.turns_ms.append(took)
            TURN.observe(max(took, 0.0) / 1000)

    def barged_in(self, took_ms: float) -> None:
        """The phone was told to be silent this long after speech was reported."""
        if len(self.barge_ins_ms) < MAX_SAMPLES:
            self.barge_ins_ms.append(took_ms)
        BARGE_IN.observe(took_ms / 1000)

    def latency(self) -> dict[str, float]:
        """For the call's row."""
        found: dict[str, float] = {}
        if self.first_audio_ms is not None:
            found["first_audio"] = round(self.first_audio_ms, 1)
        for name, values in (("turn", self.turns_ms), ("barge_in", self.barge_ins_ms)):
            if values:
                found[f"{name}_p50"] = round(percentile(values, 0.5), 1)
                found[f"{name}_p95"] = round(percentile(values, 0.95), 1)
        return found


def percentile(values: list[float], share: float) -> float:
    """The value below which that share (0..1) of the values lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
