"""The HTML report of a run: one file that needs no network, made from summary and record.

Needs the extra ``cartfuzz[html]``, so it is imported only where HTML is made.
"""

from __future__ import annotations

from .diff_page import diff_page, write_diff_html
from .page import rendered
from .run_page import run_page, write_html

__all__ = ["diff_page", "rendered", "run_page", "write_diff_html", "write_html"]
