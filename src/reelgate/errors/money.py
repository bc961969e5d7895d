"""Errors for calls that the project's money does not allow."""

from __future__ import annotations

from reelgate.errors.base import ClientError


class NoPrice(ClientError):
    """This request has no price. The operator has to set one."""

    code = "no_price"


class InsufficientFunds(ClientError):
    """The project's balance does not cover the price of this task."""

    status = 402
    code = "insufficient_funds"


class SpendLimit(InsufficientFunds):
    """The task would exceed a spending limit of its API key or project."""

    code = "spend_limit_reached"
