"""The command `bianmin`: the one place that knows all services."""
