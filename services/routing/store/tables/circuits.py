"""The tables of circuits and their bookings."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from bianmin.kit.sets import table_of
from services.routing.store.tables.base import RoutingTables, code_column


class CircuitRow(RoutingTables, table=True):
    """A session of a circuit."""

    __tablename__ = "circuit"
    id: UUID = Field(primary_key=True)
    org: str = code_column(nullable=False)
    place: str
    held_on: date
    start_time: str
    end_time: str
    items: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    capacity: int
    team: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    planned_by: str
    status: str
    booked: int
    sequence: int
    version: int

    __table_args__ = (Index("ix_circuit_held_on_id", "held_on", "id"),)


class BookingRow(RoutingTables, table=True):
    """A booking; `name` and `phone` are encrypted."""

    __tablename__ = "booking"
    id: UUID = Field(primary_key=True)
    circuit_id: UUID
    item_code: str
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    phone: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    booked_by: str

    __table_args__ = (Index("ix_booking_circuit_id", "circuit_id", "id"),)


circuits = table_of(CircuitRow)
bookings = table_of(BookingRow)
