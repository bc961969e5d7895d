"""From a parsed call to a written task: rules, inputs, price, then one transaction."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial

import msgspec
from msgspec.structs import replace

from reelgate import limits, request_ids, tracing
from reelgate.access.keyring import KeyRing, check_model
from reelgate.admission.idempotency import CreateMark
from reelgate.admission.standins import StandIns
from reelgate.admission.writing import write
from reelgate.billing.pricing import HeldPrice, Pricing
from reelgate.billing.quotes import Quote
from reelgate.catalog import Model
from reelgate.clock import Clock
from reelgate.conductor.loop import Conductor
from reelgate.conductor.routing import Router
from reelgate.dialects.port import Dialect, Parsed
from reelgate.errors import StoreError, TooManyTasks, Unavailable, Unconfirmed
from reelgate.fault_log import FaultLog
from reelgate.inputs.assets import Assets
from reelgate.inputs.staging import Staging
from reelgate.media.addresses import AddressRule, check_host
from reelgate.request import VideoRequest
from reelgate.tasks.projects import Key
from reelgate.tasks.queues import NoRoom
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.store import DuplicateId, TaskStore, Unaffordable

ID_TRIES = 5


class Admission:
    """Accepts calls. A task that comes back is durable; a call that is refused has left nothing behind."""

    def __init__(
        self,
        *,
        store: TaskStore,
        keys: KeyRing,
        staging: Staging,
        assets: Assets,
        router: Router,
        conductor: Conductor,
        pricing: Pricing,
        clock: Clock,
        budget_seconds: float,
        standins: StandIns,
        callbacks: AddressRule,
    ) -> None:
        self._standins = standins
        self._faults = FaultLog()
        self._store = store
        self._keys = keys
        self._staging = staging
        self._assets = assets
        self._router = router
        self._conductor = conductor
        self._pricing = pricing
        self._clock = clock
        self._budget = budget_seconds
        self._callbacks = callbacks

    async def admit(
        self,
        dialect: Dialect,
        parsed: Parsed,
        key: Key,
        mark: CreateMark | None = None,
        pinned: HeldPrice | None = None,
    ) -> Task:
        """Write the task, with the mark of a create that may be sent again, and notify the conductor.

        A `pinned` price is held in the place of today's. Raises ClientError with the client's own field names,
        KeyTaken, StoreError, Unconfirmed where the task may have been written and nothing finds it by a key, and, when
        inputs can't be kept, Unavailable.
        """
        end = asyncio.get_running_loop().time() + self._budget + limits.CREATE_WRITE_SECONDS
        parsed = self._settled(parsed, key)
        request = _seeded(await self._staged(parsed.model, parsed.request, key.project_id))
        price = pinned or self._pricing.price(self._standins.priced(parsed.model, request), key)
        task = await self._write(dialect, parsed, request, key=key, mark=mark, price=price, end=end)
        self._conductor.wake()
        return task

    async def quote(self, parsed: Parsed, key: Key) -> tuple[Parsed, Quote]:
        """Return what would be made, and its price; what would not be made is refused as in `admit`."""
        parsed = self._settled(parsed, key)
        request = await self._assets.resolve(parsed.request, key.project_id)
        self._router.provider_for(parsed.model, request.mode)
        price = self._pricing.quote(self._standins.priced(parsed.model, request), key)
        return replace(parsed, request=request), price

    def _settled(self, parsed: Parsed, key: Key) -> Parsed:
        check_model(key, parsed.request.model)
        parsed = self._standins.settled(parsed)
        if parsed.request.callback_url:
            check_host(parsed.names["callback_url"], parsed.request.callback_url, self._callbacks)
        return parsed

    async def _staged(self, model: Model, request: VideoRequest, project_id: str) -> VideoRequest:
        try:
            request = await self._assets.resolve(request, project_id)
            return await self._staging.within(model, request, self._budget, project_id)
        except OSError as error:
            self._faults.error("admission.inputs", about=str(error), reason=str(error))
            raise Unavailable("the inputs can't be kept at the moment; try again shortly") from error

    async def _write(
        self,
        dialect: Dialect,
        parsed: Parsed,
        request: VideoRequest,
        *,
        key: Key,
        mark: CreateMark | None,
        price: HeldPrice,
        end: float,
    ) -> Task:
        loop = asyncio.get_running_loop()
        for _ in range(ID_TRIES):
            now = self._clock.now()
            new = NewTask(
                id=dialect.new_id(parsed.model, now),
                project_id=key.project_id,
                key_id=key.id,
                dialect=dialect.name,
                provider=self._router.provider_for(parsed.model, request.mode),
                request_id=request_ids.drawn(partial(dialect.new_request_id, now)),
                request=request,
                price_micros=price.micros,
                created_at=now,
                idempotency_key=mark.key if mark else None,
                fingerprint=mark.fingerprint if mark else None,
                terms=price.kept,
                trace=tracing.traceparent() or None,
                metadata=msgspec.json.encode(parsed.metadata).decode() if parsed.metadata else None,
                counted=self._keys.counted(key),
            )
            try:
                return await write(self._store, new, end - loop.time())
            except DuplicateId:
                continue
            except NoRoom:
                raise TooManyTasks from None
            except Unaffordable:
                raise await self._pricing.refusal(key, price.micros) from None
            except Unconfirmed as error:
                if new.idempotency_key is None:
                    raise
                raise StoreError(
                    f"the journal did not confirm the task {new.id}; send the create again with its Idempotency-Key"
                ) from error
        raise StoreError("no free task id was found; try again")


def _seeded(request: VideoRequest) -> VideoRequest:
    """Draw the seed that the client left open, once, so that an interrupted render is made again alike."""
    given = request.seed >= 0
    return replace(request, seed=request.seed if given else secrets.randbelow(2**31), seed_given=given)
