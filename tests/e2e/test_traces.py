"""One trace from a client's create to its webhook: over two gateways, a collector of ours, and a kill in between."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.e2e.server import KEY, command, environment, serving

UPSTREAM = "sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "100"}
ACCOUNT = """
[[account]]
kind = "anyfast"
name = "behind"
base_url = "{url}"
key_env = "UPSTREAM_KEY"
models = ["happyhorse-1.0-t2v"]
poll_seconds = 0.3
"""
PATIENCE_SECONDS = 480.0


class Seen(NamedTuple):
    """A span as it arrived."""

    service: str
    name: str
    trace: str
    id: str
    above: str
    said: dict[str, str]
    failed: bool


class Collector:
    """What a collector was sent at /v1/traces, and what came to its hook with which `traceparent`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Seen] = []
        self.told: list[str] = []
        self._changed = threading.Condition()

    def take(self, path: str, traceparent: str, body: bytes) -> None:
        with self._changed:
            if path == "/hook":
                self.told.append(traceparent)
            else:
                self.spans += _spans(ExportTraceServiceRequest.FromString(body))
            self._changed.notify_all()

    def until(self, enough: Callable[[], bool]) -> None:
        with self._changed:
            done = self._changed.wait_for(enough, PATIENCE_SECONDS)
            assert done, sorted(Counter((span.service, span.name) for span in self.spans).items())

    def named(self, service: str, name: str) -> list[Seen]:
        return [span for span in self.spans if (span.service, span.name) == (service, name)]


def _spans(request: ExportTraceServiceRequest) -> Iterator[Seen]:
    for resource in request.resource_spans:
        said = {one.key: one.value.string_value for one in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Seen(
                    service=said["service.name"],
                    name=span.name,
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    above=span.parent_span_id.hex(),
                    said={one.key: one.value.string_value for one in span.attributes},
                    failed=span.status.code == 2,
                )


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.take(self.path, self.headers.get("traceparent", ""), body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def test_a_task_is_one_trace_from_its_caller_to_its_webhook_also_over_a_kill(tmp_path: Path) -> None:
    config = tmp_path / "reelgate.toml"
    front = ("--workers", "0", "--allow-private-callbacks", "--config", str(config))
    with collecting() as collector:
        traced = ("--traces", collector.url)
        named = {"OTEL_SERVICE_NAME": "behind", **QUICK}
        with serving(tmp_path / "behind", "--workers", "1", *traced, key=UPSTREAM, **named) as behind:
            config.write_text(ACCOUNT.format(url=behind.url), encoding="utf-8")
            own = {"UPSTREAM_KEY": UPSTREAM, **QUICK}
            with serving(tmp_path / "front", *front, *traced, "--role", "api", key=KEY, **own) as server:
                assert server.post("/v1/webhooks", {"url": f"{collector.url}/hook"}).status == 200
                body = {"model": "happyhorse-1.0-t2v", "prompt": "一只猫", "resolution": "720P", "duration": 3}
                caller = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
                created = server.post("/v1/video/generations", body, headers=caller)
                assert created.status == 200, created.body
                server.stop(signal.SIGKILL)
            with serving(tmp_path / "front", *front, *traced, key=KEY, **own) as server:
                task_id = created.json.get("id") or created.json["task_id"]
                task = server.until(f"/v1/tasks/{task_id}", lambda task: task["finished_at"] is not None)
                assert task["state"] == "succeeded", task
                # Before they are killed: what they have not sent by then is lost.
                ours = {"submit", "poll", "collect", "task", "webhook"}
                collector.until(lambda: ours <= {span.name for span in collector.spans if span.service == "reelgate"})
                theirs = {"create", "render", "task"}
                collector.until(lambda: theirs <= {span.name for span in collector.spans if span.service == "behind"})

        assert {span.trace for span in collector.spans} == {TRACE}
        assert not [span for span in collector.spans if span.failed]
        submits = {span.id for span in collector.named("reelgate", "submit")}
        [made_behind] = collector.named("behind", "create")
        assert made_behind.above in submits, "what the vendor does hangs below the submission"
        [told] = {span.id for span in collector.named("reelgate", "webhook")}
        assert collector.told == [f"00-{TRACE}-{told}-01"]
        [whole] = collector.named("reelgate", "task")
        assert whole.said["gen_ai.request.model"] == "happyhorse-1.0-t2v"
        assert {span.above for span in collector.spans if span.name in {"poll", "collect", "webhook", "task"}} <= {
            whole.above,
            *(span.above for span in collector.named("behind", "task")),
        }
        assert not any("猫" in word for span in collector.spans for word in span.said.values())


def test_an_address_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    words = command("serve", "--port", "0", "--data", str(tmp_path), "--traces", "collector:4318")
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=480, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("reelgate: --traces: 'collector:4318' is not a full address")
