"""The tables of the directory: orgs, offices, staff."""

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from bianmin.kit.sets import table_of
from services.routing.store.tables.base import RoutingTables, code_column


class OrgRow(RoutingTables, table=True):
    """An org of the division tree."""

    __tablename__ = "org"
    code: str = code_column(primary_key=True)
    name: str
    level: str
    parent: str | None = code_column()
    sequence: int
    version: int

    __table_args__ = (Index("ix_org_parent_code", "parent", "code"),)


class OfficeRow(RoutingTables, table=True):
    """A functional office of an org, for one line."""

    __tablename__ = "office"
    org: str = code_column(primary_key=True)
    dept: str = Field(primary_key=True)
    name: str
    phone: str | None


class StaffRow(RoutingTables, table=True):
    """A member of staff. `id` is the `sub` of the member's tokens."""

    __tablename__ = "staff"
    id: str = code_column(primary_key=True)
    org: str = code_column(nullable=False)
    dept: str | None
    name: str
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    phone: str | None
    version: int

    __table_args__ = (Index("ix_staff_org_id", "org", "id"),)


orgs = table_of(OrgRow)
offices = table_of(OfficeRow)
staff = table_of(StaffRow)
