"""An operator's account at a vendor: what it takes to reach it, and how much it may carry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from reelgate import limits
from reelgate.catalog import Model
from reelgate.clock import Clock
from reelgate.providers.callbacks import Check
from reelgate.providers.port import Provider
from reelgate.render.pool import PoolMaker, RenderPool
from reelgate.request import Mode

REFUND, CHARGE = "refund", "charge"

BUILT_IN = "animatic"
"""The name of the engine that needs no account; no account or kind of others has it."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One credential. `name` is what tasks are pinned to; it is the kind's name where there is but one account.

    `options` are what only one kind of provider knows, such as the profile of an engine. The key is not part of the
    representation, so that no log can hold it; nor is the callbacks' secret.
    """

    name: str
    kind: str
    key: str = ""
    base_url: str = ""
    """Without a slash at the end."""
    at_once: int = limits.VENDOR_JOBS_AT_ONCE
    """Jobs that may be at the vendor at one time."""
    per_minute: int = limits.VENDOR_SUBMISSIONS_PER_MINUTE
    reads_per_second: float = limits.VENDOR_READS_PER_SECOND
    """Calls that only read, such as polls; of one server, where several share the account."""
    priority: int = 0
    """Accounts with a higher one are asked first."""
    weight: int = 1
    """The share among accounts of one priority."""
    models: tuple[str, ...] = ()
    """Public model ids that this account makes; empty: all that the catalog knows a vendor's id of."""
    poll_seconds: float = limits.VENDOR_POLL_SECONDS
    create_seconds: float = 0.0
    """How long the answer to a submission may take; 0: the time of its kind."""
    look_seconds: float = limits.UNKNOWN_SECONDS
    """How long a submission whose outcome is unknown is looked for; then its task ends, refunded."""
    result_seconds: float = limits.BAD_RESULT_SECONDS
    """How long a result is asked for again that holds no video, or that has no link; then its task fails."""
    late: str = REFUND
    """What a client pays for a video that is found after its task had ended so: nothing (`refund`), or its price
    (`charge`)."""
    callback_secret: str = ""
    """What the vendor signs its callbacks with; empty: the key."""
    options: dict[str, str] = {}
    replica: bool = False
    """Whether it is one address of several of one account, at which a job is made again whose own address is dead."""
    folder: Path = Path()
    """Where a local engine may write; the server sets it."""
    pool: PoolMaker = RenderPool
    """Makes what a local engine renders in; the server sets it."""

    def __repr__(self) -> str:
        return f"Account({self.name!r}, kind={self.kind!r}, base_url={self.base_url!r})"


class Kind(NamedTuple):
    """A wire API that providers speak: each module here with a `KIND` is one.

    `key_env` and `url_env` are the environment variables that switch the route on; `base_url` is the vendor's own
    address, empty for engines that have none. An engine without a key is on as soon as its address is known.
    """

    name: str
    key_env: str
    url_env: str
    base_url: str
    make: Callable[[Account], Provider]
    callbacks: Callable[[Account, Clock], Check] | None = None
    """What checks the vendor's callbacks; None: it makes none, or none that is taken in here."""
    callback_env: str = ""
    """The environment variable with the secret that callbacks are signed with, where it is not the key."""
    local: bool = False
    """It makes videos on this machine: its accounts have no key and no address, and are only in the file."""
    replicas: bool = False
    """Whether an account may have several addresses, each a server of its own that knows its own jobs alone."""
    able: Callable[[Account, Model, Mode], bool] = lambda _account, _model, _mode: True
    """Whether such a job can be made there at all, whatever models an account names."""
