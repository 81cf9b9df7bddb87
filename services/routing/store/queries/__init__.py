"""Reads for lists and views: pages, filters, access."""
