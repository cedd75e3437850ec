"""The HTML report of a run: one file that needs no network, made from summary and record.

Needs the extra ``cartfuzz[html]``, so it is imported only where HTML is made.
"""

from __future__ import annotations

from .page import rendered
from .run_page import run_page, write_html

__all__ = ["rendered", "run_page", "write_html"]
