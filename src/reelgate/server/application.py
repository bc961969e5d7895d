"""The ASGI application of a server: its routes, handed the parts that they need."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import limits
from reelgate.admission.pipeline import Admission
from reelgate.billing.payments import Payments
from reelgate.conductor.blob_gc import SWEEP_SECONDS
from reelgate.console.pages import Console, Pages
from reelgate.console.sessions import Sessions
from reelgate.errors import ReelgateError, Unavailable
from reelgate.events.endpoints import Endpoints
from reelgate.http.about_routes import AboutRoutes
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.http.agent_routes import AgentRoutes
from reelgate.http.asset_routes import AssetRoutes
from reelgate.http.batch_routes import BatchRoutes
from reelgate.http.batches import Batches
from reelgate.http.billing_routes import BillingRoutes
from reelgate.http.content_routes import ContentRoutes
from reelgate.http.contract_routes import ContractRoutes
from reelgate.http.creates import Creates
from reelgate.http.dispatcher import Dispatcher
from reelgate.http.error_handler import answering, problem
from reelgate.http.event_routes import EventRoutes
from reelgate.http.file_routes import FileRoutes
from reelgate.http.front import Front
from reelgate.http.health_routes import HealthRoutes
from reelgate.http.holding import Holding
from reelgate.http.metrics_routes import MetricsRoutes
from reelgate.http.mount import Mount
from reelgate.http.openai_routes import OpenAIRoutes
from reelgate.http.operating_routes import OperatingRoutes
from reelgate.http.owned import Owned
from reelgate.http.preview_routes import PreviewRoutes
from reelgate.http.quota_routes import QuotaRoutes
from reelgate.http.route import declared_in
from reelgate.http.statement_routes import StatementRoutes
from reelgate.http.task_routes import TaskRoutes
from reelgate.http.transfer_routes import TransferRoutes
from reelgate.http.upload_routes import UploadRoutes
from reelgate.http.vendor_routes import VendorRoutes
from reelgate.http.webhook_routes import WebhookRoutes
from reelgate.media.policies import Permits
from reelgate.previews.preview import Previews
from reelgate.server.parts import ServerParts, checked_edit_model
from reelgate.server.upkeep import Upkeep
from reelgate.settings import ServerRole


class Application:
    """Makes the application of a server's parts."""

    def __init__(self, parts: ServerParts, upkeep: Upkeep) -> None:
        self._parts = parts
        self._upkeep = upkeep

    def app(self) -> ASGIApp:
        """Return the ASGI application."""
        parts = self._parts
        if parts.settings.role is ServerRole.WORK:
            return self._front(self._about_itself())
        admission = Admission(
            store=parts.store,
            keys=parts.keys,
            staging=parts.staging,
            assets=parts.assets,
            router=parts.router,
            conductor=parts.conductor,
            pricing=parts.pricing,
            clock=parts.clock,
            budget_seconds=parts.settings.admission_seconds,
            standins=parts.standins,
            callbacks=parts.calls,
        )
        owned = Owned(parts.store, parts.clock)
        creates = Creates(
            catalog=parts.catalog,
            store=parts.store,
            owned=owned,
            gate=parts.gate,
            admission=admission,
            quote_tokens=parts.quote_tokens,
            repeats=parts.repeats,
            edit_model=checked_edit_model(parts.catalog, parts.settings.edit_model),
            tracer=parts.tracer,
        )
        scheme, _, host = parts.settings.local_url.partition("://")
        batches = Batches(
            store=parts.store,
            creates=creates,
            catalog=parts.catalog,
            links=parts.links.under(scheme, host),
            clock=parts.clock,
            owner=parts.folder.instance,
            owed=parts.conductor.owed,
        )
        self._upkeep.background("batches", batches.tend, limits.BATCH_LOOK_SECONDS)
        holding = Holding(stream=parts.stream, catalog=parts.catalog, forecast=parts.forecast, links=parts.links)
        dispatcher = Dispatcher(
            catalog=parts.catalog,
            store=parts.store,
            keys=parts.keys,
            creates=creates,
            links=parts.links,
            recent=parts.recent,
            holding=holding,
            clock=parts.clock,
            forecast=parts.forecast,
            lines=parts.lines,
            rest=self._rest(admission, creates, owned, holding),
        )
        parts.agents.api = app = self._front(dispatcher)
        return app

    def _about_itself(self) -> ASGIApp:
        """Return what a server answers that takes no calls."""
        parts = self._parts
        served = self._mounted(Owned(parts.store, parts.clock), self._health(), MetricsRoutes(parts.metrics.page))
        others = answering(Unavailable("this server takes no calls (--role work); call another server of this journal"))
        own = {declared.path for family in (HealthRoutes, MetricsRoutes) for declared, _ in declared_in(family)}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await (served if scope["path"] in own else others)(scope, receive, send)

        return app

    def _front(self, app: ASGIApp) -> ASGIApp:
        parts = self._parts
        settings = parts.settings
        return Front(app, parts.clock, settings.cors_origins, traffic=parts.traffic, access_log=settings.access_log)

    def _health(self) -> HealthRoutes:
        parts = self._parts
        return HealthRoutes(
            store=parts.store,
            media=parts.media,
            conductor=parts.conductor,
            unconfined=parts.unconfined,
        )

    def _previews(self) -> Previews:
        parts = self._parts
        return Previews(
            assets=parts.assets,
            staging=parts.staging,
            standins=parts.standins,
            router=parts.router,
            providers=parts.providers,
            pricing=parts.pricing,
            quote_tokens=parts.quote_tokens,
            sketches=parts.sketches,
            clock=parts.clock,
        )

    def _files(self) -> FileRoutes:
        parts = self._parts
        return FileRoutes(
            store=parts.store,
            media=parts.media,
            prober=parts.prober,
            signer=parts.link_signer,
            clock=parts.clock,
            redirect=parts.settings.media_redirect,
            notes=any(keep.fetched for keep in parts.settings.keep),
        )

    def _things(self, owned: Owned) -> OpenAIRoutes:
        parts = self._parts
        return OpenAIRoutes(
            store=parts.store,
            owned=owned,
            assets=parts.assets,
            intake=parts.intake,
            media=parts.media,
            clock=parts.clock,
            budget_seconds=parts.settings.admission_seconds,
        )

    def _house(self) -> TaskRoutes:
        parts = self._parts
        return TaskRoutes(
            catalog=parts.catalog,
            store=parts.store,
            recent=parts.recent,
            conductor=parts.conductor,
            clock=parts.clock,
            forecast=parts.forecast,
        )

    def _money(self, admission: Admission, creates: Creates) -> BillingRoutes:
        parts = self._parts
        return BillingRoutes(
            store=parts.store,
            keys=parts.keys,
            creates=creates,
            admission=admission,
            quote_tokens=parts.quote_tokens,
            waiting=parts.waiting,
            clock=parts.clock,
        )

    def _webhooks(self) -> WebhookRoutes:
        parts = self._parts
        return WebhookRoutes(
            Endpoints(
                store=parts.store.deliveries,
                messages=parts.messages,
                rule=parts.calls,
                clock=parts.clock,
                wake=parts.courier.hint,
            )
        )

    def _statements(self) -> StatementRoutes:
        parts = self._parts
        return StatementRoutes(
            store=parts.store,
            keys=parts.keys,
            catalog=parts.catalog,
            kinds=parts.kinds,
            charges_late=parts.router.charges_late,
            clock=parts.clock,
        )

    def _operating(self) -> OperatingRoutes:
        parts = self._parts
        return OperatingRoutes(
            store=parts.store,
            keys=parts.keys,
            clock=parts.clock,
            accounts=parts.accounts,
            settling=parts.settling,
            waiting=parts.waiting,
            conductor=parts.conductor,
            recent=parts.recent,
            reloading=parts.reloading,
        )

    def _management(self) -> ManagementRoutes:
        parts = self._parts
        return ManagementRoutes(
            store=parts.store.projects,
            payments=Payments(parts.store, parts.clock),
            keys=parts.keys,
            clock=parts.clock,
        )

    def _vendor_tasks(self, owned: Owned, holding: Holding) -> VendorRoutes:
        parts = self._parts
        return VendorRoutes(
            catalog=parts.catalog,
            store=parts.store,
            owned=owned,
            recent=parts.recent,
            conductor=parts.conductor,
            clock=parts.clock,
            holding=holding,
            forecast=parts.forecast,
        )

    def _uploads(self) -> UploadRoutes:
        parts = self._parts
        return UploadRoutes(
            store=parts.store,
            gate=parts.gate,
            intake=parts.intake,
            permits=Permits(parts.signer),
            clock=parts.clock,
        )

    def _assets(self, owned: Owned) -> AssetRoutes:
        parts = self._parts
        return AssetRoutes(
            store=parts.store,
            assets=parts.assets,
            intake=parts.intake,
            owned=owned,
            clock=parts.clock,
            budget_seconds=parts.settings.admission_seconds,
        )

    def _rest(self, admission: Admission, creates: Creates, owned: Owned, holding: Holding) -> Starlette:
        parts = self._parts
        files, house, previews, things = self._files(), self._house(), self._previews(), self._things(owned)
        admin, operating, statements = self._management(), self._operating(), self._statements()
        money, webhooks = self._money(admission, creates), self._webhooks()
        transfers = TransferRoutes(parts.transfers, things, parts.clock)
        self._upkeep.background("uploads", transfers.sweep, SWEEP_SECONDS)
        events = EventRoutes(store=parts.store, stream=parts.stream, forecast=parts.forecast)
        about = AboutRoutes(settings=parts.settings, keys=parts.keys, clock=parts.clock)
        families = (
            self._health(),
            PreviewRoutes(previews=previews, creates=creates, signer=parts.link_signer, clock=parts.clock),
            files,
            house,
            events,
            webhooks,
            money,
            QuotaRoutes(store=parts.store, clock=parts.clock),
            ContractRoutes(catalog=parts.catalog),
            self._vendor_tasks(owned, holding),
            ContentRoutes(files=files, creates=creates, holding=holding),
            self._uploads(),
            self._assets(owned),
            things,
            transfers,
            admin,
            operating,
            statements,
            about,
            BatchRoutes(parts.store, owned, parts.clock, parts.stream),
            MetricsRoutes(parts.metrics.page),
            AgentRoutes(parts.agents),
            parts.callbacks,
        )
        console = Console(
            catalog=parts.catalog,
            store=parts.store,
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
            gate=parts.gate,
            sessions=Sessions(parts.signer, parts.keys, parts.clock),
            signer=parts.link_signer,
            clock=parts.clock,
            link_seconds=parts.settings.link_seconds,
            secure=parts.settings.public_url.startswith("https://"),
        )
        pages = [] if parts.settings.no_console else console.routes()
        return self._mounted(owned, *families, pages=pages)

    def _mounted(self, owned: Owned, *families: object, pages: Pages = ()) -> Starlette:
        parts = self._parts
        mount = Mount(
            keys=parts.keys,
            gate=parts.gate,
            owned=owned,
            links=parts.links,
            numbers_token=parts.settings.metrics_token,
        )
        app = Starlette(
            routes=[*mount.routes(*families), *pages],
            exception_handlers={ReelgateError: problem, HTTPException: problem, Exception: problem},
        )
        app.router.redirect_slashes = False
        return app
