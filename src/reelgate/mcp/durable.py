"""The tasks extension of the protocol, over the journal: its tasks are the server's own, so they live as long.

A client that declares the extension gets a task in answer to `generate`, which was written before the answer, and asks
for it by `tasks/get` until the tool's result is in it. A video that fails is a completed call whose result is an error.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, MISSING_REQUIRED_CLIENT_CAPABILITY, CallToolResult, RequestParams
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import Field

from reelgate.client import AsyncTask, Conflict, NotFound
from reelgate.mcp.answers import standing
from reelgate.mcp.tools import Tools

EXTENSION = "io.modelcontextprotocol/tasks"
_POLL_MS = 2000
_Json = dict[str, Any]


class TaskParams(RequestParams):
    """Names a task."""

    task_id: str = Field(alias="taskId")


def wanted(context: ServerRequestContext[Any, Any]) -> bool:
    """Whether the client takes a task in answer to a call."""
    able = context.session.client_capabilities
    declared = able.extensions if able else None
    return context.protocol_version in MODERN_PROTOCOL_VERSIONS and EXTENSION in (declared or {})


def created(task: AsyncTask) -> _Json:
    """Return a task as the answer to a call."""
    return {"resultType": "task", **_facts(task, "working")}


async def got(context: ServerRequestContext[Any, Any], tools: Tools, task_id: str) -> _Json:
    """Answer `tasks/get`. Raises MCPError."""
    task = await _task(context, tools, task_id)
    if task.state == "cancelled":
        return _facts(task, "cancelled")
    if task.ended:
        result: CallToolResult = await tools.end(task)
        inlined = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {**_facts(task, "completed"), "result": inlined}
    return _facts(task, "working")


async def cancelled(context: ServerRequestContext[Any, Any], tools: Tools, task_id: str) -> _Json:
    """Answer `tasks/cancel`, also of what has ended. Raises MCPError."""
    task = await _task(context, tools, task_id)
    with contextlib.suppress(Conflict):
        await task.cancel()
    return {}


async def updated(context: ServerRequestContext[Any, Any], tools: Tools, task_id: str) -> _Json:
    """Answer `tasks/update`: a task asks nothing, since its price is agreed to before there is one. Raises MCPError."""
    await _task(context, tools, task_id)
    return {}


async def _task(context: ServerRequestContext[Any, Any], tools: Tools, task_id: str) -> AsyncTask:
    if not wanted(context):
        raise MCPError(
            code=MISSING_REQUIRED_CLIENT_CAPABILITY,
            message=f"declare the extension {EXTENSION} to ask for tasks",
            data={"requiredCapabilities": {"extensions": {EXTENSION: {}}}},
        )
    try:
        return await tools.house.get(task_id)
    except NotFound as error:
        raise MCPError(code=INVALID_PARAMS, message=str(error)) from None


def _facts(task: AsyncTask, status: str) -> _Json:
    moved = max(task.raw.get(name) or 0 for name in ("created_at", "started_at", "finished_at"))
    return {
        "taskId": task.id,
        "status": status,
        "statusMessage": standing(task),
        "createdAt": _time(task.created_at),
        "lastUpdatedAt": _time(moved),
        "ttlMs": None,
        "pollIntervalMs": _POLL_MS,
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
