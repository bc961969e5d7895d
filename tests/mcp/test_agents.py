"""An agent's session by the official client: over HTTP in both revisions, and on stdio."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.context import ClientRequestContext
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.session import ElicitationFnT
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, ImageContent, Request, RequestParams, Result
from pydantic import Field

from reelgate.limits import AGENT_LIST_BYTES
from tests.e2e.inputs import picture
from tests.e2e.server import Server, environment, serving

NEW, OLD = "2026-07-28", "legacy"
DEAR = {"model": "wan2.7-t2v", "prompt": "a lighthouse in a storm", "duration": 15}
"""Costs more than an agent may spend without asking."""
CHEAP = {"model": "animatic", "duration": 1}
TASKS = "io.modelcontextprotocol/tasks"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("agents") / "data"
    with serving(data, "--workers", "1", "--animatic", "always", "--ask-above", "1") as started:
        yield started


@asynccontextmanager
async def agent(
    server: Server, mode: Any, *, answer: ElicitationFnT | None = None, key: str = "", extensions: Any = ()
) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {key or server.key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=480) as http:
        transport = streamable_http_client(f"{server.url}/mcp", http_client=http)
        async with Client(transport, mode=mode, elicitation_callback=answer, extensions=extensions) as client:
            yield client


def says(found: CallToolResult) -> str:
    return "\n".join(one.text for one in found.content if one.type == "text")


def tasks(server: Server) -> list[Any]:
    return list(server.get("/v1/tasks?limit=100").json["data"])


@pytest.mark.parametrize("mode", [NEW, OLD])
def test_an_agent_previews_orders_waits_and_gets_a_video(server: Server, mode: str) -> None:
    heard: list[float] = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async def session() -> None:
        async with agent(server, mode) as client:
            assert client.protocol_version == (NEW if mode == NEW else "2025-11-25")
            names = [one.name for one in (await client.list_tools()).tools]
            assert names[:4] == ["list_models", "preview", "quote", "generate"]
            models = await client.call_tool("list_models", {"mode": "edit"})
            assert "happyhorse-1.0-video-edit" in models.structured_content["models"]
            assert "happyhorse-1.0-t2v" not in models.structured_content["models"]

            order = {**CHEAP, "prompt": f"a cat on the beach, {mode}"}
            seen = await client.call_tool("preview", order)
            assert not seen.is_error
            assert "price: 0.00 USD" in says(seen)
            assert [one for one in seen.content if isinstance(one, ImageContent)]

            made = await client.call_tool("generate", order)
            again = await client.call_tool("generate", order)
            assert made.structured_content["id"] == again.structured_content["id"]
            assert "ordered before" in says(again)

            task_id = made.structured_content["id"]
            done = await client.call_tool("wait", {"task_id": task_id, "seconds": 300}, progress_callback=progress)
            words, link, poster = done.content
            assert (done.is_error, words.type, link.type, poster.type) == (False, "text", "resource_link", "image")
            assert link.type == "resource_link"
            assert link.mime_type == "video/mp4"
            video = server.get(str(link.uri), key=None)
            assert (video.status, len(video.body)) == (200, link.size)
            fetched = await client.call_tool("fetch", {"task_id": task_id})
            assert fetched.structured_content["seed"] == done.structured_content["seed"]

    asyncio.run(session())
    assert heard == sorted(set(heard))
    assert heard[-1] == 100


@pytest.mark.parametrize("mode", [NEW, OLD])
def test_what_can_t_be_done_is_an_answer_that_says_what_to_do(server: Server, mode: str) -> None:
    async def session() -> None:
        async with agent(server, mode) as client:
            for arguments, told in (
                ({"model": "nope", "prompt": "x"}, "nope"),
                ({**CHEAP, "prompt": "x", "duration": 99}, "allowed"),
                ({**CHEAP, "promt": "x"}, "takes no promt"),
                ({**CHEAP, "prompt": "x", "image": "/etc/passwd"}, "can't read your files"),
                ({**CHEAP, "prompt": "x", "images": ["file:///etc/passwd"]}, "can't read your files"),
            ):
                found = await client.call_tool("generate", arguments)
                assert found.is_error
                assert told in says(found)
            missing = await client.call_tool("look", {"task_id": "task_nope"})
            assert missing.is_error
            unnamed = await client.call_tool("wait", {})
            assert "needs task_id" in says(unnamed)
            long = await client.call_tool("list_tasks", {"metadata": {"note": "x" * 100_000}})
            assert (long.is_error, "too long for an address" in says(long)) == (True, True)
            with pytest.raises(MCPError, match="no tool"):
                await client.call_tool("delete_everything", {})

    before = len(tasks(server))
    asyncio.run(session())
    assert len(tasks(server)) == before


def test_a_long_list_of_tasks_names_what_it_does_not_hold(server: Server) -> None:
    notes = {"list": "long"}
    order = {"model": "animatic", "prompt": "é" * 19_000, "duration": 1, "metadata": notes}  # 38 kB each
    made = [server.post("/v1/tasks", order).json["id"] for _ in range(9)]
    for task_id in made:
        server.post(f"/v1/tasks/{task_id}/cancel")

    async def session() -> None:
        async with agent(server, NEW) as client:
            found = await client.call_tool("list_tasks", {"metadata": notes})
            whole, left_out = found.structured_content["tasks"], found.structured_content["left_out"]
            assert [*(task["id"] for task in whole), *left_out] == made[::-1]
            assert len(json.dumps(whole, ensure_ascii=False).encode()) <= AGENT_LIST_BYTES + 100
            assert all(task_id in says(found) for task_id in made)
            assert f"The last {len(left_out)} have only a line here" in says(found)

    asyncio.run(session())


def test_the_user_is_asked_before_a_dear_order(server: Server) -> None:
    asked: list[str] = []

    def saying(action: Literal["accept", "decline"], *, agree: bool) -> ElicitationFnT:
        async def answer(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
            asked.append(params.message)
            return ElicitResult(action=action, content={"agree": agree} if action == "accept" else None)

        return answer

    async def session() -> None:
        for no in (saying("decline", agree=False), saying("accept", agree=False)):
            async with agent(server, NEW, answer=no) as client:
                declined = await client.call_tool("generate", DEAR)
                assert declined.is_error
                assert "did not confirm 1.26 USD" in says(declined)
        async with agent(server, NEW, answer=saying("accept", agree=True)) as client:
            made = await client.call_tool("generate", DEAR)
            assert made.structured_content["price"]["amount_micros"] == 1_260_000
            await client.call_tool("cancel", {"task_id": made.structured_content["id"]})
            cheaper = {**CHEAP, "prompt": "nothing is asked of what is free"}
            free = await client.call_tool("generate", cheaper)
            await client.call_tool("cancel", {"task_id": free.structured_content["id"]})

    before = len(tasks(server))
    asyncio.run(session())
    assert [one.startswith("This video by wan2.7-t2v costs 1.26 USD") for one in asked] == [True, True, True]
    assert len(tasks(server)) == before + 2


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where nobody draws."""
    data = tmp_path_factory.mktemp("idle") / "data"
    with serving(data, "--workers", "0", "--animatic", "always", "--ask-above", "1") as started:
        yield started


def test_where_nobody_can_be_asked_the_agent_has_to_name_the_price(idle: Server) -> None:
    async def session() -> None:
        async with agent(idle, OLD) as client:
            order = {**DEAR, "prompt": "a lighthouse at noon"}
            refused = await client.call_tool("generate", order)
            assert refused.is_error
            assert "max_price 1.26" in says(refused)
            assert (await client.call_tool("generate", {**order, "max_price": 1.2})).is_error
            made = await client.call_tool("generate", {**order, "max_price": 1.26})
            assert not made.is_error
            again = await client.call_tool("generate", {**order, "max_price": 5})
            assert again.structured_content["id"] == made.structured_content["id"]
            cancelled = await client.call_tool("cancel", {"task_id": made.structured_content["id"]})
            assert "cancelled" in says(cancelled)
            await client.call_tool("wait", {"task_id": made.structured_content["id"]})
            anew = await client.call_tool("generate", {**order, "max_price": 5})
            assert anew.structured_content["id"] != made.structured_content["id"]
            await client.call_tool("cancel", {"task_id": anew.structured_content["id"]})

    asyncio.run(session())


def test_limits_and_scopes_of_the_key_hold(server: Server) -> None:
    def key(**fields: Any) -> str:
        made = server.post("/admin/v1/keys", {"project_id": "default", "name": "agent", **fields})
        return str(made.json["secret"])

    reader, poor = key(scopes=["read"]), key(scopes=["create", "read"], spend_total_micros=1_000_000)

    async def session() -> None:
        order = {**DEAR, "prompt": "a storm", "max_price": 9}
        for held, told in ((reader, "create"), (poor, "spend")):
            async with agent(server, OLD, key=held) as client:
                found = await client.call_tool("generate", order)
                assert found.is_error
                assert told in says(found).lower()
                assert not (await client.call_tool("balance", {})).is_error

    before = len(tasks(server))
    asyncio.run(session())
    assert len(tasks(server)) == before
    assert server.post("/mcp", {}, key=None).status == 401
    assert server.post("/mcp", {}, key="sk-wrong").status == 401
    assert server.get("/mcp").status == 405


class Created(Result):
    """A task in answer to a call."""

    result_type: Literal["task"] = Field(alias="resultType")
    task_id: str = Field(alias="taskId")
    status: str


class Named(RequestParams):
    task_id: str = Field(serialization_alias="taskId")


class Ask(Request[Named, Literal["tasks/get"]]):
    method: Literal["tasks/get"] = "tasks/get"
    params: Named


class Cancel(Request[Named, Literal["tasks/cancel"]]):
    method: Literal["tasks/cancel"] = "tasks/cancel"
    params: Named


class Got(Result):
    """What `tasks/get` answers."""

    status: str
    task_id: str = Field(alias="taskId")
    poll_interval_ms: int = Field(alias="pollIntervalMs")
    ttl_ms: int | None = Field(alias="ttlMs")
    created_at: str = Field(alias="createdAt")
    result: dict[str, Any] | None = None


class Tasks(ClientExtension):
    """Takes tasks, and asks until they have ended."""

    identifier = TASKS

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.made = asyncio.Event()

    def claims(self) -> list[ResultClaim[Created]]:
        return [ResultClaim(result_type="task", model=Created, resolve=self._resolve)]

    async def _resolve(self, made: Created, context: ClaimContext) -> CallToolResult:
        self.ids.append(made.task_id)
        self.made.set()
        while True:
            got = await context.session.send_request(Ask(params=Named(task_id=made.task_id)), Got)
            self.seen.append(got.status)
            if got.status == "completed":
                assert got.result is not None
                return CallToolResult.model_validate(got.result)
            if got.status == "cancelled":
                return CallToolResult(content=[], is_error=True)
            await asyncio.sleep(0.2)


def test_an_order_is_a_task_of_the_protocol_which_outlives_the_call(server: Server) -> None:
    held = Tasks()

    async def session() -> None:
        async with agent(server, NEW, extensions=[held]) as client:
            done = await client.call_tool("generate", {**CHEAP, "prompt": "a task of the protocol"})
            assert not done.is_error
            assert [one.type for one in done.content] == ["text", "resource_link", "image"]
        async with agent(server, NEW) as client:
            named = Ask(params=Named(task_id=held.ids[0]))
            with pytest.raises(MCPError) as raised:
                await client.session.send_request(named, Got)
            assert raised.value.error.code == -32021
        async with agent(server, NEW, extensions=[Tasks()]) as client:
            with pytest.raises(MCPError) as raised:
                await client.session.send_request(Ask(params=Named(task_id="task_nope")), Got)
            assert raised.value.error.code == -32602
            ended = Cancel(params=Named(task_id=held.ids[0]))
            await client.session.send_request(ended, Result)  # acknowledged, and nothing happens

    asyncio.run(session())
    assert held.seen[-1] == "completed"
    assert server.get(f"/v1/tasks/{held.ids[0]}").json["status"] == "completed"


def test_a_task_that_is_called_off_has_no_result(server: Server, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    with serving(broken, "--workers", "0", "--animatic", "always") as idle:  # nobody draws here
        held = Tasks()

        async def session() -> CallToolResult:
            async with agent(idle, NEW, extensions=[held]) as client:
                calling = asyncio.create_task(client.call_tool("generate", {**CHEAP, "prompt": "never drawn"}))
                await held.made.wait()
                idle.post(f"/v1/tasks/{held.ids[0]}/cancel")
                return await calling

        assert asyncio.run(session()).is_error
        assert held.seen[-1] == "cancelled"


def test_on_stdio_an_agent_may_use_files_of_its_machine(server: Server, tmp_path: Path) -> None:
    frame = picture(tmp_path / "frame.png", 640, 360, "#c03030")
    asked: list[str] = []

    async def answer(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="decline")

    async def session() -> None:
        started = StdioServerParameters(
            command=sys.executable,
            args=["-m", "reelgate", "mcp", "--url", server.url, "--key", server.key, "--ask-above", "0.5"],
            env=environment(),
        )
        async with Client(stdio_client(started), mode=OLD, elicitation_callback=answer) as client:
            made = await client.call_tool("generate", {**CHEAP, "prompt": "it moves", "image": str(frame)})
            assert not made.is_error, says(made)
            task_id = made.structured_content["id"]
            assert not (await client.call_tool("wait", {"task_id": task_id, "seconds": 300})).is_error
            target = tmp_path / "out.mp4"
            saved = await client.call_tool("fetch", {"task_id": task_id, "path": str(target)})
            assert f"saved as {target}" in says(saved)
            assert target.read_bytes()[4:8] == b"ftyp"
            declined = await client.call_tool("generate", {**DEAR, "duration": 10})
            assert "did not confirm" in says(declined)

    asyncio.run(session())
    assert len(asked) == 1


@pytest.mark.parametrize("host", ["LOCALHOST:{port}", "Videos.Example.COM:80", "127.0.0.1:{port}"])
def test_whatever_name_it_is_called_by_a_server_asks_itself_and_nobody_else(server: Server, host: str) -> None:
    params = {"name": "look", "arguments": {"task_id": "task_nope"}}
    called = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        name = host.format(port=other.getsockname()[1])
        told = server.post("/mcp", called, headers={**headers, "host": name})
        with pytest.raises(BlockingIOError):
            other.accept()

    assert b"No such task for this key" in told.body


def test_a_message_that_is_too_large_is_refused(server: Server) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"x": "x" * 5_000_000}}).encode()
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": NEW}
    assert server.call("POST", "/mcp", raw=body, headers=headers).status == 413


def test_a_wait_at_a_server_that_stops_ends_with_an_answer_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0", "--animatic", "always") as server:
        task_id = server.post("/v1/tasks", {**CHEAP, "prompt": "a cat"}).json["id"]

        async def wait(mode: str, waits: asyncio.Event) -> CallToolResult:
            async def progress(progress: float, total: float | None, message: str | None) -> None:
                waits.set()

            found: list[CallToolResult] = []
            try:
                async with agent(server, mode) as client:
                    await client.list_tools()  # it holds an answer against its tool, and would ask for that now
                    arguments = {"task_id": task_id, "seconds": 120}
                    found.append(await client.call_tool("wait", arguments, progress_callback=progress))
            except* httpx2.ConnectError:  # what the client says at its end finds nobody, where the server was quicker
                assert found
            return found[0]

        async def sessions() -> list[CallToolResult]:
            waiting = (asyncio.Event(), asyncio.Event())
            calls = [asyncio.create_task(wait(mode, at)) for mode, at in zip((NEW, OLD), waiting, strict=True)]
            for at in waiting:
                await at.wait()
            server.process.terminate()
            return await asyncio.gather(*calls)

        told = asyncio.run(sessions())
        assert server.process.wait(180) == 0
    for one in told:
        assert (one.is_error, one.structured_content["id"]) == (False, task_id)
        assert "call wait again" in says(one)
