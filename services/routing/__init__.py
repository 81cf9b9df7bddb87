"""Routing: who is where, and whose turn it is."""
