"""The simulator with a clock that the test moves, and a client for each of its vendors."""

from __future__ import annotations

from typing import Any

import httpx2

from reelgate.testing import Simulator

NOW = 1_777_343_862_625
"""2026-04-28 02:37:42.625 UTC, which is 10:37:42.625 in China."""

JOB_SECONDS = 100.0

CREATES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "anyfast": ("/v1/video/generations", {"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑"}, {}),
    "apiyi": (
        "/wan/api/v1/services/aigc/video-generation/video-synthesis",
        {"model": "wan2.7-t2v", "input": {"prompt": "黄昏海边的灯塔"}},
        {"X-DashScope-Async": "enable"},
    ),
    "ark": (
        "/contents/generations/tasks",
        {"model": "doubao-seedance-2-0-260128", "content": [{"type": "text", "text": "一只猫在弹钢琴"}]},
        {},
    ),
    "dashscope": (
        "/services/aigc/video-generation/video-synthesis",
        {"model": "wan2.7-t2v", "input": {"prompt": "黄昏海边的灯塔"}},
        {"X-DashScope-Async": "enable"},
    ),
    "openai_videos": ("/videos", {"model": "wan", "prompt": "一只猫", "seconds": "5", "size": "1280x720"}, {}),
    "uniall": ("/v1/video/generations", {"model": "happy-horse-720p", "prompt": "一匹白马", "duration": 5}, {}),
    "vidu": ("/ent/v2/text2video", {"model": "viduq3-turbo", "prompt": "一艘船驶过港口"}, {}),
}
"""A create that each vendor takes: the path below its base URL, the body, further headers."""

QUERIES = {
    "anyfast": "/v1/video/generations/{id}",
    "apiyi": "/v1/tasks/{id}",
    "ark": "/contents/generations/tasks/{id}",
    "dashscope": "/tasks/{id}",
    "openai_videos": "/videos/{id}",
    "uniall": "/v1/videos/generations/{id}",
    "vidu": "/ent/v2/tasks/{id}/creations",
}


class HandClock:
    """Time that passes when the test says so."""

    set_by = 0

    def __init__(self) -> None:
        self.ms = NOW

    def now(self) -> int:
        return self.ms

    def pass_seconds(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


class Caller:
    """A client with a key, at one vendor."""

    def __init__(self, simulator: Simulator, vendor: str, key: str = "sk-mine") -> None:
        scheme = "Token" if vendor == "vidu" else "Bearer"
        self.vendor = vendor
        self._http = httpx2.Client(
            base_url=simulator.base_url(vendor),
            headers={"Authorization": f"{scheme} {key}"} if key else {},
            trust_env=False,
            timeout=480.0,
        )

    def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._http.post(path, json=body, headers=named)

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self._http.get(path, params={name.replace("__", "."): value for name, value in query.items()})

    def delete(self, path: str) -> httpx2.Response:
        return self._http.delete(path)

    def create(self, **changes: Any) -> httpx2.Response:
        """Make a job as the vendor's clients do; `changes` replace fields of the body."""
        path, body, headers = CREATES[self.vendor]
        return self._http.post(path, json=body | changes, headers=headers)

    def made(self, **changes: Any) -> str:
        """Make a job and return its id."""
        answer = self.create(**changes)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        return str(said.get("task_id") or said.get("id") or said["output"]["task_id"])

    def query(self, job_id: str) -> Any:
        """Return how a job stands."""
        answer = self._http.get(QUERIES[self.vendor].format(id=job_id))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self) -> None:
        self._http.close()
