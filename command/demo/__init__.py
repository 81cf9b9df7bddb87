"""`bianmin demo`: one working week of a real county, through the HTTP API only. Also an example of how to use the
API."""
