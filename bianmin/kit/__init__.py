"""Plumbing that knows no service: one idea a module."""
