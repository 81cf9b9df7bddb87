"""Deadlines' parts as one service."""

from functools import partial
from pathlib import Path

from bianmin.kit.service import Service
from bianmin.kit.timers import Timer
from services.deadlines.api import calendars as calendars_api
from services.deadlines.api import clocks
from services.deadlines.calendars import shipped
from services.deadlines.domain.regions import calendars
from services.deadlines.handlers import claim_signals, handle
from services.deadlines.reactions import command_of
from services.deadlines.store.tables import Tables

# data of the program, as constant as its code
CALENDARS = calendars(shipped())

SERVICE = Service(
    name="deadlines",
    title="时限：日历、时钟与预警",
    metadata=Tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(clocks.router, calendars_api.router, calendars_api.open_router),
    handle=partial(handle, calendars=CALENDARS),
    command_of=command_of,
    listens=("intake", "routing", "complaints"),
    timers=(Timer("signals", claim_signals),),
    counters="SELECT id::text, sequence FROM subject",
    parts=lambda settings: CALENDARS,
)
