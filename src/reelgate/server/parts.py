"""The parts of a server, made from its settings, each after those that it needs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from reelgate import limits, tracing
from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import LoadShedder
from reelgate.admission.idempotency import Idempotency
from reelgate.admission.standins import StandIns
from reelgate.billing.pricing import Pricing
from reelgate.billing.quote_tokens import QuoteTokens
from reelgate.catalog import Catalog, load
from reelgate.clock import Clock
from reelgate.conductor.accounts import Accounts
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.loop import Conductor
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.place_in_line import Lines
from reelgate.conductor.reloading import Live, Reloading
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.retention import Measuring
from reelgate.conductor.routing import Router
from reelgate.conductor.settling import Settling
from reelgate.conductor.step_dispatch import Steps
from reelgate.conductor.waiting import Waiting
from reelgate.events.courier import Courier
from reelgate.events.messages import Messages
from reelgate.events.outbox import Outbox
from reelgate.events.posting import Poster
from reelgate.events.signing import Secrets
from reelgate.events.stream import Stream
from reelgate.fleet.pool import RayPool
from reelgate.fleet.settings import HERE, renders_of
from reelgate.http.callback_routes import CallbackRoutes
from reelgate.http.links import LinkMaker
from reelgate.http.own_files import OwnFiles
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.traffic import Traffic
from reelgate.inputs.assets import Assets
from reelgate.inputs.staging import Staging
from reelgate.media.addresses import AddressRule, networks
from reelgate.media.fetch import Fetcher
from reelgate.media.intake import Intake
from reelgate.media.links import LinkSigner
from reelgate.media.probe import Prober
from reelgate.media.stores import media_of
from reelgate.media.timed import TimedStore
from reelgate.media.transfers import Transfers
from reelgate.meters import Times
from reelgate.providers.account import Account
from reelgate.providers.animatic import AnimaticProvider
from reelgate.providers.configured import callback_checks, check_models, configured, host_of, make
from reelgate.providers.pooled import PooledProvider
from reelgate.providers.port import Provider
from reelgate.render.pool import Pool, PoolMaker, RenderPool
from reelgate.render.sketches import SketchPool
from reelgate.request import Mode
from reelgate.secret_files import WithFiles
from reelgate.server.agents import AgentDoor
from reelgate.server.chronicle import Chronicle
from reelgate.server.data_folder import DataFolder
from reelgate.server.metrics import Metrics, Parts
from reelgate.settings import ServerRole, Settings
from reelgate.signing import Signer
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

PROBERS = 3
"""Probe processes for inputs at most. A project gets two, so that its hostile files do not hold up others'."""
MEASURERS = 2
"""Probe processes for results. With accounts at vendors all are ready from the start: a client would wait for one."""


class ServerParts:
    """A server's parts, in the order in which they stand on each other. None of them is open yet.

    Raises OSError or ValueError with one line that says what is wrong with a setting or a file.
    """

    def __init__(self, settings: Settings, clock: Clock, stack: contextlib.AsyncExitStack) -> None:
        self.settings, self.clock, self.stack = settings, clock, stack
        self.renders = renders_of(settings.config)
        self.catalog, accounts = self._read()
        self._keep()
        check_models(accounts, self.catalog, settings.config)
        self._take_in(accounts)
        self._make(accounts)
        self._conduct()
        self._operate(accounts)
        self._tell()
        self._let_in()
        self._measure()

    def _keep(self) -> None:
        """Make what is kept of tasks and files: the data folder, the journal, the media, the keys that sign links."""
        settings = self.settings
        self.folder = DataFolder(settings.data)
        self.stack.callback(self.folder.close)
        self.tracer, self.close_tracer = _tracer(settings.traces)
        self.journal_times = Times()
        self.store: TaskStore = open_store(settings.journal_url, times=self.journal_times)
        self.disks = {"data": self.folder.path, **folder_of(settings.media, self.folder.path)}
        self.media = TimedStore(media_of(self.folder.path, settings.media))
        self.signer = Signer(self.folder.secret)
        self.link_signer = LinkSigner(self.signer)
        self.links = LinkMaker(
            self.link_signer, self.clock, public_url=settings.public_url, seconds=settings.link_seconds
        )

    def _take_in(self, accounts: Sequence[Account]) -> None:
        """Make what brings files here: clients' inputs, uploads and assets, and the results of vendors."""
        settings, path = self.settings, self.folder.path
        rule = AddressRule(allow_private=settings.allow_private_media, allow=networks(settings.media_networks))
        self.prober, self.transfers = Prober(PROBERS), Transfers(path / "uploads", self.clock)
        own = OwnFiles(self.store, self.link_signer, self.clock).digest
        self.intake = Intake(self.media, Fetcher(rule), self.prober, path / "incoming", self.store.files.bin, own=own)
        self.staging = Staging(self.intake, self.media, self.links.for_vendors() if settings.public_url else None)
        self.assets = Assets(self.store, self.intake, self.media, self.clock)
        # Of results, which wait for no stranger's inputs.
        self.measurer = Prober(MEASURERS, share=MEASURERS, ready=MEASURERS if accounts else min(settings.workers, 1))
        self.trusted = {host_of(account) for account in accounts if account.base_url}
        self.downloads = Fetcher(rule, trusted=self.trusted, seconds=limits.COLLECT_SECONDS)
        self.collector = Collector(self.media, self.store, self.measurer, self.downloads, path / "results")

    def _make(self, accounts: Sequence[Account]) -> None:
        """Make what makes videos: the built-in engine, the accounts, and what chooses among them."""
        settings = self.settings
        pool, pools = self._pools(folder := self.folder.path / "renders")
        self.make = partial(make, folder=folder, pool=pools)
        self.sketches = SketchPool(self.folder.path / "sketches")
        animatic = AnimaticProvider(pool, label=settings.animatic_label, mark=settings.animatic_mark)
        makers = (animatic, *map(self.make, accounts))
        self.providers: dict[str, Provider] = {maker.name: maker for maker in makers}
        self.router = Router(self.providers, accounts, self.clock, settings.animatic)
        self.standins = StandIns(self.catalog, self.router, reachable=bool(settings.public_url))
        self.checks = callback_checks(accounts, self.clock)
        self.callbacks = CallbackRoutes(
            store=self.store,
            checks=self.checks,
            signer=self.signer,
            public_url=settings.public_url,
            clock=self.clock,
        )

    def _conduct(self) -> None:
        """Make what brings tasks to their end."""
        self.steps = Steps(
            catalog=self.catalog,
            store=self.store,
            providers=self.providers,
            router=self.router,
            staging=self.staging,
            collector=self.collector,
            clock=self.clock,
            callback=self.callbacks.address,
            tracer=self.tracer,
        )
        self.conductor = Conductor(
            instance=self.folder.instance,
            store=self.store,
            providers=self.providers,
            router=self.router,
            steps=self.steps,
            clock=self.clock,
            offpeak=OffPeak(self.settings.offpeak_window),
            restored=self.settings.restored,
            works=self.settings.role is not ServerRole.API,
        )

    def _tell(self) -> None:
        """Make what tells of tasks: streams, webhooks and the log."""
        self.traffic, self.chronicle = Traffic(), Chronicle(self.clock, self.tracer)
        self.stream, self.tell_others = Stream(self.store), _nobody
        self.calls = AddressRule(allow_private=self.settings.allow_private_callbacks)
        scheme, _, host = self.settings.local_url.partition("://")
        self.messages = Messages(
            store=self.store,
            catalog=self.catalog,
            secrets=Secrets(self.signer),
            links=self.links.under(scheme, host),
            clock=self.clock,
        )
        self.courier = Courier(
            store=self.store,
            outbox=Outbox(self.store, self.clock),
            messages=self.messages,
            poster=Poster(self.calls),
            clock=self.clock,
            owner=self.folder.instance,
            tracer=self.tracer,
        )
        self.store.listen(self._heard)

    def _let_in(self) -> None:
        """Make what a client's call passes on its way in: its key, its limits, its price."""
        self.keys = KeyRing(self.store, self.clock, self.signer)
        self.gate = LoadShedder(self.store, self.keys, self.clock, self.settings)
        self.recent, self.repeats = RecentAnswers(), Idempotency(self.store, self.clock)
        self.quote_tokens = QuoteTokens(self.signer, self.clock)
        self.agents = AgentDoor(
            public_url=self.settings.public_url,
            ask_above=self.settings.ask_above,
            leaving=lambda: self.stream.closed,
        )
        self.pricing = Pricing(money=self.store.money, keys=self.keys, clock=self.clock)

    def _measure(self) -> None:
        self.metrics = Metrics(
            Parts(
                clock=self.clock,
                disks=self.disks,
                media_most=self.settings.media_gb * 1024**3,
                store=self.store,
                journal=self.journal_times,
                media=self.media,
                traffic=self.traffic,
                chronicle=self.chronicle,
                gate=self.gate,
                conductor=self.conductor,
                providers=self.providers,
                health=self.router.health,
                pace=self.steps.pace,
                collector=self.collector,
                stream=self.stream,
                courier=self.courier,
                space=Measuring(self.store, self.media),
            )
        )

    def _pools(self, folder: Path) -> tuple[Pool, PoolMaker]:
        """Return where the built-in engine renders, and what makes such places for other engines."""
        settings, renders = self.settings, self.renders
        none = settings.role is ServerRole.API
        if renders.engine == HERE:
            return RenderPool(0 if none else settings.workers, folder, codec=settings.codec), RenderPool
        kept = settings.media or str(folder.with_name("media"))
        place = kept if "://" in kept else str(Path(kept).absolute())
        ray = partial(RayPool, renders=renders, media=self.media, place=place)
        return ray(0 if none else renders.at_once, folder, codec=settings.codec), partial(ray, gpus=renders.gpus)

    def _operate(self, accounts: Iterable[Account]) -> None:
        """Make what an operator does with accounts and tasks while the server runs."""
        self.forecast = Forecast(self.steps.pace, self.clock, self.providers)
        self.accounts = Accounts(
            store=self.store,
            providers=self.providers,
            router=self.router,
            pace=self.steps.pace,
            clock=self.clock,
            wake=self.conductor.wake,
        )
        self.waiting = Waiting(
            store=self.store,
            providers=self.providers,
            router=self.router,
            offpeak=OffPeak(self.settings.offpeak_window),
            clock=self.clock,
        )
        self.lines = Lines(self.store, self.waiting, self.clock)
        self.kinds = {account.name: account.kind for account in accounts}
        self.settling = Settling(self.store, self.clock, self.catalog, self.kinds)
        self.reloading = Reloading(
            Live(
                catalog=self.catalog,
                providers=self.providers,
                router=self.router,
                checks=self.checks,
                trusted=self.trusted,
                kinds=self.kinds,
            ),
            read=self._read,
            config=self.settings.config,
            make=self.make,
            store=self.store,
            conductor=self.conductor,
            clock=self.clock,
        )

    def _read(self) -> tuple[Catalog, tuple[Account, ...]]:
        """Read the operator's files. Raises ValueError if one is wrong, OSError where one can't be read."""
        settings = self.settings
        catalog = load(settings.catalog, settings.config)
        checked_edit_model(catalog, settings.edit_model)
        if renders_of(settings.config) != self.renders:
            raise ValueError(f"{settings.config}: renders: this table can be changed only by a restart")
        return catalog, configured(WithFiles(os.environ), settings.config) if settings.vendors else ()

    def unconfined(self) -> dict[str, tuple[str, ...]]:
        """Return what the system can't do of the sandbox, for each kind of process that opens untrusted files."""
        pools = {name: one for name, one in self.providers.items() if isinstance(one, PooledProvider)}
        found = {
            "probe": self.prober.unconfined,
            "previews": self.sketches.unconfined,
            **{name: one.unconfined for name, one in pools.items()},
        }
        return {name: words for name, words in found.items() if words}

    def _heard(self, task: Task, *, moved: bool) -> None:
        """Take in that this server has written of a task."""
        self.recent.forget(task.id)
        self.stream.hint(task, moved=moved)
        self.chronicle.hear(task, moved=moved)
        if moved:
            self.courier.hint()
            self.tell_others()


def folder_of(media: str, data: Path) -> dict[str, Path]:
    """Return the folder of a server's files, by what it is called among its disks; nothing if they are elsewhere."""
    return {} if "://" in media else {"media": Path(media or data / "media")}


def _tracer(address: str) -> tuple[tracing.Tracer | None, Callable[[], Awaitable[None]]]:
    """Return what sends traces there, nothing if no address is given, and what ends it."""
    if not address:
        return None, _nothing
    from reelgate.server.telemetry import Telemetry

    telemetry = Telemetry(address)
    return telemetry, telemetry.aclose


def _nobody() -> None:
    """Notify nothing."""


async def _nothing() -> None:
    """There is nothing to end."""


def checked_edit_model(catalog: Catalog, name: str) -> str:
    """Return the operator's edit model. Raises ValueError if there is no such model, or it does not edit."""
    model = catalog.find(name) if name else None
    if name and (model is None or Mode.EDIT not in model.modes):
        raise ValueError(f"--edit-model: {name} is not a model that edits; `reelgate models` lists them")
    return name
