"""Events of the directory: orgs, offices, staff."""

from typing import ClassVar

from bianmin.events.parts import Code, Dept, EventData, OrgCode, OrgLevel, Part


class OfficeOf(Part):
    """An office in the list of its org."""

    dept: Dept
    name: str


class OrgChanged(EventData):
    """An org or its offices changed. The event holds the whole new state of the org, not the difference."""

    event_name: ClassVar = "org.changed"
    event_title: ClassVar = "机构已变更"
    event_subject: ClassVar = "org code"
    producers: ClassVar = ("routing",)

    code: OrgCode
    name: str
    level: OrgLevel
    parent: OrgCode | None = None
    offices: tuple[OfficeOf, ...] = ()


class StaffChanged(EventData):
    """A member of staff was added to the directory. The subject holds the staff id: the `sub` of their tokens."""

    event_name: ClassVar = "staff.changed"
    event_title: ClassVar = "工作人员已登记"
    event_subject: ClassVar = "staff/{staff id}"
    producers: ClassVar = ("routing",)

    org: OrgCode
    dept: Dept | None = None
    roles: tuple[Code, ...]
    """What the directory says that the member does; tokens say what the member may do."""
