"""Deadlines: calendars, clocks and lamps."""
