"""Routing's tables. Importing this package defines all of them."""

from services.routing.store.tables.base import RoutingTables
from services.routing.store.tables.directory import OfficeRow, OrgRow, StaffRow, offices, orgs, staff
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
    "ExtensionRow",
    "FilingRow",
    "MediationRow",
    "OfficeRow",
    "OrgRow",
    "ProcedureRow",
    "RouteRow",
    "RoutingTables",
    "StaffRow",
    "TaskRow",
    "extensions",
    "filings",
    "mediations",
    "offices",
    "orgs",
    "procedures",
    "routes",
    "staff",
    "tasks",
]
