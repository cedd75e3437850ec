"""Looks up how each discrepancy of a comparison is shown again."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..analysis import Change, Comparison, DiscrepancyChange
from ..analysis.baseline import SIGNATURE
from .reproduction import Artefact, build_artefacts
from .reproduction.curl_lines import curl_lines
from .run_folder import ARTEFACTS_FOLDER
from .stored_run import StoredRun


def with_folders(comparison: Comparison, old: Path, new: Path | None) -> Comparison:
    """``comparison`` with the folder of each reproducer, as far as they exist.

    Args:
        comparison: of two runs.
        old: the folder of the older run, for what it alone shows.
        new: that of the newer run, for all else; None: there is none.
    """
    changes = tuple(
        _in_folder(one, old if one.change in (Change.FIXED, Change.NOT_SEEN) else new)
        for one in comparison.changes
    )
    return msgspec.structs.replace(comparison, changes=changes)


def with_reproducers(comparison: Comparison, newer: StoredRun) -> Comparison:
    """``comparison`` with the command lines that send what only the newer run shows."""
    built = build_artefacts(newer.found, newer.folder.absolute())
    artefacts = {artefact.discrepancy.signature: artefact for artefact in built}
    changes = tuple(
        _with_lines(one, artefacts.get(one.signature)) if one.is_only_newer else one
        for one in comparison.changes
    )
    return msgspec.structs.replace(comparison, changes=changes)


def _in_folder(one: DiscrepancyChange, run: Path | None) -> DiscrepancyChange:
    # A record may be forged: its signatures lead nowhere else.
    if run is None or SIGNATURE.fullmatch(one.signature) is None:
        return one
    folder = run / ARTEFACTS_FOLDER / one.signature
    return msgspec.structs.replace(one, folder=str(folder)) if folder.is_dir() else one


def _with_lines(one: DiscrepancyChange, artefact: Artefact | None) -> DiscrepancyChange:
    if artefact is None:
        return one
    return msgspec.structs.replace(
        one,
        curl=tuple(curl_lines(artefact) or ()),
        replay="" if artefact.synthetic else artefact.replay_line,
    )
