"""Errors for requests that are refused by their form on the connection, before their content is read."""

from __future__ import annotations

from reelgate.errors.base import ClientError


class MalformedRequest(ClientError):
    """The request is not valid HTTP/1.1 (RFC 9112)."""

    code = "malformed_request"


class RequestTooSlow(ClientError):
    """The request did not arrive within its time. Send it again, over a better connection or with less in it."""

    status = 408
    code = "request_timeout"
    may_repeat = True


class ExpectationFailed(ClientError):
    """The only supported expectation is `Expect: 100-continue`. Leave the header out."""

    status = 417
    code = "expectation_failed"


class HeadersTooLarge(ClientError):
    """The request has too many header or trailer fields, or too long ones. Send less in them."""

    status = 431
    code = "headers_too_large"
