"""A target in memory: one document a session, one event loop."""
