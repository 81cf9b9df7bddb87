"""HTTP in: the directory, tasks and routes."""
