"""One way to carry out a batch, behind all three entrances: HTTP, events, timers.

A batch runs in one transaction. Where something in it fails that nobody expected, it runs again, and halving finds the
items at fault: they are refused, and nobody else in the batch notices.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bianmin.kit.db import Database, Tx, is_away, is_locked, is_transient, kind_of, savepoint
from bianmin.kit.decide import Behind, Refused, Work
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.refusals import Conflict
from bianmin.kit.wait import Backoff

ATTEMPTS = 3

R = TypeVar("R")
log = structlog.get_logger(__name__)


class Raced(Exception):
    """Another replica wrote the same rows meanwhile: this transaction must not count, and is done again."""


class Locked(Exception):
    """Another transaction holds a row that the batch needs, for longer than the batch may wait."""


def no_chain(item: Any) -> None:
    """Return None: the order of the items of a batch does not matter."""


async def execute(
    database: Database,
    service: str,
    carry_out: CarryOut,
    work: Callable[[Tx, CarryOut], Awaitable[R]],
    *,
    chain: Callable[[Any], Hashable | None] = no_chain,
    raise_locked: bool = False,
) -> R:
    """Return what `work(tx, carry_out)` returns, after its commit.

    `work` prepares a batch, has it carried out by the function it is given, and writes what follows from that. It may
    be called several times, each time in a new transaction: at most three times when rows were locked or written by
    others meanwhile, or a connection had gone stale. When it fails otherwise, or goes on failing, it is called with a
    `carry_out` that isolates the items at fault. Items of one `chain` depend on each other in their order.

    Raises the error of the last attempt: the database is away (`is_away`), `Raced` three times, or `work` failed
    outside of `carry_out`. Raises `Locked` at the first lock that was waited for in vain, if `raise_locked` is set.
    """
    backoff = Backoff(first=0.02, longest=0.5)
    for attempt in range(1, ATTEMPTS + 1):
        committing = False
        try:
            async with database.transaction() as tx:
                result = await work(tx, carry_out)
                committing = True
            return result
        except Exception as error:
            if raise_locked and is_locked(error):
                raise Locked from error
            if is_away(error):
                # once the commit was sent, nobody knows whether it was done
                if committing or attempt == ATTEMPTS:
                    raise
            elif not isinstance(error, Raced) and not is_transient(error):
                log.info("batch.isolated", service=service, error=kind_of(error))
                break
            elif attempt == ATTEMPTS:
                if isinstance(error, Raced):
                    raise
                log.info("batch.isolated", service=service, error=kind_of(error))
            else:
                await asyncio.sleep(backoff.next())
    try:
        async with database.transaction() as tx:
            return await work(tx, isolated(carry_out, chain, raise_locked=raise_locked))
    except Exception as error:
        if raise_locked and is_locked(error):
            raise Locked from error
        raise


def isolated(
    carry_out: CarryOut, chain: Callable[[Any], Hashable | None] = no_chain, *, raise_locked: bool = False
) -> CarryOut:
    """Return a function that does what `carry_out` does, but refuses the items at fault instead of failing.

    Each half runs in a savepoint. An item whose chain was stopped by the refusal of an earlier one, unless that was a
    `Conflict`, is refused with `Behind` and not carried out. Raises only what `is_away`, and what `is_locked` if
    `raise_locked` is set.
    """

    async def halve(tx: Tx, items: Sequence[Any], now: datetime, stopped: set[Hashable]) -> Work[Any, Any]:
        behind = [chain(item) in stopped for item in items]
        if any(behind):
            work = await halve(
                tx, [item for item, is_behind in zip(items, behind, strict=True) if not is_behind], now, stopped
            )
            outcomes = iter(work.outcomes)
            work.outcomes = [Refused(Behind()) if is_behind else next(outcomes) for is_behind in behind]
            return work
        if not items:
            return Work()
        try:
            async with savepoint(tx):
                work = await carry_out(tx, items, now)
        except Exception as error:
            if is_away(error) or (raise_locked and is_locked(error)):
                raise
            if len(items) > 1:
                half = len(items) // 2
                first = await halve(tx, items[:half], now, stopped)
                second = await halve(tx, items[half:], now, stopped)
                return Work(outcomes=first.outcomes + second.outcomes, announced=first.announced + second.announced)
            work = Work(outcomes=[Refused(error)])
        for item, outcome in zip(items, work.outcomes, strict=True):
            if isinstance(outcome, Refused) and not isinstance(outcome.error, Conflict) and chain(item) is not None:
                stopped.add(chain(item))
        return work

    async def carry_out_isolated(tx: Tx, items: Sequence[Any], now: datetime) -> Work[Any, Any]:
        return await halve(tx, items, now, set())

    return carry_out_isolated
