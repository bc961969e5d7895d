"""Inputs that a project keeps at the server, to be named in any number of orders."""

from __future__ import annotations

from typing import Any

from reelgate.client._async.transport import AsyncTransport
from reelgate.client.media import content

Json = dict[str, Any]


class AsyncFiles:
    """`client.files`: every method raises ApiError, Unreachable."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def upload(self, item: Any) -> Json:
        """Send a picture, clip or sound: a path, bytes, an open file or a PIL image. Raises OSError, TypeError.

        The answer's `url` stands in the place of an address in every order: `image=kept["url"]`.
        """
        name, data = content(item)
        form = {"file": (name, data, "application/octet-stream")}
        found = await self._transport.call("POST", "/v1/files", safe=False, files=form, data={"purpose": "user_data"})
        return _named(found)

    async def get(self, file_id: str) -> Json:
        """Return what is known of one. Raises NotFound."""
        return _named(await self._transport.call("GET", f"/v1/files/{file_id}"))

    async def delete(self, file_id: str) -> None:
        """Remove one; videos that were made with it stay."""
        await self._transport.call("DELETE", f"/v1/files/{file_id}")


def _named(found: Json) -> Json:
    return {**found, "url": f"asset://{found['id']}"}
