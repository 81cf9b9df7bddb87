"""The `Service` value of intake."""

from pathlib import Path

from bianmin.kit.service import Service
from bianmin.kit.timers import Timer
from services.intake.api import acts, cases, catalog, filings, track
from services.intake.handlers import claim_lapses, handle
from services.intake.reactions import command_of
from services.intake.settings import IntakeSettings
from services.intake.store.lapses import ANY_LAPSED
from services.intake.store.tables import IntakeTables

SERVICE = Service(
    name="intake",
    title="收件：事项目录、登记、补正、受理",
    metadata=IntakeTables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(cases.router, acts.router, filings.router, catalog.router, catalog.open_router, track.router),
    handle=handle,
    command_of=command_of,
    listens=("routing", "deadlines"),
    timers=(Timer("lapses", ANY_LAPSED, claim_lapses),),
    counters="SELECT id::text, sequence FROM cases UNION ALL SELECT org || '/' || code, sequence FROM item",
    effects="SELECT source, case_id::text, count(*) FROM timeline WHERE source <> '/bianmin/intake' GROUP BY 1, 2",
    settings=IntakeSettings,
)
