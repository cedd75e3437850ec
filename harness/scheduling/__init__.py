"""Decides which scenarios a run sends, and in which order."""
