"""What an operator does with money, over HTTP and on the command line: one set of rules for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reelgate import limits
from reelgate.clock import Clock
from reelgate.errors import InsufficientFunds, InvalidField, ProjectNotFound, StoreError, Taken
from reelgate.tasks.money import Balance, Paid, Payment
from reelgate.tasks.projects import Act
from reelgate.tasks.store import DuplicateId, Stale, TaskStore, Unaffordable

TOPUP, ADJUSTMENT = "topup", "adjustment"


class Payments:
    """Pays in and corrects; the audit log records each payment under `actor`."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def balance(self, project_id: str) -> Balance:
        """Return a project's running totals. Raises ProjectNotFound."""
        if await self._store.projects.get(project_id) is None:
            raise ProjectNotFound(f"there is no project {project_id!r}")
        return await self._store.money.balance(project_id)

    async def payments(self, project_id: str) -> Sequence[Paid]:
        """Return a project's payments, newest first."""
        return await self._store.money.payments(project_id)

    async def pay(self, project_id: str, body: Mapping[str, Any], actor: str) -> Balance:
        """Write a payment with `kind`, `amount_micros`, `reference` and `reason`; return the balance after it.

        Raises InvalidField, ProjectNotFound, Taken for a reference that has paid already, InsufficientFunds for a
        correction that would bring the balance below the project's floor.
        """
        payment = _read(project_id, body)
        act = Act(actor, self._clock.now(), f"ledger.{payment.kind}")
        try:
            return await self._store.money.pay(payment, act)
        except Stale:
            raise ProjectNotFound(f"there is no project {project_id!r}") from None
        except DuplicateId:
            what = f"a {payment.kind} with the reference {payment.reference!r}"
            raise Taken(f"the project has {what} already; each reference pays once") from None
        except Unaffordable:
            raise InsufficientFunds("the balance would fall below the project's floor; nothing was written") from None
        except StoreError as error:
            if error.unsure:  # the reference keeps a repeat from paying twice
                raise StoreError("the payment may not have been recorded; retry with the same reference") from error
            raise


def payment_body(paid: Paid) -> dict[str, Any]:
    """Return a payment as an operator sees it."""
    reference = paid.subject.removeprefix(f"{paid.project_id}/")
    told = {"kind": paid.kind, "amount_micros": paid.micros, "reference": reference, "reason": paid.note}
    return {"object": "payment", **told, "created_at": paid.at // 1000}


def balance_body(balance: Balance) -> dict[str, Any]:
    """Return running totals as an operator sees them."""
    return {
        "object": "balance",
        "project": balance.project_id,
        "balance_micros": balance.funds,
        "held_micros": balance.held,
        "charged_micros": balance.charged,
        "paid_in_micros": balance.paid_in,
    }


def _read(project_id: str, body: Mapping[str, Any]) -> Payment:
    kind, micros = body.get("kind", TOPUP), body.get("amount_micros")
    if kind not in {TOPUP, ADJUSTMENT}:
        raise InvalidField.not_one_of("kind", kind, (TOPUP, ADJUSTMENT))
    most = limits.MAX_PAYMENT_MICROS
    lowest = 1 if kind == TOPUP else -most
    if not isinstance(micros, int) or isinstance(micros, bool) or not lowest <= micros <= most or micros == 0:
        allowed = f"a whole number of micro-units from {lowest} to {most}, but 0"
        raise InvalidField.out_of_range("amount_micros", micros, allowed)
    reference, reason = _text(body, "reference"), _text(body, "reason")
    return Payment(project_id=project_id, kind=kind, micros=micros, reference=reference, reason=reason)


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= limits.MAX_PAYMENT_TEXT_CHARS:
        raise InvalidField.out_of_range(field, value, f"a text of 1 to {limits.MAX_PAYMENT_TEXT_CHARS} characters")
    return value.strip()
