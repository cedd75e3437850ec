"""Reports: they show people and scripts what a run found. They decide nothing.

A report reads the summary of a run, or its record. It needs neither an engine nor a target.
"""

from __future__ import annotations

from .diff import write_json, write_markdown
from .diff_terminal import print_comparison
from .discrepancy_text import discrepancy_lines
from .junit import write_junit
from .plain import plain
from .summary_json import write_summary
from .terminal import print_summary

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
