"""HTTP endpoints of routing: the directory, routes and tasks."""
