"""Looks up what a comparison names: the records of both runs hold the scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ..analysis import Comparison, SideOfDrift, Summary, operations_until
from ..contract import ConfigurationError
from ..record import BadRecordError, ScenarioRun, decode_line
from ..reports.diff_evidence import with_folders, with_reproducers
from ..reports.run_folder import RECORD_FILE, run_folder_at
from ..reports.stored_run import StoredRun
from .records import stored_run


def folder_of(path: Path) -> Path:
    """The folder of the run at ``path``, which may be its summary or its record."""
    folder = run_folder_at(path)
    return folder if folder.is_dir() else folder.parent


def looked_up(
    result: Comparison, old: Path, new: Path, newer: Summary
) -> tuple[Comparison, StoredRun | None]:
    """``result`` with all that the folders of both runs add to it: requests, scripts, lines.

    Args:
        result: of the two runs.
        old: folder, summary or record of the older run.
        new: of the newer run.
        newer: its summary.

    Returns:
        The newer run too, for its pictures; None: nothing is new, or it has no record.
    """
    found = with_folders(with_scenarios(result, old, new), folder_of(old), folder_of(new))
    if not any(one.is_only_newer for one in found.changes):
        return found, None  # a long record takes long to read
    stored = stored_at(new, newer)
    return (found, None) if stored is None else (with_reproducers(found, stored), stored)


def stored_at(path: Path, summary: Summary) -> StoredRun | None:
    """The run at ``path`` with its scenarios; None: there is no record, or it cannot be read."""
    try:
        found = stored_run(path)
    except (ConfigurationError, BadRecordError):
        return None  # a summary alone can be compared, too
    return StoredRun(summary=summary, found=found, folder=folder_of(path))


def with_scenarios(result: Comparison, old: Path, new: Path) -> Comparison:
    """``result`` with the requests of each side of a drift, as far as the records hold them.

    Args:
        result: of the two runs.
        old: folder, summary or record of the older run.
        new: of the newer run.
    """
    if not result.drifts:
        return result
    before = _scenarios(old, {one.old.scenario for one in result.drifts})
    after = _scenarios(new, {one.new.scenario for one in result.drifts})
    drifts = tuple(
        msgspec.structs.replace(
            one, old=_with_requests(one.old, before), new=_with_requests(one.new, after)
        )
        for one in result.drifts
    )
    return msgspec.structs.replace(result, drifts=drifts)


def _with_requests(side: SideOfDrift, events: dict[str, ScenarioRun]) -> SideOfDrift:
    event = events.get(side.scenario)
    if event is None:
        return side
    operations: list[dict[str, Any]] = operations_until(event, side.step)
    return msgspec.structs.replace(side, operations=tuple(operations))


def _scenarios(run: Path, ids: Iterable[str]) -> dict[str, ScenarioRun]:
    """By ID, those of the wanted scenarios that the record of ``run`` holds whole."""
    record = folder_of(run) / RECORD_FILE
    marks = {f'"id":"{one}"'.encode(): one for one in ids}
    found: dict[str, ScenarioRun] = {}
    if not record.is_file():
        return found
    with record.open("rb") as file:
        for line in file:
            wanted = next((marks[mark] for mark in _beginning(line, marks)), None)
            if wanted is None or wanted in found or not line.endswith(b"\n"):
                continue
            try:
                event = decode_line(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue  # the comparison does without it
            if isinstance(event, ScenarioRun) and event.scenario is not None:
                found[wanted] = event
    return found


def _beginning(line: bytes, marks: Iterable[bytes]) -> list[bytes]:
    """The marks in the beginning of a line, where the ID of a scenario is."""
    start = line[:_ID_BYTES]
    return [mark for mark in marks if mark in start]


_ID_BYTES = 200
