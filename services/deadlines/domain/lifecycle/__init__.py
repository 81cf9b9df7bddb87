"""The lifecycle of a subject: its state and facts, what is done to its clocks, and its cards."""
