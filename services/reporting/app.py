"""The reporting service as one value."""

from pathlib import Path

from bianmin.kit.service import Service
from services.reporting.api.reports import router
from services.reporting.handlers import handle
from services.reporting.reactions import command_of
from services.reporting.store.projection import EFFECTS
from services.reporting.store.tables import ReportingTables

SERVICE = Service(
    name="reporting",
    title="统计：办件、时限、投诉的数据",
    metadata=ReportingTables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(router,),
    handle=handle,
    command_of=command_of,
    listens=("intake", "routing", "deadlines", "complaints"),
    effects=EFFECTS,
)
