"""Absolute, signed links to a task's files."""

from __future__ import annotations

from reelgate.clock import Clock
from reelgate.dialects.port import Links
from reelgate.limits import LINK_SECONDS
from reelgate.media.links import LinkSigner, expiry
from reelgate.tasks.assets import Asset
from reelgate.tasks.record import Task

ASSET = "asset"
"""The name of an asset's file in links."""


class LinkMaker:
    """Makes the links of one deployment; `public_url` wins over what a request's Host header says."""

    def __init__(self, signer: LinkSigner, clock: Clock, *, public_url: str, seconds: int) -> None:
        self._signer = signer
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._seconds = seconds

    def under(self, scheme: str, host: str) -> Links:
        """Return the maker for answers to a request that came in at `scheme://host`."""
        base = self.base(scheme, host)

        def link(task: Task, name: str) -> str:
            return base + self._signer.sign(task.id, name, expiry(self._clock.now(), self._seconds))

        return link

    def for_vendors(self) -> Links:
        """Return the maker of links to inputs, which a vendor may fetch only when a job's turn has come.

        They are valid for a day, however short links to results are valid.
        """
        seconds = max(self._seconds, LINK_SECONDS)

        def link(task: Task, name: str) -> str:
            return self._public_url + self._signer.sign(task.id, name, expiry(self._clock.now(), seconds))

        return link

    def base(self, scheme: str, host: str) -> str:
        """Return the address of this server to a client whose request came in at `scheme://host`."""
        return self._public_url or f"{scheme}://{host}"

    def of_asset(self, asset: Asset, scheme: str, host: str) -> str:
        """Return the link to an asset's file."""
        ends = expiry(self._clock.now(), self._seconds)
        return self.base(scheme, host) + self._signer.sign(asset.id, ASSET, ends)
