"""Providers and engines of other distributions: found by their entry points, set up and used like ours."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reelgate.catalog import load
from reelgate.providers.account import Account
from reelgate.providers.engines import EngineProvider
from reelgate.providers.port import Job, OutcomeUnknown
from reelgate.request import Mode, VideoRequest
from reelgate.testing import check_provider
from reelgate.testing.samples import clip
from tests.e2e.server import Server, command, environment, serving
from tests.examples import ROOT, install

SECONDS = 3


class Studio:
    """The vendor of the example: each job is made by the second look."""

    def __init__(self, video: bytes) -> None:
        self.video = video
        self.jobs: dict[str, dict[str, Any]] = {}
        self.looks: dict[str, int] = {}
        self.keys: set[str] = set()
        self.lose_answers = False
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, body: dict[str, Any]) -> str:
        ref = f"job-{len(self.jobs) + 1:08}"
        self.jobs[ref] = body
        return ref

    def told(self, ref: str) -> dict[str, Any]:
        self.looks[ref] = self.looks.get(ref, 0) + 1
        if self.looks[ref] < 2:
            return {"id": ref, "status": "running", "progress": 50}
        return {"id": ref, "status": "succeeded", "video": {"url": f"{self.url}/{ref}.mp4"}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        studio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                studio.keys.add(self.headers["Authorization"])
                ref = studio.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if not studio.lose_answers:
                    self.answer({"id": ref, "status": "queued"})

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?mark=")
                ref = path.rpartition("/")[2]
                if path.endswith(".mp4"):
                    self.answer(studio.video, "video/mp4")
                elif path == "/jobs":
                    self.answer({"jobs": [{"id": r} for r, job in studio.jobs.items() if job["mark"] == query]})
                elif ref in studio.jobs:
                    self.answer(studio.told(ref))
                else:
                    self.answer({"error": {"code": "no_job"}}, status=404)

            def do_DELETE(self) -> None:
                self.answer({})

            def answer(self, body: Any, kind: str = "application/json", status: int = 200) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
                pass

        return Handler


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    video = clip(tmp_path_factory.mktemp("studio") / "made.mp4", 1280, 720, SECONDS).read_bytes()
    vendor = Studio(video)
    yield vendor
    vendor.http.shutdown()
    vendor.http.server_close()


@pytest.fixture(scope="module")
def gateway(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("others")
    path = install(folder / "site", "studio-provider", "bars-engine")
    config = folder / "reelgate.toml"
    config.write_text(
        f"""
        [[account]]
        kind = "studio"
        base_url = "{studio.url}"
        models = ["happyhorse-1.0-t2v"]
        poll_seconds = 0.2

        [[account]]
        kind = "bars"
        models = ["animatic"]
        options = {{ speed = "fast" }}
        """
    )
    own = {"STUDIO_API_KEY": "st-secret", "PYTHONPATH": path}
    with serving(folder / "data", "--config", str(config), "--workers", "0", **own) as started:
        yield started


def test_a_vendor_of_another_distribution_makes_a_video(gateway: Server, studio: Studio) -> None:
    order = {"model": "happyhorse-1.0-t2v", "prompt": "一只猫", "duration": SECONDS}
    made = gateway.post("/v1/tasks", order).json
    ended = finished(gateway, made["id"])
    sent = next(job for job in studio.jobs.values() if job["prompt"] == "一只猫")

    assert (ended["state"], ended["made_by"], ended["seconds"]) == ("succeeded", "studio", SECONDS)
    assert (sent["model"], sent["seconds"]) == ("happyhorse-1.0-t2v", SECONDS)
    assert "Bearer st-secret" in studio.keys


def test_an_engine_of_another_distribution_makes_a_video(gateway: Server) -> None:
    made = gateway.post("/v1/tasks", {"model": "animatic", "prompt": "bars", "duration": 1, "watermark": True}).json
    ended = finished(gateway, made["id"])

    assert (ended["state"], ended["made_by"], ended["seconds"]) == ("succeeded", "bars", 1)


def test_a_server_says_what_is_wrong_with_such_an_account(tmp_path: Path) -> None:
    (tmp_path / "reelgate.toml").write_text('[[account]]\nkind = "bars"\noptions = { speed = "warp" }\n')
    ended = started(tmp_path, install(tmp_path / "site", "bars-engine"))
    assert ended.returncode == 2
    assert "account bars: options: speed is 'warp'; allowed: still, slow, fast" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("processes", ["0", "-1", "many", ""])
def test_the_number_of_an_engine_s_processes_is_one_or_more(processes: str) -> None:
    engine = module("bars-engine", "bars_engine").ENGINE
    with pytest.raises(ValueError, match=r"account b: processes is .*; it must be a whole number, 1 or more"):
        EngineProvider(engine, Account(name="b", kind="bars", options={"processes": processes}))


def test_a_distribution_that_can_not_be_loaded_is_named(tmp_path: Path) -> None:
    path = install(tmp_path / "site", "bars-engine")
    (tmp_path / "site/bars_engine.py").write_text("import no_such_module")
    (tmp_path / "reelgate.toml").write_text("")
    ended = started(tmp_path, path)
    assert ended.returncode == 2
    assert "reelgate-bars-engine: its entry point bars in reelgate.engines can't be loaded" in ended.stderr
    assert "No module named 'no_such_module'" in ended.stderr


def finished(gateway: Server, task: str) -> Any:
    return gateway.until(f"/v1/tasks/{task}", lambda told: told["state"] in ("succeeded", "failed"))


def started(folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    """Start a server that can't, and return how it ended."""
    called = command("serve", "--port", "0", "--data", str(folder / "d"), "--config", str(folder / "reelgate.toml"))
    return subprocess.run(
        called, capture_output=True, text=True, env=environment(PYTHONPATH=path), timeout=480, check=False
    )


def test_the_example_keeps_the_promises_of_a_provider(studio: Studio) -> None:
    provider = module("studio-provider", "studio_provider").StudioProvider
    asyncio.run(check_provider(lambda: provider(account(studio)), job("0197-kept")))


def test_the_example_finds_a_job_whose_answer_was_lost(studio: Studio) -> None:
    provider = module("studio-provider", "studio_provider").StudioProvider(account(studio))

    async def lost() -> str | None:
        await provider.open()
        studio.lose_answers = True
        try:
            with pytest.raises(OutcomeUnknown):
                await provider.submit(job("0197-lost"))
            return str(await provider.find(job("0197-lost"), since=0))
        finally:
            studio.lose_answers = False
            await provider.aclose()

    assert asyncio.run(lost()) == next(ref for ref, sent in studio.jobs.items() if sent["mark"] == "0197-lost")


def account(studio: Studio) -> Account:
    return Account(name="studio", kind="studio", key="k", base_url=studio.url, poll_seconds=0.02)


def job(attempt: str) -> Job:
    found = load().find("happyhorse-1.0-t2v")
    assert found is not None
    return Job(attempt, VideoRequest(found.id, Mode.TEXT, "a cat", "720p", "16:9", SECONDS, 1), found, ())


def module(example: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / example / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
