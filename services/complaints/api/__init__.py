"""HTTP in: request, command, view."""
