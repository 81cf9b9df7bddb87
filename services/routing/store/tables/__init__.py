"""Routing's tables. Importing this package defines all of them."""

from services.routing.store.tables.base import RoutingTables
from services.routing.store.tables.directory import OfficeRow, OrgRow, StaffRow, offices, orgs, staff
from services.routing.store.tables.routes import (
    ExtensionRow,
    ProcedureRow,
    RouteRow,
    TaskRow,
    extensions,
    procedures,
    routes,
    tasks,
)

__all__ = [
    "ExtensionRow",
    "OfficeRow",
    "OrgRow",
    "ProcedureRow",
    "RouteRow",
    "RoutingTables",
    "StaffRow",
    "TaskRow",
    "extensions",
    "offices",
    "orgs",
    "procedures",
    "routes",
    "staff",
    "tasks",
]
