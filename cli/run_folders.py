"""Finds the run folders below a folder, and reads their summaries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..analysis import Summary
from ..analysis.history import SkippedFolder
from ..contract import CartfuzzError, ConfigurationError
from ..record.made_sessions import SESSIONS_FOLDER
from ..reports.run_folder import ARTEFACTS_FOLDER, LATEST, RECORD_FILE, SUMMARY_FILE
from .records import summary_at

_DEPTH = 2
"""Of a run folder below the folder that is looked through: CI systems put each into one more."""
NO_RUN = "no run in it"
"""Why a folder is skipped that nothing is wrong with."""
_HOLD_NO_RUNS = (LATEST, ARTEFACTS_FOLDER, SESSIONS_FOLDER)


def runs_below(base: Path) -> tuple[list[tuple[str, Summary]], list[SkippedFolder]]:
    """The runs in ``base`` itself, its folders, and theirs: the name of each below it, and summary.

    Also the folders that hold none, or one that cannot be read.

    Raises:
        ConfigurationError: ``base`` is no folder, or cannot be read.
    """
    if not base.is_dir():
        raise ConfigurationError(
            str(base), expected="a folder of run folders", found=_instead_of_a_folder(base)
        )
    runs: list[tuple[str, Summary]] = []
    skipped: list[SkippedFolder] = []
    for folder in _candidates(base, _DEPTH, skipped, base):
        name = _name(folder, base)
        try:
            runs.append((name, _summary_of(folder)))
        except (CartfuzzError, OSError) as error:
            skipped.append(SkippedFolder(name=name, reason=str(error)))
    return runs, skipped


def is_run(folder: Path) -> bool:
    """Whether ``folder`` holds files of a run."""
    return any((folder / name).is_file() for name in (SUMMARY_FILE, RECORD_FILE))


def _candidates(
    folder: Path, depth: int, skipped: list[SkippedFolder], base: Path
) -> Iterator[Path]:
    """The run folders in ``folder`` and ``depth`` levels below."""
    own = is_run(folder)
    if own:
        yield folder
        if folder != base:
            return
    try:
        inner = sorted(one for one in folder.iterdir() if _may_hold_runs(one))
    except OSError as error:
        skipped.append(SkippedFolder(name=_name(folder, base), reason=_reason(error)))
        return
    found = False
    for one in inner if depth else ():
        for run in _candidates(one, depth - 1, skipped, base):
            found = True
            yield run
    if not found and folder != base and not any(_is_in(folder, one, base) for one in skipped):
        skipped.append(SkippedFolder(name=_name(folder, base), reason=NO_RUN))


def _may_hold_runs(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and path.name not in _HOLD_NO_RUNS


def _is_in(folder: Path, skipped: SkippedFolder, base: Path) -> bool:
    return skipped.name.startswith(f"{_name(folder, base)}/")


def _summary_of(folder: Path) -> Summary:
    """The summary of a run; where it cannot be read, that of its record.

    Raises:
        CartfuzzError: neither can be read.
    """
    try:
        return summary_at(folder)
    except CartfuzzError:
        record = folder / RECORD_FILE
        if not (folder / SUMMARY_FILE).is_file() or not record.is_file():
            raise
        return summary_at(record)


def _name(folder: Path, base: Path) -> str:
    name = folder.relative_to(base).as_posix()
    return base.name or str(base) if name == "." else name


def _reason(error: OSError) -> str:
    return (error.strerror or "not readable").lower()


def _instead_of_a_folder(path: Path) -> str:
    return "a file" if path.exists() else "nothing there"
