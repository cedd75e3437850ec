"""The version of what Cartfuzz writes for programs: run records and ``summary.json``.

Members may be added, with a default, within one version. Whatever a reader of the version would
misunderstand, a member that goes, gets another meaning or another type, takes the next one.
"""

from __future__ import annotations

FORMAT = 1
FORMAT_BEFORE = 1
"""Of files without the member ``format``: they were written before it was there."""
