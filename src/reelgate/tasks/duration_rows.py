"""The journal's durations, the same over every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from reelgate import limits
from reelgate.tasks.database import Database, Step
from reelgate.tasks.durations import Durations

_encode = msgspec.json.Encoder().encode
_decode_spans = msgspec.json.Decoder(tuple[tuple[float, float], ...]).decode


class DurationRows:
    """The DurationStore of `reelgate.tasks.durations`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Durations]:
        """Return what is kept."""
        rows = await self._database.read("durations", {"limit": limits.PACE_SORTS})
        return [Durations(provider, sort, _decode_spans(spans), at) for provider, sort, spans, at in rows]

    async def keep(self, ones: Sequence[Durations]) -> None:
        """Write some sorts down."""
        if not ones:
            return
        kept = [
            Step(
                "keep_durations",
                {"provider": one.provider, "sort": one.sort, "spans": _encode(one.spans).decode(), "at": one.at},
            )
            for one in ones
        ]
        await self._database.write([*kept, Step("drop_durations", {"limit": limits.PACE_SORTS})])

    async def hasten(self, due: Mapping[str, int]) -> None:
        """Look sooner at running jobs."""
        if due:
            await self._database.write([Step("hasten", {"due": _encode(list(due.items())).decode()})])
