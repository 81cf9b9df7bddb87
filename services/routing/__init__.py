"""Routing: the directory of orgs, and the routes of accepted cases."""
