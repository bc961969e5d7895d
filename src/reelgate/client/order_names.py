"""Names for a client's orders: an order with an unknown outcome that is placed again has the same name."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

DOUBT_SECONDS = 60.0
"""For which the server remembers as well that an answer was not delivered."""
_MOST = 256


class OrderNames:
    """Draws the Idempotency-Key of each create whose caller gave none. A create that ended without an answer may have
    made its task. If its program places the same order again, the order gets the same key, once, so that one task is
    made. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._doubtful: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def name(self, order: Mapping[str, Any]) -> str:
        """Return the key for an order: that of an equal one in doubt, else a new one."""
        if self._doubtful:
            wanted, now = _digest(order), time.monotonic()
            with self._lock:
                for key, (digest, since) in list(self._doubtful.items()):
                    if now - since > DOUBT_SECONDS:
                        del self._doubtful[key]
                    elif digest == wanted:
                        del self._doubtful[key]
                        return key
        return str(uuid.uuid4())

    def doubt(self, key: str, order: Mapping[str, Any]) -> None:
        """Note that an order's outcome is unknown."""
        with self._lock:
            self._doubtful[key] = _digest(order), time.monotonic()
            if len(self._doubtful) > _MOST:
                self._doubtful.popitem(last=False)


def _digest(order: Mapping[str, Any]) -> bytes:
    return hashlib.blake2b(json.dumps(order, sort_keys=True).encode(), digest_size=16).digest()
