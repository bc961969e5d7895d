"""Files of this server that a create names as inputs by their signed links: they are read here, not fetched."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from reelgate.clock import Clock
from reelgate.errors import FileNotFound, LinkExpired
from reelgate.http.file_routes import digest_of, digest_of_asset
from reelgate.http.links import ASSET
from reelgate.media.fetch import FetchFailed
from reelgate.media.links import LinkSigner
from reelgate.tasks.store import TaskStore

_FILE = re.compile(r"/files/([^/]+)/([^/]+)$")


class OwnFiles:
    """Tells whose file a link names, by its signature alone: a server is reached under many names, and often by none
    that it may fetch from itself."""

    def __init__(self, store: TaskStore, signer: LinkSigner, clock: Clock) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock

    async def digest(self, address: str) -> str:
        """Return the digest of the file behind a link that this server signed, "" for any other address.

        Raises FetchFailed if the link has ended, or its file is gone.
        """
        try:
            url = urlsplit(address)
        except ValueError:
            return ""
        named = _FILE.search(url.path)
        if named is None or url.scheme not in ("http", "https"):
            return ""
        owner, name = map(unquote, named.groups())
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        try:
            self._signer.verify(
                owner, name, query.get("expires", ""), query.get("signature", ""), now=self._clock.now()
            )
        except FileNotFound:
            return ""
        except LinkExpired:
            raise FetchFailed("this server's link has expired: query the task again and use its new link") from None
        if name == ASSET:
            found = digest_of_asset(await self._store.assets.get(owner))
        else:
            task = await self._store.get(owner)
            found = digest_of(task, name) if task else ""
        if not found:
            raise FetchFailed("the file no longer exists on this server")
        return found
