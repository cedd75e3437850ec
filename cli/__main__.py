"""Runs the command line as ``python -m cartfuzz.cli``."""

from __future__ import annotations

from . import entry

if __name__ == "__main__":
    entry()
