"""The console's routes: every family of pages, put together."""

from __future__ import annotations

from collections.abc import Sequence

from reelgate.access.load_shedding import LoadShedder
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.console.account_pages import AccountPages
from reelgate.console.compare import Compare
from reelgate.console.door import Entrance
from reelgate.console.guard import Guard, Page
from reelgate.console.key_names import KeyNames
from reelgate.console.model_pages import ModelPages
from reelgate.console.operator_pages import AllTaskPages, AuditPages, ProviderPages
from reelgate.console.project_pages import ProjectPages
from reelgate.console.sessions import Sessions
from reelgate.console.studio import StudioPage
from reelgate.console.task_pages import TaskPages
from reelgate.console.usage_pages import UsagePages
from reelgate.console.webhook_pages import WebhookPages
from reelgate.http.about_routes import AboutRoutes
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.http.billing_routes import BillingRoutes
from reelgate.http.creates import Creates
from reelgate.http.event_routes import EventRoutes
from reelgate.http.links import LinkMaker
from reelgate.http.operating_routes import OperatingRoutes
from reelgate.http.owned import Owned
from reelgate.http.statement_routes import StatementRoutes
from reelgate.http.task_routes import TaskRoutes
from reelgate.http.webhook_routes import WebhookRoutes
from reelgate.media.links import LinkSigner
from reelgate.previews.preview import Previews
from reelgate.tasks.store import TaskStore

Pages = Sequence[Page]


class Console:
    """The pages, as Starlette's routes under `/console`, and `/`, which leads there."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        owned: Owned,
        creates: Creates,
        previews: Previews,
        house: TaskRoutes,
        events: EventRoutes,
        money: BillingRoutes,
        admin: ManagementRoutes,
        operating: OperatingRoutes,
        statements: StatementRoutes,
        about: AboutRoutes,
        webhooks: WebhookRoutes,
        gate: LoadShedder,
        sessions: Sessions,
        signer: LinkSigner,
        clock: Clock,
        link_seconds: int,
        secure: bool,
    ) -> None:
        links = LinkMaker(signer, clock, public_url="", seconds=link_seconds)
        guard = Guard(sessions=sessions, gate=gate, owned=owned, links=links, clock=clock)
        names = KeyNames(guard, admin)
        tasks = TaskPages(guard, catalog=catalog, store=store, house=house, events=events, money=money, names=names)
        self._families = (
            Entrance(guard, secure=secure),
            StudioPage(guard, tasks, catalog=catalog, creates=creates, previews=previews, gate=gate, signer=signer),
            tasks,
            Compare(guard, tasks, catalog=catalog, creates=creates, money=money),
            ModelPages(guard, house=house, catalog=catalog, previews=previews),
            UsagePages(guard, money=money, admin=admin, names=names),
            ProjectPages(guard, admin=admin),
            ProviderPages(guard, operating=operating),
            AllTaskPages(guard, operating=operating),
            AuditPages(guard, admin=admin),
            AccountPages(guard, statements=statements, about=about, names=names),
            WebhookPages(guard, webhooks=webhooks),
        )

    def routes(self) -> Pages:
        """Return the routes."""
        return [route for family in self._families for route in family.routes()]
