"""Signed links: anyone with a link can read its file until it expires, without a key."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from reelgate.errors import FileNotFound, LinkExpired
from reelgate.limits import LINK_SECONDS
from reelgate.signing import Purpose, Signer, is_same

_PATH = Purpose.LINK.value.decode()
_RECENT = 8192  # links kept, about 250 bytes each


def expiry(now: int, life: int = LINK_SECONDS) -> int:
    """Return when a link made at `now` (milliseconds, as a Clock gives them) ends, in Unix seconds."""
    return now // 1000 + life


class LinkSigner:
    """Signs and checks links."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._recent = lru_cache(_RECENT)(self._link)  # a page of tasks is listed again and again within a second

    def sign(self, task_id: str, name: str, expires: int) -> str:
        """Return the path and query of a link that ends at `expires`, Unix seconds."""
        return self._recent(task_id, name, expires)

    def _link(self, task_id: str, name: str, expires: int) -> str:
        signed = _signed(task_id, name, expires)
        return f"{signed}&signature={self._signature(signed)}"

    def verify(self, task_id: str, name: str, expires: int | str, signature: str, now: int) -> None:
        """Raise FileNotFound unless this server signed that link, LinkExpired when its time is over.

        `expires` and `signature` are the query's, as they came; `now` is in milliseconds, as a Clock gives it.
        """
        expected = self._signature(_signed(task_id, name, expires))
        if not is_same(expected, signature):
            raise FileNotFound
        if int(expires) * 1000 <= now:
            raise LinkExpired

    def _signature(self, signed: str) -> str:
        return self._signer.sign(Purpose.LINK, signed.removeprefix(_PATH)).hex()


def _signed(task_id: str, name: str, expires: int | str) -> str:
    # Quoted, so that no two triples read the same.
    return f"{_PATH}{quote(task_id, safe='')}/{quote(name, safe='')}?expires={expires}"
