"""Recorded traffic, as HAR 1.2 files hold it, turned into scenarios."""
