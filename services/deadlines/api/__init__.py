"""The HTTP API of deadlines: clocks, cards, calendars, opening hours, policies."""
