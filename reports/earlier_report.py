"""Removes the report of an earlier run from the folder of a new one."""

from __future__ import annotations

from pathlib import Path

from ..record.whole_file import remove_unfinished
from .formats import FILES
from .run_folder import COMMENT_FILE, DIFF_HTML, DIFF_JSON, DIFF_MARKDOWN, RECORD_FILE

_REPORT_FILES = (*FILES.values(), COMMENT_FILE, DIFF_HTML, DIFF_MARKDOWN, DIFF_JSON)


def remove_report(folder: Path) -> None:
    """Removes all files of a report but the record and the artefacts, and what killed runs left of
    files that they were writing.

    A run that dies would otherwise leave them as if they were its own.

    Raises:
        OSError: a file cannot be removed; the error names its path.
    """
    for name in _REPORT_FILES:
        path = folder / name
        if path.is_file() or path.is_symlink():  # a folder of that name is not ours
            path.unlink()
    remove_unfinished(folder, (*_REPORT_FILES, RECORD_FILE))
