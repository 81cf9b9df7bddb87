"""HTTP in: clocks and calendars."""
