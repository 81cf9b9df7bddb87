"""The deadlines service: its parts as one `Service` value."""

from pathlib import Path

from bianmin.kit.service import Service
from bianmin.kit.timers import Timer
from services.deadlines.api import calendar_publishing, calendars, cards, clocks, hours, policies
from services.deadlines.handlers import handle
from services.deadlines.handlers.timers import claim_recounts, claim_second_cards, claim_signals
from services.deadlines.metrics import METRICS
from services.deadlines.reactions import command_of
from services.deadlines.store import recounts, second_cards, signals
from services.deadlines.store.tables import DeadlinesTables

SERVICE = Service(
    name="deadlines",
    title="时限：日历、时钟与预警",
    metadata=DeadlinesTables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        clocks.router,
        clocks.open_router,
        cards.router,
        policies.router,
        hours.router,
        calendars.router,
        calendars.open_router,
        calendar_publishing.router,
    ),
    handle=handle,
    command_of=command_of,
    listens=("intake", "routing", "complaints"),
    figures=METRICS,
    timers=(
        Timer("signals", signals.WAITING, claim_signals),
        Timer("recounts", recounts.WAITING, claim_recounts, recounts.put_back),
        Timer("cards", second_cards.WAITING, claim_second_cards),
    ),
    counters="""
        SELECT id::text, sequence FROM subject UNION ALL SELECT name, version FROM document WHERE kind = 'calendar'
    """,
)
