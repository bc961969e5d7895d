"""Writes a task under an id that was made before, so that after a lost outcome it can be looked up and written."""

from __future__ import annotations

import asyncio

import structlog

from reelgate.errors import StoreError, Unconfirmed
from reelgate.tasks.queues import NoRoom
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.store import DuplicateId, KeyTaken, TaskStore, Unaffordable

log = structlog.get_logger()

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0

_REFUSALS = (DuplicateId, KeyTaken, NoRoom, Unaffordable)


async def write(store: TaskStore, new: NewTask, seconds: float) -> Task:
    """Return the task once it is written: by this call's first try, or by one whose outcome was not heard.

    Raises what `TaskStore.create` does where nothing was written, and Unconfirmed where the journal broke off during a
    try and has not confirmed within `seconds` what was written.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    doubt: Exception | None = None
    pause = _FIRST_PAUSE
    while True:
        try:
            async with asyncio.timeout_at(end):
                return await (store.create(new) if doubt is None else _write_again(store, new))
        except (StoreError, TimeoutError) as error:
            if doubt is None and isinstance(error, StoreError) and not error.unsure:
                raise
            doubt = doubt or error
            log.warning("admission.unsure", task=new.id, reason=getattr(error, "why", "it takes too long"))
        except _REFUSALS:
            raise
        except Exception as error:  # a mistake of ours, perhaps after the commit
            log.exception("admission.fault", task=new.id)
            raise Unconfirmed(new.id) from error
        if loop.time() + pause >= end:
            raise Unconfirmed(new.id) from doubt
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _write_again(store: TaskStore, new: NewTask) -> Task:
    """Return what an earlier try has written, else write it now; the id keeps the two from both standing.

    A refusal may be of the earlier try's own making: its id, its key, the money and the room that it took.
    """
    found = await _written(store, new)
    if found is not None:
        return found
    try:
        return await store.create(new)
    except _REFUSALS:
        found = await _written(store, new)
        if found is None:
            raise
        return found


async def _written(store: TaskStore, new: NewTask) -> Task | None:
    """Return the task as it was created; None if there is none, or another one that has drawn the same id."""
    found = await store.get(new.id)
    if found is None or (found.project_id, found.request_id) != (new.project_id, new.request_id):
        return None
    return found.as_created()
