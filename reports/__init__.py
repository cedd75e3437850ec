"""Reports: they read the summary of a run and tell people; they decide nothing.

No report imports an engine, and none needs a target in reach.
"""

from __future__ import annotations

from .diff import print_comparison, write_json, write_markdown
from .junit import write_junit
from .plain import plain
from .summary_json import write_summary
from .terminal import discrepancy_lines, print_summary

__all__ = [
    "discrepancy_lines",
    "plain",
    "print_comparison",
    "print_summary",
    "write_json",
    "write_junit",
    "write_markdown",
    "write_summary",
]
