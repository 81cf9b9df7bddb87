"""Rosters: who is on duty when, market days, fixed trips to the center."""
