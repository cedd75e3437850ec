"""Reports of a comparison of two targets."""

from __future__ import annotations

from .files import JSON_FILE, MARKDOWN_FILE, SideBySideDocument, write_side_by_side
from .text import side_by_side_lines

__all__ = [
    "JSON_FILE",
    "MARKDOWN_FILE",
    "SideBySideDocument",
    "side_by_side_lines",
    "write_side_by_side",
]
