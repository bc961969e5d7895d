"""The composition root: builds every part of a server from its settings, and opens and closes them in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import limits, tracing
from reelgate.access.keyring import REFRESH_SECONDS, KeyRing
from reelgate.access.load_shedding import COUNT_SECONDS, Gate
from reelgate.admission.idempotency import Repeats
from reelgate.admission.pipeline import Admission
from reelgate.admission.standins import StandIns
from reelgate.background import every
from reelgate.billing.budgets import LOOK_SECONDS as BUDGETS_SECONDS
from reelgate.billing.budgets import Budgets
from reelgate.billing.payments import Payments
from reelgate.billing.pricing import Pricing
from reelgate.billing.quote_tokens import QuoteTokens
from reelgate.catalog import Catalog, load
from reelgate.clock import Clock, SystemClock
from reelgate.conductor.accounts import REFRESH_SECONDS as ACCOUNTS_SECONDS
from reelgate.conductor.accounts import Accounts
from reelgate.conductor.blob_gc import ORPHANS_SECONDS, SWEEP_SECONDS, Sweeper
from reelgate.conductor.expiry import Expiry
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.loop import Conductor
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.reloading import Live, Reloading
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.retention import SWEEP_SECONDS as RETENTION_SECONDS
from reelgate.conductor.retention import Measuring, Retention
from reelgate.conductor.routing import Router
from reelgate.conductor.settling import Settling
from reelgate.conductor.step_dispatch import Steps
from reelgate.conductor.waiting import Waiting
from reelgate.console.pages import Console, Pages
from reelgate.console.sessions import Sessions
from reelgate.errors import ReelgateError, Unavailable
from reelgate.events.courier import Courier
from reelgate.events.endpoints import Endpoints
from reelgate.events.messages import Messages
from reelgate.events.outbox import Outbox
from reelgate.events.posting import Poster
from reelgate.events.signing import Secrets
from reelgate.events.stream import Stream
from reelgate.fleet.pool import RayPool
from reelgate.fleet.settings import HERE, renders_of
from reelgate.http.about_routes import About
from reelgate.http.admin_routes import Admin
from reelgate.http.agent_routes import Agents
from reelgate.http.asset_routes import Library
from reelgate.http.batch_routes import BatchCalls
from reelgate.http.batches import Batches
from reelgate.http.billing_routes import Money
from reelgate.http.callback_routes import Callbacks
from reelgate.http.content_routes import ContentRoutes
from reelgate.http.contract_routes import Contract
from reelgate.http.creates import Creates
from reelgate.http.dispatcher import Gateway
from reelgate.http.error_handler import answering, problem
from reelgate.http.event_routes import Events
from reelgate.http.file_routes import Files
from reelgate.http.front import Front
from reelgate.http.health_routes import Health
from reelgate.http.links import LinkMaker
from reelgate.http.metrics_routes import Numbers
from reelgate.http.mount import Mount
from reelgate.http.openai_routes import OpenAIThings
from reelgate.http.operating_routes import Operating
from reelgate.http.owned import Owned
from reelgate.http.preview_routes import Storyboards
from reelgate.http.quota_routes import Quotas
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.route import declared_in
from reelgate.http.statement_routes import Statements
from reelgate.http.task_routes import House
from reelgate.http.traffic import Traffic
from reelgate.http.upload_routes import Uploads
from reelgate.http.vendor_routes import VendorRoutes
from reelgate.http.webhook_routes import Webhooks
from reelgate.inputs.assets import Assets
from reelgate.inputs.staging import Staging
from reelgate.media.addresses import AddressRule, networks
from reelgate.media.fetch import Fetcher
from reelgate.media.intake import Intake
from reelgate.media.links import LinkSigner
from reelgate.media.places import media_of, tidy_cache
from reelgate.media.policies import Permits
from reelgate.media.probe import Prober
from reelgate.media.timed import TimedStore
from reelgate.meters import Times
from reelgate.previews.preview import Previews
from reelgate.providers.account import Account
from reelgate.providers.animatic import AnimaticProvider
from reelgate.providers.configured import callback_checks, check_models, configured, host_of, make
from reelgate.providers.pooled import PooledProvider
from reelgate.providers.port import Provider
from reelgate.render.pool import Pool, PoolMaker, RenderPool
from reelgate.render.sketches import Desk
from reelgate.request import Mode
from reelgate.secret_files import WithFiles
from reelgate.server.agents import AgentDoor
from reelgate.server.bootstrap_key import first_key
from reelgate.server.chronicle import Chronicle
from reelgate.server.data_folder import DataFolder
from reelgate.server.metrics import Metrics, Parts
from reelgate.server.provider_status import LOOK_SECONDS, StatusFile
from reelgate.server.room import LOOK_SECONDS as ROOM_SECONDS
from reelgate.server.room import Room
from reelgate.settings import Role, Settings
from reelgate.signing import Signer
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

PROBERS = 3
"""Probe processes for inputs at most: one project has two of them, so that its hostile files hold up nobody else's."""
MEASURERS = 2
"""Probe processes for results. With accounts at vendors all are ready from the start: a client would wait for one."""


class Server(msgspec.Struct, frozen=True):
    """An open server.

    `key` is the first API key while the data folder still keeps it; `key_is_new` when this very start made it.
    """

    app: ASGIApp
    conductor: Conductor
    key: str
    key_is_new: bool
    models: int
    drawn: int
    """How many models are served, and of how many the built-in engine draws at least one mode."""
    accounts: tuple[str, ...]
    """Who makes videos: the names of the accounts that are set up, and the built-in engine's."""
    reload: Callable[[str], Awaitable[object]]
    """Reads the operator's files again, as the doing of who is named. Raises ConfigRefused and StoreError."""
    close_streams: Callable[[], None]
    """Ends every stream of events; without it they would hold a stop up."""
    url: str = ""
    """Where it listens, once it does."""


@contextlib.asynccontextmanager
async def open_server(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Server]:
    """Open a server, and close it in the reverse order.

    Raises OSError, ValueError or ReelgateError with one line that says what is wrong.
    """
    async with contextlib.AsyncExitStack() as stack:
        parts = _Parts(settings, clock or SystemClock(), stack)
        await parts.open()
        key, is_new = await parts.first_key()
        yield Server(
            app=parts.app(),
            conductor=parts.conductor,
            key=key,
            key_is_new=is_new,
            models=len(list(parts.catalog)),
            drawn=parts.router.drawn(parts.catalog),
            accounts=tuple(parts.providers),
            reload=parts.reloading.reload,
            close_streams=parts.stream.close,
        )


class _Part(Protocol):
    async def open(self) -> None: ...

    async def aclose(self) -> None: ...


class _Parts:
    """A server's parts, in the order in which they stand on each other."""

    def __init__(self, settings: Settings, clock: Clock, stack: contextlib.AsyncExitStack) -> None:
        self._settings, self._clock = settings, clock
        self._stack = stack
        self._renders = renders_of(settings.config)
        self.catalog, accounts = self._read()
        self._folder = DataFolder(settings.data)
        stack.callback(self._folder.close)
        self._tracer, self._close_tracer = _tracer(settings.traces)
        self._journal = Times()
        self._store: TaskStore = open_store(settings.journal_url, times=self._journal)
        self._media = TimedStore(media_of(self._folder.path, settings.media))
        self._prober = Prober(PROBERS)
        rule = AddressRule(allow_private=settings.allow_private_media, allow=networks(settings.media_networks))
        self._intake = Intake(self._media, Fetcher(rule), self._prober, self._folder.path / "incoming", self._store.bin)
        self._signer = Signer(self._folder.secret)
        self._link_signer = LinkSigner(self._signer)
        self._links = LinkMaker(self._link_signer, clock, public_url=settings.public_url, seconds=settings.link_seconds)
        self._staging = Staging(self._intake, self._media, self._links.for_vendors() if settings.public_url else None)
        self._assets = Assets(self._store, self._intake, self._media, clock)
        check_models(accounts, self.catalog, settings.config)
        # Of results, which wait for no stranger's inputs.
        self._measurer = Prober(MEASURERS, share=MEASURERS, ready=MEASURERS if accounts else 1)
        pool, pools = self._pools(folder := self._folder.path / "renders")
        self._make = partial(make, folder=folder, pool=pools)
        self._desk = Desk(self._folder.path / "sketches")
        animatic = AnimaticProvider(pool, label=settings.animatic_label, mark=settings.animatic_mark)
        makers = (animatic, *map(self._make, accounts))
        self.providers: dict[str, Provider] = {maker.name: maker for maker in makers}
        self.router = Router(self.providers, accounts, clock, settings.animatic)
        self._standins = StandIns(self.catalog, self.router, reachable=bool(settings.public_url))
        self._trusted = {host_of(account) for account in accounts if account.base_url}
        self._downloads = Fetcher(rule, trusted=self._trusted, seconds=limits.COLLECT_SECONDS)
        self._collector = Collector(
            self._media, self._store, self._measurer, self._downloads, self._folder.path / "results"
        )
        self._checks = callback_checks(accounts, clock)
        self._callbacks = Callbacks(
            store=self._store,
            checks=self._checks,
            signer=self._signer,
            public_url=settings.public_url,
            clock=clock,
        )
        self._steps = steps = Steps(
            catalog=self.catalog,
            store=self._store,
            providers=self.providers,
            router=self.router,
            staging=self._staging,
            collector=self._collector,
            clock=clock,
            callback=self._callbacks.address,
            tracer=self._tracer,
        )
        self.conductor = Conductor(
            instance=self._folder.instance,
            store=self._store,
            providers=self.providers,
            router=self.router,
            steps=steps,
            clock=clock,
            offpeak=OffPeak(settings.offpeak_window),
            restored=settings.restored,
            works=settings.role is not Role.API,
        )
        self._operate(accounts)
        self._traffic, self._chronicle = Traffic(), Chronicle(clock, self._tracer)
        self.stream = Stream(self._store)
        self._calls = AddressRule(allow_private=settings.allow_private_callbacks)
        scheme, _, host = settings.local_url.partition("://")
        self._messages = Messages(
            store=self._store,
            catalog=self.catalog,
            secrets=Secrets(self._signer),
            links=self._links.under(scheme, host),
            clock=clock,
        )
        self._courier = Courier(
            store=self._store,
            outbox=Outbox(self._store, clock),
            messages=self._messages,
            poster=Poster(self._calls),
            clock=clock,
            owner=self._folder.instance,
            tracer=self._tracer,
        )
        self._store.listen(self._heard)
        self._keys = KeyRing(self._store, clock, self._signer)
        self._gate = Gate(self._store, self._keys, clock, settings)
        self._recent, self._repeats = RecentAnswers(), Repeats(self._store, clock)
        self._quote_tokens = QuoteTokens(self._signer, clock)
        self._agents = AgentDoor(
            public_url=settings.public_url, ask_above=settings.ask_above, leaving=lambda: self.stream.closed
        )
        self._pricing = Pricing(money=self._store.money, keys=self._keys, clock=clock)
        self._metrics = Metrics(
            Parts(
                clock=clock,
                data=self._folder.path,
                store=self._store,
                journal=self._journal,
                media=self._media,
                traffic=self._traffic,
                chronicle=self._chronicle,
                gate=self._gate,
                conductor=self.conductor,
                providers=self.providers,
                health=self.router.health,
                pace=steps.pace,
                collector=self._collector,
                stream=self.stream,
                courier=self._courier,
                space=Measuring(self._store, self._media),
            )
        )

    def _pools(self, folder: Path) -> tuple[Pool, PoolMaker]:
        """Return where the built-in engine renders, and what makes such places for other engines."""
        settings, renders = self._settings, self._renders
        none = settings.role is Role.API
        if renders.engine == HERE:
            return RenderPool(0 if none else settings.workers, folder, codec=settings.codec), RenderPool
        kept = settings.media or str(folder.with_name("media"))
        place = kept if "://" in kept else str(Path(kept).absolute())
        ray = partial(RayPool, renders=renders, media=self._media, place=place)
        return ray(0 if none else renders.at_once, folder, codec=settings.codec), partial(ray, gpus=renders.gpus)

    def _operate(self, accounts: Iterable[Account]) -> None:
        """Make what an operator does with accounts and tasks while the server runs."""
        self._forecast = Forecast(self._steps.pace, self._clock)
        self._accounts = Accounts(
            store=self._store,
            providers=self.providers,
            router=self.router,
            pace=self._steps.pace,
            clock=self._clock,
            wake=self.conductor.wake,
        )
        self._waiting = Waiting(
            store=self._store,
            providers=self.providers,
            router=self.router,
            offpeak=OffPeak(self._settings.offpeak_window),
            clock=self._clock,
        )
        self._kinds = {account.name: account.kind for account in accounts}
        self._settling = Settling(self._store, self._clock, self.catalog, self._kinds)
        self.reloading = Reloading(
            Live(
                catalog=self.catalog,
                providers=self.providers,
                router=self.router,
                checks=self._checks,
                trusted=self._trusted,
                kinds=self._kinds,
            ),
            read=self._read,
            config=self._settings.config,
            make=self._make,
            store=self._store,
            conductor=self.conductor,
            clock=self._clock,
        )

    def _read(self) -> tuple[Catalog, tuple[Account, ...]]:
        """Read the operator's files. Raises ValueError where one is wrong, OSError where one can't be read."""
        settings = self._settings
        catalog = load(settings.catalog, settings.config)
        _edit_model(catalog, settings.edit_model)
        if renders_of(settings.config) != self._renders:
            raise ValueError(f"{settings.config}: renders: where renders are made takes a restart to change")
        return catalog, configured(WithFiles(os.environ), settings.config) if settings.vendors else ()

    async def open(self) -> None:
        """Open every part; what is open closes again when a later one fails."""
        self._stack.push_async_callback(self._close_tracer)
        await self._media.open()
        self._stack.push_async_callback(self._downloads.aclose)
        inputs: tuple[_Part, ...] = (self._store, self._prober, self._measurer, self._intake, self._assets, self._desk)
        for part in (*inputs, *self.providers.values(), self.reloading, self.conductor):
            self._stack.push_async_callback(part.aclose)
            await part.open()
            if part is self._store:
                await self._share_secret()
        self._stack.push_async_callback(self._courier.aclose)
        self._stack.push_async_callback(self._repeats.deliveries.aclose)
        await self._repeats.deliveries.refresh()
        for process, lacks in self._unconfined().items():
            log.warning("sandbox.incomplete", process=process, lacks=lacks)
        self._folder.keep_store(self._settings.journal_url)
        self._folder.keep_media(self._settings.media)
        await self._keys.refresh()
        await self._accounts.refresh()
        self._background("accounts", self._accounts.refresh, ACCOUNTS_SECONDS)
        self._background("taken out", self.reloading.tend, limits.LEAVING_TEND_SECONDS)
        self._background("loop", self._metrics.feel, 0)
        self._background("keys", self._keys.refresh, REFRESH_SECONDS)
        self._background("cache", partial(tidy_cache, self._folder.path), SWEEP_SECONDS)
        self._background("assets", self._assets.tend, SWEEP_SECONDS)
        board = StatusFile(self._folder.path, self.router.health, self._steps.pace, self._clock)
        self._background("board", board.write, LOOK_SECONDS)
        if self._settings.role is not Role.WORK:
            self._answer()
        if self._settings.role is not Role.API:
            self._work()

    def _answer(self) -> None:
        """Do what clients need beside answers."""
        room = Room(self._folder.path, self._settings.keep_free_mb * 1024 * 1024, self._gate)
        self._background("room", room.look, ROOM_SECONDS)
        self._in_background("events", self.stream.run())
        self._background("lost answers", self._repeats.deliveries.refresh, limits.UNHEARD_LOOK_SECONDS)
        self._background("open tasks", self._gate.recount, COUNT_SECONDS)
        self._in_background("previews", self._warmed())
        self._in_background("agents", self._agents.run())

    def _work(self) -> None:
        """Do what tasks need beside their steps."""
        self._in_background("webhooks", self._courier.run())
        self._background("deliveries", self._courier.forget, SWEEP_SECONDS)
        self._background("durations", self._steps.keep, limits.PACE_KEEP_SECONDS)
        self._background("results", self._collector.tidy, SWEEP_SECONDS)
        self._background("documents", self._forget_documents, SWEEP_SECONDS)
        self._background("expiry", Expiry(self._store, self.providers, self._clock).sweep, SWEEP_SECONDS)
        self._background("parked", self._steps.parking.tend, limits.PARKED_TEND_SECONDS)
        self._background("budgets", Budgets(self._store, self._clock).look, BUDGETS_SECONDS)
        retention = Retention(self._store, self._settings.keep, self._clock, self._settings.quotas)
        self._background("space", self._metrics.measure, RETENTION_SECONDS)
        self._background("retention", retention.sweep, RETENTION_SECONDS)
        sweeper = Sweeper(self._store, self._media)
        self._background("sweeper", sweeper.sweep, SWEEP_SECONDS)
        self._background("orphans", sweeper.look_for_orphans, ORPHANS_SECONDS)

    async def _share_secret(self) -> None:
        """Sign as all servers of the journal do. A journal in a file has one server, whose folder keeps the secret."""
        if not self._settings.journal_url.startswith("sqlite:"):
            kept = await self._store.share("secret", self._folder.secret.hex())
            self._folder.keep_secret(bytes.fromhex(kept))
            self._signer.use(self._folder.secret)

    async def _warmed(self) -> None:
        """Start what draws previews, once what starts with the server had its time."""
        await asyncio.sleep(limits.PREVIEW_WARM_SECONDS)
        self._desk.warm()

    def _unconfined(self) -> dict[str, tuple[str, ...]]:
        """Return what the system can't do of the sandbox, for each kind of process that opens strangers' files."""
        pools = {name: one for name, one in self.providers.items() if isinstance(one, PooledProvider)}
        found = {
            "probe": self._prober.unconfined,
            "previews": self._desk.unconfined,
            **{name: one.unconfined for name, one in pools.items()},
        }
        return {name: words for name, words in found.items() if words}

    async def _forget_documents(self) -> None:
        await self._store.batches.expire_documents(self._clock.now())

    def _heard(self, task: Task, *, moved: bool) -> None:
        """Take in that this server has written of a task."""
        self._recent.forget(task.id)
        self.stream.hint(task, moved=moved)
        self._chronicle.hear(task, moved=moved)
        if moved:
            self._courier.hint()

    def _background(self, name: str, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        self._in_background(name, every(seconds, work, name))

    def _in_background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        running = asyncio.create_task(work, name=name)

        async def stop() -> None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        self._stack.push_async_callback(stop)

    async def first_key(self) -> tuple[str, bool]:
        """Make sure that there is a key; return it as far as it is known, and whether this start made it."""
        return await first_key(self._keys, self._folder, self._settings.key)

    def app(self) -> ASGIApp:
        """Return the ASGI application."""
        if self._settings.role is Role.WORK:
            return self._front(self._about_itself())
        admission = Admission(
            store=self._store,
            keys=self._keys,
            staging=self._staging,
            assets=self._assets,
            router=self.router,
            conductor=self.conductor,
            pricing=self._pricing,
            clock=self._clock,
            budget_seconds=self._settings.admission_seconds,
            standins=self._standins,
            callbacks=self._calls,
        )
        owned = Owned(self._store)
        creates = Creates(
            catalog=self.catalog,
            store=self._store,
            owned=owned,
            gate=self._gate,
            admission=admission,
            quote_tokens=self._quote_tokens,
            repeats=self._repeats,
            edit_model=_edit_model(self.catalog, self._settings.edit_model),
            tracer=self._tracer,
        )
        scheme, _, host = self._settings.local_url.partition("://")
        batches = Batches(
            store=self._store,
            creates=creates,
            catalog=self.catalog,
            links=self._links.under(scheme, host),
            clock=self._clock,
            owner=self._folder.instance,
        )
        self._background("batches", batches.tend, limits.BATCH_LOOK_SECONDS)
        dispatcher = Gateway(
            catalog=self.catalog,
            store=self._store,
            keys=self._keys,
            creates=creates,
            links=self._links,
            recent=self._recent,
            stream=self.stream,
            clock=self._clock,
            forecast=self._forecast,
            rest=self._rest(admission, creates, owned),
        )
        self._agents.api = app = self._front(dispatcher)
        return app

    def _about_itself(self) -> ASGIApp:
        """Return what a server answers that takes no calls."""
        served = self._mounted(Owned(self._store), self._health(), Numbers(self._metrics.page))
        others = answering(Unavailable("this server takes no calls (--role work); ask one that does"))
        own = {declared.path for family in (Health, Numbers) for declared, _ in declared_in(family)}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await (served if scope["path"] in own else others)(scope, receive, send)

        return app

    def _front(self, app: ASGIApp) -> ASGIApp:
        settings = self._settings
        return Front(app, self._clock, settings.cors_origins, traffic=self._traffic, access_log=settings.access_log)

    def _health(self) -> Health:
        return Health(store=self._store, media=self._media, conductor=self.conductor, unconfined=self._unconfined)

    def _previews(self) -> Previews:
        return Previews(
            assets=self._assets,
            staging=self._staging,
            standins=self._standins,
            router=self.router,
            providers=self.providers,
            pricing=self._pricing,
            quote_tokens=self._quote_tokens,
            desk=self._desk,
            clock=self._clock,
        )

    def _rest(self, admission: Admission, creates: Creates, owned: Owned) -> Starlette:
        files = Files(
            store=self._store,
            media=self._media,
            prober=self._prober,
            signer=self._link_signer,
            clock=self._clock,
            redirect=self._settings.media_redirect,
            notes=any(keep.fetched for keep in self._settings.keep),
        )
        previews = self._previews()
        events = Events(store=self._store, stream=self.stream, forecast=self._forecast)
        house = House(
            catalog=self.catalog,
            store=self._store,
            recent=self._recent,
            conductor=self.conductor,
            clock=self._clock,
            forecast=self._forecast,
        )
        money = Money(
            store=self._store,
            keys=self._keys,
            creates=creates,
            admission=admission,
            quote_tokens=self._quote_tokens,
            waiting=self._waiting,
            clock=self._clock,
        )
        webhooks = Webhooks(
            Endpoints(
                store=self._store.deliveries,
                messages=self._messages,
                rule=self._calls,
                clock=self._clock,
                wake=self._courier.hint,
            )
        )
        about = About(settings=self._settings, keys=self._keys, clock=self._clock)
        statements = Statements(
            store=self._store,
            keys=self._keys,
            catalog=self.catalog,
            kinds=self._kinds,
            clock=self._clock,
        )
        operating = Operating(
            store=self._store,
            keys=self._keys,
            clock=self._clock,
            accounts=self._accounts,
            settling=self._settling,
            waiting=self._waiting,
            conductor=self.conductor,
            recent=self._recent,
            reloading=self.reloading,
        )
        admin = Admin(
            store=self._store.projects,
            payments=Payments(self._store, self._clock),
            keys=self._keys,
            clock=self._clock,
        )
        families = (
            self._health(),
            Storyboards(previews=previews, creates=creates, signer=self._link_signer, clock=self._clock),
            files,
            house,
            events,
            webhooks,
            money,
            Quotas(store=self._store, clock=self._clock),
            Contract(catalog=self.catalog),
            VendorRoutes(
                catalog=self.catalog,
                store=self._store,
                owned=owned,
                recent=self._recent,
                conductor=self.conductor,
                clock=self._clock,
            ),
            ContentRoutes(files=files, creates=creates),
            Uploads(
                store=self._store,
                gate=self._gate,
                intake=self._intake,
                permits=Permits(self._signer),
                clock=self._clock,
            ),
            Library(
                store=self._store,
                assets=self._assets,
                intake=self._intake,
                owned=owned,
                clock=self._clock,
                budget_seconds=self._settings.admission_seconds,
            ),
            OpenAIThings(
                store=self._store,
                assets=self._assets,
                intake=self._intake,
                media=self._media,
                clock=self._clock,
                budget_seconds=self._settings.admission_seconds,
            ),
            admin,
            operating,
            statements,
            about,
            BatchCalls(self._store, self._clock),
            Numbers(self._metrics.page),
            Agents(self._agents),
            self._callbacks,
        )
        console = Console(
            catalog=self.catalog,
            store=self._store,
            owned=owned,
            creates=creates,
            previews=previews,
            house=house,
            events=events,
            money=money,
            admin=admin,
            operating=operating,
            statements=statements,
            about=about,
            webhooks=webhooks,
            gate=self._gate,
            sessions=Sessions(self._signer, self._keys, self._clock),
            signer=self._link_signer,
            clock=self._clock,
            link_seconds=self._settings.link_seconds,
            secure=self._settings.public_url.startswith("https://"),
        )
        pages = [] if self._settings.no_console else console.routes()
        return self._mounted(owned, *families, pages=pages)

    def _mounted(self, owned: Owned, *families: object, pages: Pages = ()) -> Starlette:
        mount = Mount(
            keys=self._keys,
            gate=self._gate,
            owned=owned,
            links=self._links,
            numbers_token=self._settings.metrics_token,
        )
        app = Starlette(
            routes=[*mount.routes(*families), *pages],
            exception_handlers={ReelgateError: problem, HTTPException: problem, Exception: problem},
        )
        app.router.redirect_slashes = False
        return app


def _tracer(address: str) -> tuple[tracing.Tracer | None, Callable[[], Awaitable[None]]]:
    """Return what sends traces there, nothing where no address is given, and what ends it."""
    if not address:
        return None, _nothing
    from reelgate.server.telemetry import Telemetry

    telemetry = Telemetry(address)
    return telemetry, telemetry.aclose


async def _nothing() -> None:
    """There is nothing to end."""


def _edit_model(catalog: Catalog, name: str) -> str:
    """Return the operator's edit model. Raises ValueError where there is no such model, or it does not edit."""
    model = catalog.find(name) if name else None
    if name and (model is None or Mode.EDIT not in model.modes):
        raise ValueError(f"--edit-model: {name} is no model that edits; `reelgate models` lists them")
    return name
