"""Deadlines' schema history."""

from bianmin.kit.migrations import environment
from services.deadlines.store.tables import Tables

environment(Tables.metadata)
