"""The contract: `/openapi.json`, the pages made from it, and the list of errors."""

from __future__ import annotations

import asyncio
import hashlib

from starlette.responses import Response

from reelgate.catalog import Catalog
from reelgate.http.answer_types.tasks import ErrorList
from reelgate.http.caller import Visitor
from reelgate.http.contract import pages
from reelgate.http.contract.document import OpenApiDocument
from reelgate.http.contract.errors import listing
from reelgate.http.responses import JsonResponse, encode
from reelgate.http.route import Pass, route

_MADE = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}
_KEPT = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}


class ContractRoutes:
    """What programs and people read of the routes. Anybody may: it says nothing of what the server holds.

    The document takes a second of computing; it is made in a thread when it is first asked for, and kept.
    """

    def __init__(self, *, catalog: Catalog) -> None:
        self._catalog = catalog
        self._made: asyncio.Task[dict[str, bytes]] | None = None
        self._edition = catalog.edition

    @route(
        "GET", "/openapi.json", Pass.NOTHING, answers="the OpenAPI document", gives={200: "application/json", 304: None}
    )
    async def document(self, visitor: Visitor) -> Response:
        """Describe every route in OpenAPI 3.1."""
        return await self._answer(visitor, "openapi.json", "application/json")

    @route("GET", "/docs", Pass.NOTHING, answers="a page", gives={200: "text/html", 304: None})
    async def page(self, visitor: Visitor) -> Response:
        """Show every route as a page."""
        return await self._answer(visitor, "docs", "text/html")

    @route("GET", "/docs/docs.css", Pass.NOTHING, answers="the page's style", gives="text/css")
    async def style(self, _: Visitor) -> Response:
        """Serve the style of the page about the routes."""
        return Response(pages.static("docs.css"), media_type="text/css", headers=_KEPT)

    @route("GET", "/docs/docs.js", Pass.NOTHING, answers="the page's script", gives="text/javascript")
    async def script(self, _: Visitor) -> Response:
        """Serve the script of the page about the routes, which searches them."""
        return Response(pages.static("docs.js"), media_type="text/javascript", headers=_KEPT)

    @route("GET", "/llms.txt", Pass.NOTHING, answers="a text for language models", gives={200: "text/plain", 304: None})
    async def text(self, visitor: Visitor) -> Response:
        """Describe this server and its API to a language model."""
        return await self._answer(visitor, "llms.txt", "text/plain")

    @route("GET", "/v1/errors", Pass.NOTHING, answers="the errors", gives=ErrorList)
    async def errors(self, _: Visitor) -> Response:
        """List every error code with its status, what to do, and whether to try again."""
        return JsonResponse(listing())

    async def _answer(self, visitor: Visitor, name: str, media_type: str) -> Response:
        if self._made is None or self._edition != self._catalog.edition:
            self._edition = self._catalog.edition
            self._made = asyncio.create_task(asyncio.to_thread(self._make))
        body = (await asyncio.shield(self._made))[name]  # who does not wait for it leaves it to the others
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_MADE, "etag": etag, **(pages.HEADERS if name == "docs" else {})}
        if etag in visitor.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    def _make(self) -> dict[str, bytes]:
        document = OpenApiDocument(self._catalog).make()
        return {
            "openapi.json": encode(document),
            "docs": pages.page(document).encode(),
            "llms.txt": pages.text(document).encode(),
        }
