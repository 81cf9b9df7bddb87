"""Intake: the catalog of service items; registration, supplement and acceptance of cases."""
