"""Writes ``report.md``, and adds it to the summary of a GitHub job where there is one."""

from __future__ import annotations

import os
from pathlib import Path

from ..analysis import RunReproducers, Summary
from .markdown_report import MAX_STEP_SUMMARY, markdown_report

VARIABLE = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file for the summary of a step."""
_LEAST = 16_384


def write_markdown_report(summary: Summary, found: RunReproducers, path: Path) -> None:
    """Writes the run as Markdown, short enough for a comment.

    In a job of GitHub Actions it is also added to the summary of the step: up to what that may
    hold, so longer; nothing where there is no room for it.

    Raises:
        OSError: a file cannot be written; the error names its path.
    """
    folder = path.parent
    _write(path, markdown_report(summary, found, folder), mode="w")
    step = os.environ.get(VARIABLE)
    if not step:
        return
    page = Path(step)
    room = MAX_STEP_SUMMARY - (page.stat().st_size if page.exists() else 0) - 1
    if room >= _LEAST:
        text = markdown_report(summary, found, folder, longest=room)
        _write(page, f"\n{text}", mode="a")


def _write(path: Path, text: str, *, mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
