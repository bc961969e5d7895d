"""`/admin/v1/settings`: what this server was started with, without its secrets."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Any

from reelgate import __version__
from reelgate.access.keyring import KeyRing
from reelgate.clock import Clock
from reelgate.http.admin_routes import AdminCall, AdminRoutes, Json, act
from reelgate.http.answer_types.server import ServerSettings
from reelgate.settings import Keep, Settings, options

_SECRET = frozenset({"key", "metrics_token"})
_PASSWORD = re.compile(r"(?<=://)[^/?#]*@|(?<=password=)[^&]*")


class AboutRoutes(AdminRoutes):
    """What a server says of itself to its operator."""

    def __init__(self, *, settings: Settings, keys: KeyRing, clock: Clock) -> None:
        super().__init__(keys, clock)
        self._settings = settings
        self._since = clock.now() // 1000

    @act("GET", "settings", "the settings", ServerSettings)
    async def settings(self, ask: AdminCall) -> Json:
        """Show this server's options; of a secret only whether it is set."""
        del ask
        data = [
            {
                "name": name,
                "option": option.flag or f"--{name.replace('_', '-')}",
                "value": _shown(name, getattr(self._settings, name)),
                "help": option.help,
            }
            for name, (_, option) in options().items()
        ]
        return {"object": "settings", "version": __version__, "started_at": self._since, "data": data}


def _shown(name: str, value: Any) -> Any:
    if name in _SECRET:
        return "set" if value else None
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Keep):
        return f"{value.project}:{value.kind}={value.days:g}".lstrip(":")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, Path)):
        return _PASSWORD.sub("…", str(value)) or None
    return value
