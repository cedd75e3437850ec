"""Names the folder of a run and the files in it; the names are fixed, since scripts read them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

RECORD_FILE = "events.ndjson"
"""The run record, see `cartfuzz.record`."""
SUMMARY_FILE = "summary.json"
JUNIT_FILE = "junit.xml"
COMMENT_FILE = "comment.md"
"""For the merge request; ``cartfuzz ci`` writes it, and those of the comparison."""
DIFF_HTML, DIFF_MARKDOWN, DIFF_JSON = "diff.html", "diff.md", "diff.json"
ARTEFACTS_FOLDER = "discrepancies"
"""Holds a folder for each discrepancy, see `cartfuzz.reports.reproduction`."""
DEFAULT_BASE = Path("cartfuzz-report")
"""Where runs get their folders, each named by its run ID, unless the user names a folder."""
LATEST = "latest"
"""In `DEFAULT_BASE`: a link to the folder of the last run; a file with its name where the system
has no links."""


def new_run_folder(base: Path, run: str) -> Path:
    """Makes the folder of a new run below ``base``, and lets ``latest`` point at it.

    Raises:
        OSError: it cannot be made; the error names its path.
    """
    folder = base / run
    folder.mkdir(parents=True, exist_ok=True)  # it may hold the names of sessions already
    _point(base / LATEST, run)
    return folder


def _point(link: Path, run: str) -> None:
    """Makes ``link`` lead to the folder ``run`` beside it; a folder of that name stays."""
    temporary = link.with_name(f".{link.name}-{run}")
    try:
        temporary.symlink_to(run, target_is_directory=True)
    except (OSError, NotImplementedError):  # a system or a folder without links
        temporary.write_text(f"{run}\n", "utf-8")
    try:
        temporary.replace(link)
    except OSError:
        with suppress(OSError):
            temporary.unlink()


def run_folder_at(path: Path) -> Path:
    """The folder of a run that ``path`` means: itself, or where its ``latest`` leads.

    Where it holds files of a run as well, as the default folder of earlier versions does, the newer
    run counts.
    """
    if path.name == LATEST and path.is_file():
        with suppress(OSError, UnicodeDecodeError):
            return path.parent / path.read_text("utf-8").strip()
    if path.is_dir() and (path / LATEST).exists():
        latest = run_folder_at(path / LATEST)
        return latest if _last_written(latest) >= _last_written(path) else path
    return path


def _last_written(folder: Path) -> float:
    """When the files of a run in ``folder`` were written, in seconds; 0: it has none."""
    files = (folder / name for name in (RECORD_FILE, SUMMARY_FILE))
    return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
