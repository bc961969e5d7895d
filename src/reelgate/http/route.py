"""A route's declaration: method and address, what opens it, the owner of its object, and what it answers.

A family's handlers are declared with `route`, or with `serves` where the dialects say at which addresses. Nothing else
makes a route, so none can forget to ask for a key; `reelgate.http.declarations` lists them all.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from reelgate.access.load_shedding import Door
from reelgate.dialects.port import Operation
from reelgate.dialects.query import Parameter
from reelgate.errors import ReelgateError
from reelgate.tasks.projects import Scope


class Pass(StrEnum):
    """What opens a route, where it is not a scope of an API key."""

    ANY_KEY = "any key"
    LINK = "a signed link"
    POLICY = "an upload policy"
    ADDRESS = "an unguessable address"
    NOTHING = "nothing"
    """It needs no key."""


class Owner(StrEnum):
    """The kind of thing that a route is about. Unless it is the caller's project's, it is not found.

    An asset's and a group's id is `Id` in the body, that of all others is `{id}` in the address. A webhook, a delivery
    and a resumable upload are looked up by their handlers, in stores that ask for the project.
    """

    TASK = "task"
    ASSET = "asset"
    GROUP = "asset group"
    UPLOAD = "upload"
    WEBHOOK = "webhook"
    DELIVERY = "delivery"
    BATCH = "batch"
    TRANSFER = "resumable upload"
    FILE = "file"
    """An upload or a document."""


class Declaration(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One route. `does` is a sentence, `answers` what comes back where it succeeds, both for the documentation."""

    method: str
    path: str
    needs: Scope | Pass
    answers: str
    does: str = ""
    owner: Owner | None = None
    door: Door | None = None
    """Whose rate it counts against; the handler's Caller has its passage."""
    refusal: Callable[[ReelgateError], Response] | None = None
    """Says that a key does not do, where clients read other words than the address's dialect has."""
    token: bool = False
    """Whether the token for numbers opens it too; its handler makes no difference between the two."""
    dialects: tuple[str, ...] = ()
    """Whose address it is; empty for the house's own."""
    operation: Operation | None = None
    """What the dialects' address does."""
    gives: Mapping[int, Any] = {}
    """By status what comes back where it succeeds: a type of JSON, a content type, several of these, or None."""
    takes: tuple[Any, ...] = ()
    """What the body may be, as in `gives`; nothing if none is read."""
    query: tuple[Parameter, ...] | None = None
    """The parameters of the address's query; None if none are declared."""


class Need(msgspec.Struct, frozen=True):
    """What an operation of the dialects needs, wherever its addresses are."""

    needs: Scope
    does: str
    answers: str
    owner: Owner | None = None


NEEDS: Mapping[Operation, Need] = {
    Operation.CREATE: Need(Scope.CREATE, "Make a video.", "the new task"),
    Operation.QUERY: Need(Scope.READ, "Show a task's status.", "the task", Owner.TASK),
    Operation.LIST: Need(Scope.READ, "List the project's tasks.", "a page of tasks"),
    Operation.CANCEL: Need(Scope.CREATE, "Cancel a task.", "the task, or nothing", Owner.TASK),
    Operation.DELETE: Need(Scope.CREATE, "Delete a task, or cancel it.", "the task, or nothing", Owner.TASK),
    Operation.CONTENT: Need(Scope.READ, "Download a task's file.", "the file", Owner.TASK),
    Operation.REMIX: Need(Scope.CREATE, "Make a new video from a task's video.", "the new task", Owner.TASK),
}
"""By operation. The house declares an ASSET route itself: each does something else."""

_FILES = ("video/mp4", "image/*", "audio/*", "application/octet-stream")
A_FILE = {200: _FILES, 206: _FILES, 302: None, 304: None}
"""The value of `gives` for a file with ranges, which may be at another address."""
FORM = "multipart/form-data"
"""The value of `takes` for a body that is a form."""

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

_DECLARED = "__declared__"
_SERVED = "__served__"


def route(
    method: str,
    path: str,
    needs: Scope | Pass,
    *,
    answers: str,
    owner: Owner | None = None,
    door: Door | None = None,
    refusal: Callable[[ReelgateError], Response] | None = None,
    token: bool = False,
    gives: Any = dict[str, Any],
    takes: Any = (),
    query: tuple[Parameter, ...] = (),
) -> Callable[[Handler], Handler]:
    """Declare a method as the handler of a route; more than once for several addresses.

    It is called with a `Caller`, and with a `Visitor` where no key opens the route. The first line of its docstring
    says in the documentation what it does. `gives` is what comes back with status 200, or a mapping by status.
    """

    def declared(handler: Handler) -> Handler:
        found = Declaration(
            method=method,
            path=path,
            needs=needs,
            answers=answers,
            does=re.split(r"\n| Raises ", handler.__doc__ or "")[0],
            owner=owner,
            door=door,
            refusal=refusal,
            token=token,
            gives=gives if isinstance(gives, dict) else {200: gives},
            takes=takes if isinstance(takes, tuple) else (takes,),
            query=query,
        )
        setattr(handler, _DECLARED, (found, *getattr(handler, _DECLARED, ())))
        return handler

    return declared


def serves(*operations: Operation) -> Callable[[Handler], Handler]:
    """Declare a method as the handler of these operations at every dialect; it is called with a `DialectCaller`."""

    def declared(handler: Handler) -> Handler:
        setattr(handler, _SERVED, operations)
        return handler

    return declared


def declaration_of(handler: Callable[..., Any]) -> Declaration:
    """Return what a handler states, of the first address where it has several. Raises LookupError."""
    found: tuple[Declaration, ...] = getattr(handler, _DECLARED, ())
    if not found:
        raise LookupError(f"{handler!r} declares no route")
    return found[-1]


def declared_in(family: type) -> Iterator[tuple[Declaration, str]]:
    """Yield a family's own routes, each with the name of its handler, in the order of the source."""
    for name, member in vars(family).items():
        for found in getattr(member, _DECLARED, ()):
            yield found, name


def served_in(family: type) -> dict[Operation, str]:
    """Return the dialects' operations that a family serves, each with the name of its handler."""
    members: list[tuple[str, Any]] = list(vars(family).items())
    return {operation: name for name, member in members for operation in getattr(member, _SERVED, ())}
