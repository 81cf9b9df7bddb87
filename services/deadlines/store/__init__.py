"""Deadlines' tables, and the only SQL of deadlines."""
