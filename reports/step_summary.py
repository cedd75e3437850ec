"""Writes ``report.md``, and adds it to the summary of a GitHub job where there is one."""

from __future__ import annotations

import os
from pathlib import Path

from ..analysis import RunReproducers, Summary
from .ci_comment import cut_sections
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
    step = _step_summary()
    if step is not None and step[1] >= _LEAST:
        page, room = step
        text = markdown_report(summary, found, folder, longest=room)
        _write(page, f"\n{text}", mode="a")


def add_to_step_summary(text: str) -> None:
    """Adds Markdown to the summary of the step, in a job of GitHub Actions; where it does not fit,
    its first sections.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    step = _step_summary()
    if step is not None and step[1] >= _LEAST:
        page, room = step
        _write(page, f"\n{cut_sections(text, room)}", mode="a")


def _step_summary() -> tuple[Path, int] | None:
    """The file for the summary of the step, and the bytes that it still takes."""
    step = os.environ.get(VARIABLE)
    if not step:
        return None
    page = Path(step)
    return page, MAX_STEP_SUMMARY - (page.stat().st_size if page.exists() else 0) - 1


def _write(path: Path, text: str, *, mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
