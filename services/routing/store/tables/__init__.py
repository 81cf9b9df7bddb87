"""Routing's tables. Importing this package defines all of them."""

from services.routing.store.tables.base import RoutingTables
from services.routing.store.tables.circuits import BookingRow, CircuitRow, bookings, circuits
from services.routing.store.tables.directory import OfficeRow, OrgRow, StaffRow, offices, orgs, staff
from services.routing.store.tables.rosters import CalendarDayRow, RosterRow, calendar_days, rosters
from services.routing.store.tables.routes import (
    ExtensionRow,
    FilingRow,
    MediationRow,
    ProcedureRow,
    RouteRow,
    TaskRow,
    extensions,
    filings,
    mediations,
    procedures,
    routes,
    tasks,
)

__all__ = [
    "BookingRow",
    "CalendarDayRow",
    "CircuitRow",
    "ExtensionRow",
    "FilingRow",
    "MediationRow",
    "OfficeRow",
    "OrgRow",
    "ProcedureRow",
    "RosterRow",
    "RouteRow",
    "RoutingTables",
    "StaffRow",
    "TaskRow",
    "bookings",
    "calendar_days",
    "circuits",
    "extensions",
    "filings",
    "mediations",
    "offices",
    "orgs",
    "procedures",
    "rosters",
    "routes",
    "staff",
    "tasks",
]
