"""A service's handler as a table: from types of commands to the functions that carry them out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import UnionType
from typing import Any, get_args

from bianmin.kit.db import Tx
from bianmin.kit.decide import Done, Outcome, Work

CarryOut = Callable[[Tx, Sequence[Any], datetime], Awaitable[Work[Any, Any]]]
"""Carries out the commands of some types; its work has an outcome for each command, in order. It never commits."""

Table = Mapping[type | UnionType, CarryOut]


def dispatch(commands: UnionType | type, table: Table) -> CarryOut:
    """Return the handler that the table describes: commands go to the function of their type.

    Functions run in the order of the table, each once for all its commands; outcomes come back in the order of the
    commands, events in the order of the functions. `commands` is the service's union of command types: raises
    `TypeError` when the table does not name each of them exactly once.
    """
    function_of: dict[type, CarryOut] = {}
    for types, function in table.items():
        for each in _members(types):
            if each in function_of:
                raise TypeError(f"{each.__name__} stands twice in the table")
            function_of[each] = function
    if different := function_of.keys() ^ set(_members(commands)):
        raise TypeError(f"table and union differ by {', '.join(sorted(each.__name__ for each in different))}")
    order = list(dict.fromkeys(table.values()))

    async def handle(tx: Tx, commands: Sequence[Any], now: datetime) -> Work[Any, Any]:
        places: dict[CarryOut, list[int]] = {}
        for n, command in enumerate(commands):
            places.setdefault(function_of[type(command)], []).append(n)
        if len(places) == 1:
            [function] = places
            return await function(tx, commands, now)
        outcomes: list[Outcome] = [Done()] * len(commands)
        whole: Work[Any, Any] = Work(outcomes=outcomes)
        for function in order:
            if function in places:
                part = await function(tx, [commands[n] for n in places[function]], now)
                for n, outcome in zip(places[function], part.outcomes, strict=True):
                    outcomes[n] = outcome
                whole.announced += part.announced
        return whole

    return handle


def _members(types: type | UnionType) -> tuple[type, ...]:
    return get_args(types) or (types,)
