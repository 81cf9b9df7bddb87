"""Intake's schema history."""

from bianmin.kit.migrations import environment
from services.intake.store.tables import Tables

environment(Tables.metadata)
