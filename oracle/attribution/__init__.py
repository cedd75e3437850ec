"""Finds the step that is to blame for what a later answer shows."""
