"""Looks up how each discrepancy of a comparison is shown again."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..analysis import Change, Comparison, DiscrepancyChange
from .reproduction import Artefact, build_artefacts
from .reproduction.curl_lines import curl_lines
from .run_folder import ARTEFACTS_FOLDER
from .stored_run import StoredRun


def with_reproducers(
    comparison: Comparison, old: StoredRun | None, new: StoredRun | None
) -> Comparison:
    """``comparison`` with curl lines, command lines and folders, as far as the records hold them.

    Args:
        comparison: of two runs.
        old: the older run, for what it alone shows; None: it cannot be looked into.
        new: the newer run, for all else.
    """
    newer = _artefacts(new, (one for one in comparison.changes if not _is_gone(one)))
    older = _artefacts(old, (one for one in comparison.changes if _is_gone(one)))
    changes = tuple(
        _with_reproducer(one, older, old) if _is_gone(one) else _with_reproducer(one, newer, new)
        for one in comparison.changes
    )
    return msgspec.structs.replace(comparison, changes=changes)


def _is_gone(one: DiscrepancyChange) -> bool:
    return one.change in (Change.FIXED, Change.NOT_SEEN)


def _artefacts(run: StoredRun | None, wanted: Iterable[DiscrepancyChange]) -> dict[str, Artefact]:
    names = {one.signature for one in wanted}
    if run is None or not names:
        return {}
    built = build_artefacts(run.found, run.folder.absolute())
    return {one.discrepancy.signature: one for one in built if one.discrepancy.signature in names}


def _with_reproducer(
    one: DiscrepancyChange, artefacts: dict[str, Artefact], run: StoredRun | None
) -> DiscrepancyChange:
    artefact = artefacts.get(one.signature)
    if run is None or artefact is None:
        return one
    folder = run.folder / ARTEFACTS_FOLDER / one.signature
    return msgspec.structs.replace(
        one,
        curl=tuple(curl_lines(artefact) or ()),
        replay="" if artefact.synthetic else artefact.replay_line,
        folder=str(folder) if folder.is_dir() else "",
    )
