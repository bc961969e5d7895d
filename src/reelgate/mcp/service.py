"""The protocol's server: lists the tools, calls them, and asks the user before an expensive order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
)

from reelgate import __version__
from reelgate.client import ApiError, AsyncReelgate, ClientError, RemoteTask
from reelgate.mcp import confirming, durable
from reelgate.mcp.answers import money, standing, told
from reelgate.mcp.table import tools
from reelgate.mcp.tools import Arguments, Tools, WrongArguments, explained

Context = ServerRequestContext[Any, Any]
Connect = Callable[[Context], AsyncReelgate]
"""Returns a client that acts for the caller."""

_INSTRUCTIONS = (
    "Reelgate makes videos. list_models lists the models, preview draws a storyboard free of charge, quote returns "
    "the price, generate orders, wait returns the video's link and poster. An order takes from seconds to many "
    "minutes, and continues at the server even if you do not wait. The same arguments are the same order, so a call "
    "can be repeated."
)


def service(
    connect: Connect, *, local: bool, ask_above: float, leaving: Callable[[], bool] = lambda: False
) -> Server[Any]:
    """Return the server. `ask_above`: USD above which the user is asked; `local`, `leaving`: see Tools."""
    return _Desk(connect, local=local, ask_above=round(ask_above * 1_000_000), leaving=leaving).server


class _Desk:
    def __init__(self, connect: Connect, *, local: bool, ask_above: int, leaving: Callable[[], bool]) -> None:
        self._connect = connect
        self._leaving = leaving
        self._local = local
        self._ask_above = ask_above
        self._names = {one.name for one in tools(local=local)}
        self.server: Server[Any] = Server(
            "reelgate", version=__version__, title="Reelgate", instructions=_INSTRUCTIONS, on_list_tools=self._list
        )
        self.server.add_request_handler("tools/call", CallToolRequestParams, self._call)
        self.server.add_request_handler("tasks/get", durable.TaskParams, self._got)
        self.server.add_request_handler("tasks/update", durable.TaskParams, self._updated)
        self.server.add_request_handler("tasks/cancel", durable.TaskParams, self._cancelled)
        self.server.extensions[durable.EXTENSION] = {}

    async def _list(self, _: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools(local=self._local), ttl_ms=3_600_000, cache_scope="public")

    async def _call(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult | dict[str, Any]:
        if params.name not in self._names:
            raise MCPError(code=INVALID_PARAMS, message=f"there is no tool {params.name}")

        told_last = -1

        async def progress(task: RemoteTask) -> None:
            nonlocal told_last
            if task.progress > told_last:  # the protocol wants it to rise
                told_last = task.progress
                await context.session.report_progress(task.progress, 100, standing(task))

        async with self._connect(context) as house:
            work = Tools(house, local=self._local, leaving=self._leaving)
            try:
                if params.name == "generate":
                    return await self._generate(context, work, params)
                return await work.call(params.name, params.arguments or {}, progress)
            except (ClientError, WrongArguments, OSError) as error:
                return explained(error)

    async def _generate(
        self, context: Context, work: Tools, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult | dict[str, Any]:
        given = params.arguments or {}
        work.check("generate", given)
        fields = work.order(given)
        answered = confirming.Answered(params.input_responses, params.request_state)
        quote = await work.house.quote(**fields)
        quote_id = quote["id"]
        micros = quote["price"]["amount_micros"]
        if answered.given and not answered.agreed:
            return confirming.declined(micros)
        if answered.agreed:
            quote_id = answered.quote_id
        else:
            stop = await self._settled(context, given, quote, micros)
            if stop is not None:
                return stop
        try:
            task = await work.place(fields, given.get("idempotency_key"), quote_id)
        except ApiError as error:
            if not answered.agreed or error.field != "X-Reelgate-Quote":
                raise
            asked = await confirming.ask(context, quote, str(fields.get("model")))  # what was agreed to has expired
            return asked or explained(error)
        if durable.wanted(context):
            return durable.created(task)
        before = " (ordered before)" if task.replayed else ""
        return told(f"ordered for {money(task.price_micros)}{before}: {standing(task)}; wait for it", task.raw)

    async def _settled(
        self, context: Context, given: Arguments, quote: dict[str, Any], micros: int
    ) -> CallToolResult | InputRequiredResult | None:
        """Return the obstacle between a price and its order; None without one."""
        most = given.get("max_price")
        if most is not None and (isinstance(most, bool) or not isinstance(most, int | float) or most < 0):
            raise WrongArguments(f"max_price is {most}; allowed: USD, as 1.50")
        named = None if most is None else round(most * 1_000_000)
        asks = confirming.can_be_asked(context)
        limit = self._ask_above if named is None else min(named, self._ask_above) if asks else named
        if micros <= limit:
            return None
        if not asks:
            return confirming.unasked(micros, limit)
        return await confirming.ask(context, quote, str(given.get("model")))

    async def _got(self, context: Context, params: durable.TaskParams) -> dict[str, Any]:
        async with self._connect(context) as house:
            return await durable.got(context, Tools(house, local=self._local), params.task_id)

    async def _updated(self, context: Context, params: durable.TaskParams) -> dict[str, Any]:
        async with self._connect(context) as house:
            return await durable.updated(context, Tools(house, local=self._local), params.task_id)

    async def _cancelled(self, context: Context, params: durable.TaskParams) -> dict[str, Any]:
        async with self._connect(context) as house:
            return await durable.cancelled(context, Tools(house, local=self._local), params.task_id)
