"""HTTP in: query, figures, view."""
