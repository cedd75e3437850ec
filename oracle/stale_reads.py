"""Recognises a read that shows an older accepted state of its session."""
