"""The rules of time as pure functions: no clock, no database, no ids made inside."""
