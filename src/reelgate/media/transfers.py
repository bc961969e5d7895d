"""Files that come in piece by piece, over as many calls and restarts as it takes.

What has arrived lies in a folder of the server's own: `ID.part`, and beside it `ID.json`, which says what the file is
to be. While a call adds to it whose checksum is known at its end only, `ID.doubt` is the offset behind which nothing
counts yet. An upload that nobody goes on with is removed.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from reelgate import limits
from reelgate.clock import Clock
from reelgate.errors import AssetNotFound, Crowded, TransferMoved, shown
from reelgate.media.disk import check_room


class Transfer(msgspec.Struct, frozen=True):
    """One upload: whose it is, its bytes when it is whole, what its client says of it, its client's name for it."""

    id: str
    project_id: str
    length: int
    texts: dict[str, str]
    created_at: int
    name: str = ""


class Turn:
    """One call's right to add to an upload; the next call to it takes it away, for clients come back before a dead
    connection is noticed."""

    def __init__(self) -> None:
        self.over = False


class Transfers:
    """The uploads that are in progress at this server."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._known: dict[str, Transfer] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._turns: dict[str, Turn] = {}

    async def open(self) -> None:
        """Find what was under way. Raises OSError."""
        self._known = await asyncio.to_thread(self._found)

    def whole(self) -> list[Transfer]:
        """Return the complete uploads. Blocks."""
        known = list(self._known.values())
        return [one for one in known if self._size(one.id) == one.length and self._doubted(one.id) is None]

    def find(self, transfer_id: str, project_id: str) -> Transfer:
        """Return a project's upload. Raises AssetNotFound."""
        found = self._known.get(transfer_id)
        if found is None or found.project_id != project_id:
            raise AssetNotFound(f"there is no upload {shown(transfer_id)} of this key's project (any more)")
        return found

    def named(self, name: str, project_id: str, length: int) -> Transfer | None:
        """Return a project's upload of so many bytes that its client gave that name."""
        wanted = (name, project_id, length)
        known = self._known.values()
        return next((one for one in known if (one.name, one.project_id, one.length) == wanted), None)

    async def begin(self, new: Transfer) -> None:
        """Begin an upload. Raises Crowded for a project that has too much under way, OSError."""
        own = [one.length for one in self._known.values() if one.project_id == new.project_id]
        if len(own) >= limits.TRANSFERS_AT_ONCE or sum(own) + new.length > limits.TRANSFERS_BYTES:
            most = f"{limits.TRANSFERS_AT_ONCE} uploads and {limits.TRANSFERS_BYTES // 1024**2} MiB"
            raise Crowded(f"the project has too many uploads under way (at most {most}); finish or delete one first")
        self._known[new.id] = new
        try:
            await asyncio.to_thread(self._begin, new)
        except OSError:
            del self._known[new.id]
            raise

    def turn(self, transfer: Transfer) -> Turn:
        """Return the right to add to an upload, which the call that had it before loses."""
        self._end_turn(transfer)
        turn = self._turns[transfer.id] = Turn()
        return turn

    def lock(self, transfer: Transfer) -> asyncio.Lock:
        """Return what keeps two from writing to an upload at the same moment."""
        return self._locks.setdefault(transfer.id, asyncio.Lock())

    async def offset(self, transfer: Transfer) -> int:
        """Return how many bytes are here. The call that was adding loses its turn, so that the client that goes on
        from there is not overtaken by what its broken connection still had on the way; what it had not verified is
        dropped. Raises OSError."""
        self._end_turn(transfer)
        async with self.lock(transfer):
            return await asyncio.to_thread(self._counted, transfer.id)

    async def doubt(self, transfer: Transfer, turn: Turn, offset: int) -> None:
        """Have nothing count that comes behind `offset`, also after a kill, until it is kept. Raises OSError."""
        async with self.lock(transfer):
            if not turn.over and transfer.id in self._known:
                await asyncio.to_thread(self._doubt_path(transfer.id).write_text, str(offset))

    async def add(self, transfer: Transfer, turn: Turn, offset: int, piece: bytes) -> int:
        """Write a piece at `offset`, and return where it ends. Raises TransferMoved, OSError."""
        async with self.lock(transfer):
            if turn.over or transfer.id not in self._known:
                raise TransferMoved("another call continues this upload; query its offset with HEAD")
            await asyncio.to_thread(_write, self.path(transfer), offset, piece)
        return offset + len(piece)

    async def keep(self, transfer: Transfer, turn: Turn, size: int) -> bool:
        """Have what has arrived outlive the machine's end; what stands behind `size` is dropped. Raises OSError.

        False if another call goes on with it, which has counted for itself.
        """
        async with self.lock(transfer):
            if turn.over or transfer.id not in self._known:
                return False
            await asyncio.to_thread(_settle, self.path(transfer), size)
            await asyncio.to_thread(self._doubt_path(transfer.id).unlink, missing_ok=True)
            return True

    async def drop(self, transfer: Transfer) -> None:
        """Forget an upload, and what has arrived of it."""
        async with self.lock(transfer):
            self._known.pop(transfer.id, None)
            self._turns.pop(transfer.id, None)
            await asyncio.to_thread(self._remove, transfer.id)
        self._locks.pop(transfer.id, None)

    def path(self, transfer: Transfer) -> Path:
        """Return where what has arrived lies."""
        return self._folder / f"{transfer.id}.part"

    def expires_at(self, transfer: Transfer) -> int:
        """Return when an upload is removed unless something arrives, in ms. Blocks."""
        try:
            begun = int(self.path(transfer).stat().st_mtime * 1000)
        except OSError:
            begun = transfer.created_at
        return begun + limits.TRANSFER_KEPT_SECONDS * 1000

    async def sweep(self) -> None:
        """Remove abandoned uploads."""
        now = self._clock.now()
        for one in list(self._known.values()):
            if await asyncio.to_thread(self.expires_at, one) <= now:
                await self.drop(one)

    def _end_turn(self, transfer: Transfer) -> None:
        before = self._turns.pop(transfer.id, None)
        if before is not None:
            before.over = True

    def _found(self) -> dict[str, Transfer]:
        self._folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, Transfer] = {}
        for path in self._folder.glob("*.json"):
            try:
                one = msgspec.json.decode(path.read_bytes(), type=Transfer)
            except msgspec.MsgspecError:
                continue
            found[one.id] = one
        for path in self._folder.iterdir():
            if path.stem not in found:
                path.unlink(missing_ok=True)
        for transfer_id in found:
            self._counted(transfer_id)
        return found

    def _begin(self, new: Transfer) -> None:
        check_room(self._folder)
        self.path(new).touch()
        half = self._folder / f"{new.id}.half"
        with half.open("wb") as file:
            file.write(msgspec.json.encode(new))
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._folder / f"{new.id}.json")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _counted(self, transfer_id: str) -> int:
        """Drop what is in doubt, and return how many bytes are left."""
        doubted = self._doubted(transfer_id)
        if doubted is not None:
            part = self._folder / f"{transfer_id}.part"
            if doubted < self._size(transfer_id):
                os.truncate(part, doubted)
            self._doubt_path(transfer_id).unlink(missing_ok=True)
        return self._size(transfer_id)

    def _doubted(self, transfer_id: str) -> int | None:
        """Return behind which offset nothing counts, None if all does."""
        try:
            return int(self._doubt_path(transfer_id).read_text() or 2**62)  # an empty one was cut off before any byte
        except FileNotFoundError:
            return None

    def _doubt_path(self, transfer_id: str) -> Path:
        return self._folder / f"{transfer_id}.doubt"

    def _size(self, transfer_id: str) -> int:
        try:
            return (self._folder / f"{transfer_id}.part").stat().st_size
        except FileNotFoundError:
            return 0

    def _remove(self, transfer_id: str) -> None:
        for ending in ("json", "part", "doubt"):
            (self._folder / f"{transfer_id}.{ending}").unlink(missing_ok=True)


def _write(path: Path, offset: int, piece: bytes) -> None:
    check_room(path.parent, limits.MIN_FREE_BYTES + len(piece))
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(piece)


def _settle(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())
