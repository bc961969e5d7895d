"""What was fetched as a result: whether it is a film at all, and the MP4 that is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reelgate.media.films import demuxer, is_cut_off
from reelgate.media.probe import Prober
from reelgate.media.remake import Remaker
from reelgate.media.remake_answer import Fit, Join
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, MediaKind

_KEPT = "mp4"
_FEWEST_FRAMES = 2
"""Of moving pictures: one alone is a still in a film's clothes, or the cover of a sound."""


class Film(NamedTuple):
    """An MP4 with moving pictures, measured. `came_as` is what it was put together from, "" where it came so."""

    path: Path
    facts: Facts
    poster: bytes = b""
    """A small picture of it as WebP, empty if none can be drawn."""
    came_as: str = ""
    how: str = ""
    """`repackaged`, `encoded`, `fitted` or `joined`, as `reelgate.media.remake_answer` has it."""

    @property
    def notes(self) -> dict[str, str]:
        """Return the note for the task's owner about it."""
        return {"came_as": self.came_as, "kept_as": f"mp4, {self.how}"} if self.came_as else {}


class ResultReader:
    """Checks that a vendor's link has a film, and converts films in other containers to MP4."""

    def __init__(self, prober: Prober, remaker: Remaker | None = None) -> None:
        self._prober = prober
        self._remaker = remaker or Remaker()

    async def read(self, path: Path, spare: Path) -> Film:
        """Return the film in a file: that file itself where it is an MP4, else `spare`, which is written.

        Raise Unreadable for what holds no moving pictures, or only a part of them, and OSError.
        """
        try:
            facts, poster = await self._prober.film(path)
        except Unreadable:  # perhaps a film in a container that only the remaker opens
            if await asyncio.to_thread(demuxer, path) in ("", "mov"):
                raise
        else:
            if facts.format == _KEPT or not await asyncio.to_thread(demuxer, path):
                return Film(path, _moving(facts), poster)
        if await asyncio.to_thread(is_cut_off, path):
            raise Unreadable("it is cut off: its container says that it is longer")
        answer = await self._remaker.remake(path, spare)
        return await self._made(spare, answer.was, answer.how)

    async def fitted(self, film: Film, spare: Path, fit: Fit) -> Film:
        """Return a film scaled and cropped to a size and cut to a length, in `spare`. Raise Unreadable and OSError."""
        answer = await self._remaker.remake(film.path, spare, fit)
        was = f"{film.facts.width}x{film.facts.height}, {film.facts.seconds:.2f} s"
        return await self._made(spare, was, answer.how)

    async def joined(self, films: Sequence[Path], spare: Path, wanted: Join) -> Film:
        """Return a film that is made of pieces of others, in `spare`. Raise Unreadable and OSError."""
        answer = await self._remaker.join(films, spare, wanted)
        return await self._made(spare, answer.was, answer.how)

    async def last_picture(self, film: Film, spare: Path) -> Path | None:
        """Return the last picture of a film as a PNG, in `spare`; None where none can be drawn. Raise OSError."""
        try:
            await self._remaker.last_picture(film.path, spare)
        except Unreadable:
            return None
        return spare

    async def _made(self, spare: Path, was: str, how: str) -> Film:
        facts, poster = await self._prober.film(spare)
        return Film(spare, _moving(facts), poster, was, how)


def _moving(facts: Facts) -> Facts:
    """Return the facts of a film. Raise Unreadable if they are of anything else."""
    if facts.kind is not MediaKind.VIDEO:
        what = "picture" if facts.kind is MediaKind.IMAGE else "sound"
        raise Unreadable(f"it is a {what} ({facts.format})")
    if facts.frames < _FEWEST_FRAMES or facts.seconds <= 0:
        raise Unreadable(f"it has {facts.frames} frame(s) in {facts.seconds:g} s: nothing moves")
    return facts
