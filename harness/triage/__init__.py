"""Follows up the discrepancies of a run: minimises, confirms and replays them."""
