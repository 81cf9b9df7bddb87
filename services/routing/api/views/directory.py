"""Views of the directory: orgs, their offices, their staff."""

from bianmin.events.parts import Dept, OrgLevel
from services.routing.api.views.state_view import StateView
from services.routing.domain.directory.staff import StaffRole


class ImportedOrgsView(StateView):
    """How many orgs an import created, changed, and found unchanged."""

    created: int
    changed: int
    unchanged: int


class OfficeView(StateView):
    """A functional office of an org."""

    dept: Dept
    name: str
    phone: str | None


class OrgSummaryView(StateView):
    """An org in a list."""

    code: str
    level: OrgLevel
    name: str
    parent: str | None


class OrgView(OrgSummaryView):
    """An org with its offices."""

    offices: list[OfficeView]


class StaffView(StateView):
    """A member of staff."""

    id: str
    org: str
    dept: Dept | None
    name: str
    roles: list[StaffRole]
    phone: str | None
