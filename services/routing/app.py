"""The parts of routing as one service."""

from pathlib import Path

from bianmin.kit.service import Service
from services.routing.api import (
    assignment,
    circuits,
    disputes,
    extensions,
    filings,
    orgs,
    procedures,
    rosters,
    routes,
    tasks,
)
from services.routing.handlers import handle
from services.routing.reactions import command_of
from services.routing.store.tables import RoutingTables

SERVICE = Service(
    name="routing",
    title="办理：机构目录、办理路线、任务、送达",
    metadata=RoutingTables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        orgs.router,
        tasks.router,
        assignment.router,
        routes.router,
        procedures.router,
        extensions.router,
        disputes.router,
        filings.router,
        rosters.router,
        rosters.open_router,
        circuits.router,
        circuits.open_router,
    ),
    handle=handle,
    command_of=command_of,
    listens=("intake", "deadlines"),
    counters=(
        "SELECT case_id::text, sequence FROM route UNION ALL SELECT code, sequence FROM org"
        " UNION ALL SELECT 'staff/' || id, 1 FROM staff UNION ALL SELECT 'roster/' || org, sequence FROM roster"
        " UNION ALL SELECT 'circuit/' || id, sequence FROM circuit"
    ),
)
