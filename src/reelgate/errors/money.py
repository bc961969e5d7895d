"""Calls that money stands against."""

from __future__ import annotations

from reelgate.errors.base import ClientError


class NoPrice(ClientError):
    """Nothing prices this request."""

    code = "no_price"


class InsufficientFunds(ClientError):
    """The project's balance does not cover the price of this task."""

    status = 402
    code = "insufficient_funds"


class SpendLimit(InsufficientFunds):
    """The API key or its project would spend more than it may."""

    code = "spend_limit_reached"
