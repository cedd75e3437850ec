"""Modules whose text is copied into reproduction scripts. They import the standard library only."""
