"""Circuits (巡回办理): staff come to a place on a day and handle matters there."""
