"""Where traces go. Off by default: nothing leaves the site unless an address is configured."""

from __future__ import annotations

from heartvoice.config import ConfigError

NEEDED = "opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http"


def traces_start(endpoint: str) -> bool:
    """Send this process's traces to an OTLP collector (HTTP). Returns False when no address is given.

    Raises ConfigError when the optional packages are not installed.
    """
    if not endpoint:
        return False
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {NEEDED} are not installed") from None
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "heartvoice"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return True
