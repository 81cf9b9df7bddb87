"""Periods: a budget of time units from a start, without its pauses, and when it ends."""
