"""Writes ``report.md``, and adds it to the summary of a GitHub job where there is one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ..analysis import RunReproducers, Summary
from ..wire.known_secrets import without_secrets
from .ci_comment import cut_sections
from .markdown_report import MAX_STEP_SUMMARY, markdown_report

VARIABLE = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file for the summary of a step."""
_LEAST = 16_384


def write_markdown_report(summary: Summary, found: RunReproducers, path: Path) -> tuple[str, ...]:
    """Writes the run as Markdown, short enough for a comment.

    In a job of GitHub Actions it is also added to the summary of the step: up to what that may
    hold, so longer; nothing where there is no room for it.

    Returns:
        Notes for the user: why the summary of the step could not be written, if it could not.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    folder = path.parent
    _write(path, markdown_report(summary, found, folder), mode="w")
    return _add(lambda room: markdown_report(summary, found, folder, longest=room))


def add_to_step_summary(text: str) -> tuple[str, ...]:
    """Adds Markdown to the summary of the step, in a job of GitHub Actions; where it does not fit,
    its first sections.

    Returns:
        Notes, as of `write_markdown_report`.
    """
    return _add(lambda room: cut_sections(text, room))


def _add(text_within: Callable[[int], str]) -> tuple[str, ...]:
    """Adds what ``text_within`` makes of the bytes that the summary of the step still takes.

    That page is for reading only, so nothing fails for the lack of it.
    """
    step = os.environ.get(VARIABLE)
    if not step:
        return ()
    page = Path(step)
    try:
        room = MAX_STEP_SUMMARY - (page.stat().st_size if page.exists() else 0) - 1
        if room >= _LEAST:
            _write(page, f"\n{text_within(room)}", mode="a")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return (f"summary of the step: {page} ({VARIABLE}) cannot be written: {reason}",)
    return ()


def _write(path: Path, text: str, *, mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(without_secrets(text))
