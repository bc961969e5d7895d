"""The house's routes about previews: what a create would show, cost and be refused for; and the stills."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.responses import Response

from reelgate.access.load_shedding import Door
from reelgate.clock import Clock
from reelgate.dialects.reelgate import refusal_body
from reelgate.errors import FileNotFound, InvalidField
from reelgate.http.answer_types.previews import PreviewAnswer, PreviewOrder
from reelgate.http.billing_routes import quote_body
from reelgate.http.body import read_object
from reelgate.http.caller import Caller, Visitor
from reelgate.http.creates import Creates
from reelgate.http.file_routes import SIGNED
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Pass, route
from reelgate.media.links import LinkSigner
from reelgate.previews.preview import Preview, Previews, PreviewStill
from reelgate.tasks.projects import Scope

StillLink = Callable[[str, int], str]
"""Makes the address of a preview's still, from its id and the still's number."""

_TYPE = "image/webp"


class PreviewRoutes:
    """What a create would show."""

    def __init__(self, *, previews: Previews, creates: Creates, signer: LinkSigner, clock: Clock) -> None:
        self._previews = previews
        self._creates = creates
        self._signer = signer
        self._clock = clock

    @route(
        "POST",
        "/v1/previews",
        Scope.CREATE,
        door=Door.PREVIEWS,
        answers="a preview",
        gives={201: PreviewAnswer},
        takes=PreviewOrder,
    )
    async def preview(self, caller: Caller) -> Response:
        """Preview a create: storyboard, price, and why it would be refused; the body is that of `/v1/quotes`."""
        asked = await read_object(caller.request.scope, caller.request.receive, caller.passage)
        inline = asked.get("inline", False)
        if not isinstance(inline, bool):
            raise InvalidField.wrong_type("inline", inline, "true or false")
        order = await self._creates.order(asked.get("path"), asked.get("body"), caller.key, strict=caller.strict)
        parse = partial(self._creates.parse, order)
        found = await self._previews.make(order.call, parse, caller.key, whole=inline)
        body = preview_body(found, self.links(caller.base, found.ends), inline=inline)
        return JsonResponse(body, status_code=201, headers=caller.rates)

    @route("GET", "/files/{id}/still-{number}", Pass.LINK, answers="the picture", gives=_TYPE, query=SIGNED)
    async def still(self, visitor: Visitor) -> Response:
        """Serve a still of a preview. Raises FileNotFound, LinkExpired."""
        asked = visitor.request
        preview_id, number, query = asked.path_params["id"], asked.path_params["number"], asked.query_params
        name, ends, signature = f"still-{number}", query.get("expires", ""), query.get("signature", "")
        self._signer.verify(preview_id, name, ends, signature, now=self._clock.now())
        if not number.isdigit():
            raise FileNotFound
        data = await self._previews.still(preview_id, int(number))
        headers = {"cache-control": "private, max-age=900, immutable", "x-content-type-options": "nosniff"}
        return Response(data, media_type=_TYPE, headers=headers)

    def links(self, base: str, ends: int) -> StillLink:
        """Return the maker of links to a preview's stills, as long as they can be opened."""
        return lambda preview_id, number: base + self._signer.sign(preview_id, f"still-{number}", ends // 1000)


def preview_body(found: Preview, link: StillLink, *, inline: bool) -> dict[str, Any]:
    """Return a preview as JSON values. Times are Unix seconds, null is what is unknown."""
    parsed, request, quoted = found.parsed, found.request, found.quoted
    return {
        "id": found.id,
        "object": "preview",
        "expires_at": found.ends // 1000,
        "model": request.named if request else None,
        **({"made_with": request.model} if request and request.order else {}),
        "dialect": parsed.model.dialect if parsed else None,
        "mode": request.mode.value if request else None,
        "seed": max(0, request.seed) if request else None,
        "made_by": found.made_by or None,
        "accepted": not found.refusals,
        "refusals": [refusal_body(refusal) for refusal in found.refusals],
        "waits_for": list(found.waits_for),
        "ignored": list(request.ignored) if request else [],
        "unknown_fields": list(parsed.unknown) if parsed else [],
        "storyboard": _storyboard(found, link, inline=inline),
        "quote": _quote(found) if quoted else None,
    }


def _storyboard(found: Preview, link: StillLink, *, inline: bool) -> dict[str, Any] | None:
    if found.told is None or found.request is None:
        return None
    notes = found.told.notes
    return {
        "drawn_from": "words" if found.words_alone else "request",
        "width": found.size[0],
        "height": found.size[1],
        "seconds": found.seconds,
        "sound": found.request.audio,
        "shots": notes.get("shots", []),
        **{name: notes.get(name, []) for name in _LISTS},
        "stills": [_still(found, number, still, link, inline=inline) for number, still in enumerate(found.stills, 1)],
    }


_LISTS = ("not_understood", "nearest", "shapes", "placeholders", "undrawn", "not_done", "removed", "unshown")
"""What of the words has no effect or another one than it says."""


def _still(found: Preview, number: int, still: PreviewStill, link: StillLink, *, inline: bool) -> dict[str, Any]:
    size = (found.told.width, found.told.height) if found.told else (0, 0)
    body: dict[str, Any] = {
        "shot": still.shot,
        "at": still.at,
        "url": None if still.reason else link(found.id, number),
        "content_type": _TYPE,
        "width": size[0],
        "height": size[1],
        "ready": bool(still.data),
    }
    if still.reason:
        body["reason"] = still.reason
    if inline:
        body["data"] = f"data:{_TYPE};base64,{base64.b64encode(still.data).decode()}" if still.data else None
    return body


def _quote(found: Preview) -> dict[str, Any] | None:
    quoted, parsed, request = found.quoted, found.parsed, found.request
    if quoted is None or parsed is None or request is None:
        return None
    pin = {"id": quoted.id or None, "object": "quote", "expires_at": quoted.ends // 1000 or None}
    return pin | quote_body(parsed.model, request, quoted.quote)
