"""Traces for OpenTelemetry, by OTLP over HTTP, from a separate thread: the collector may be unreachable or slow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Sequence
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as Recorded
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from reelgate import limits
from reelgate.fault_log import FaultLog
from reelgate.tracing import HEADER, CallSide, Said

_KINDS = {CallSide.INTERNAL: SpanKind.INTERNAL, CallSide.SERVER: SpanKind.SERVER, CallSide.CLIENT: SpanKind.CLIENT}
_NS = 1_000_000
_TELLS_EACH_TIME = ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk._shared_internal")
_PROPAGATOR = TraceContextTextMapPropagator()


class Telemetry:
    """A tracer that sends to the collector at `address`, such as http://127.0.0.1:4318.

    The ecosystem's own variables say the rest: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
    `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`.
    """

    def __init__(self, address: str) -> None:
        own = Resource.create({SERVICE_NAME: "reelgate", SERVICE_VERSION: version("reelgate")})
        self._provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{address.rstrip('/')}/v1/traces", timeout=limits.TRACES_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(_Told(exporter)))
        self._tracer = self._provider.get_tracer("reelgate", version("reelgate"))

    def begin(self, name: str, kind: CallSide, said: Said, *, above: str | None, at: int | None = None) -> _Span:
        """Begin a span below the `traceparent` `above`; one that can't be read begins a trace."""
        context = _PROPAGATOR.extract({HEADER: above}) if above else None
        begun = self._tracer.start_span(
            name,
            context=context,
            kind=_KINDS[kind],
            attributes=said,
            start_time=None if at is None else at * _NS,
        )
        return _Span(begun)

    async def aclose(self) -> None:
        """Send what is left, and wait for that a little; what can't be sent is lost."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            self._provider.shutdown()
            with contextlib.suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(done.set)

        threading.Thread(target=stop, daemon=True, name="traces").start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), limits.TRACES_STOP_SECONDS)


class _Told(SpanExporter):
    """Logs a batch that the collector does not accept as a lasting fault, because the exporter reports each try."""

    def __init__(self, exporter: OTLPSpanExporter) -> None:
        self._exporter = exporter
        self._faults = FaultLog()
        for name in _TELLS_EACH_TIME:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; called in the sender's thread."""
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._faults.warning(
                "traces.unsent", about="", spans=len(spans), reason="the collector does not accept them"
            )
        return result

    def shutdown(self) -> None:
        """End the tries that are in progress."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # as its authors left it


class _Span:
    def __init__(self, begun: Recorded) -> None:
        self._begun = begun
        where = begun.get_span_context()
        self.traceparent = f"00-{where.trace_id:032x}-{where.span_id:016x}-{where.trace_flags:02x}"

    def note(self, said: Said) -> None:
        self._begun.set_attributes(said)

    def fail(self, why: str) -> None:
        self._begun.set_status(StatusCode.ERROR, why)

    def end(self, at: int | None = None) -> None:
        self._begun.end(None if at is None else at * _NS)
