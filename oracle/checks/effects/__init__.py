"""Checks of the effects that an answer lists."""
