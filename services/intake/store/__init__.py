"""Intake's tables, and the only SQL of intake."""
