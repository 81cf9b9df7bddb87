"""The complaints service as one value."""

from pathlib import Path

from bianmin.kit.service import Service
from services.complaints.api import complaints, handling
from services.complaints.handlers import check_repeats, handle
from services.complaints.reactions import command_of
from services.complaints.settings import ComplaintsSettings
from services.complaints.store import awaited_cases
from services.complaints.store.tables import ComplaintTables

SERVICE = Service(
    name="complaints",
    title="投诉：登记、受理、调查、结论、答复、复查复核",
    metadata=ComplaintTables.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=(complaints.open_router, complaints.router, handling.router),
    handle=handle,
    command_of=command_of,
    listens=("intake", "routing", "deadlines"),
    timers=(awaited_cases.TIMER,),
    counters="SELECT id::text, sequence FROM complaint",
    settings=ComplaintsSettings,
    check_repeats=check_repeats,
    hides_routes=True,
)
