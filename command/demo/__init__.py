"""`bianmin demo`: a real county, one working week, through the HTTP API alone. A living example of how to use it."""
