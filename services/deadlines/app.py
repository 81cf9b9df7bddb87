"""Deadlines' parts as one service."""

from pathlib import Path

from bianmin.kit.service import Service
from bianmin.kit.timers import Timer
from services.deadlines.api import calendars, cards, clocks, hours, policies
from services.deadlines.figures import FIGURES
from services.deadlines.handlers import claim_cards, claim_recounts, claim_signals, handle
from services.deadlines.reactions import command_of
from services.deadlines.store import cards as card_store
from services.deadlines.store import recounts, signals
from services.deadlines.store.tables import Tables

SERVICE = Service(
    name="deadlines",
    title="时限：日历、时钟与预警",
    metadata=Tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        clocks.router,
        clocks.open_router,
        cards.router,
        policies.router,
        hours.router,
        calendars.router,
        calendars.open_router,
    ),
    handle=handle,
    command_of=command_of,
    listens=("intake", "routing", "complaints"),
    figures=FIGURES,
    timers=(
        Timer("signals", signals.WAITING, claim_signals),
        Timer("recounts", recounts.WAITING, claim_recounts, recounts.put_back),
        Timer("cards", card_store.WAITING, claim_cards),
    ),
    counters="""
        SELECT id::text, sequence FROM subject UNION ALL SELECT name, version FROM document WHERE kind = 'calendar'
    """,
)
