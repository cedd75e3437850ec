"""What a terminal shows of reproducers: the script of a discrepancy, and its lines of curl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..analysis import RunReproducers, Summary
from ..analysis.baseline import SIGNATURE
from ..analysis.importance import by_importance
from .reproduction import build_artefacts
from .reproduction.curl_lines import curl_lines
from .run_folder import ARTEFACTS_FOLDER

MOST = 50
"""Discrepancies; the others have their folders."""
_SCRIPT = "reproduce.sh"


@dataclass(frozen=True, slots=True)
class ShownReproducer:
    """How a discrepancy is shown again."""

    path: Path
    """Of its script; of its folder where there is none."""
    curl: tuple[str, ...] = ()
    """Lines for a shell that send its requests; empty: curl cannot send them as they were."""


def most_important(
    summary: Summary, found: RunReproducers, folder: Path
) -> Mapping[str, ShownReproducer]:
    """By signature, how the `MOST` most important discrepancies of a run are shown again.

    Args:
        summary: of the run.
        found: what the run found.
        folder: where its report is, which `cartfuzz.reports.run_report.write_report` has written.
    """
    bugs = by_importance(summary.discrepancies, summary.catalogue)[:MOST]
    # A record may be forged: its signatures lead nowhere else.
    signatures = {bug.signature for bug in bugs if SIGNATURE.fullmatch(bug.signature)}
    shown: dict[str, ShownReproducer] = {}
    for artefact in build_artefacts(found, folder.absolute()) if signatures else ():
        signature = artefact.discrepancy.signature
        if signature in signatures:
            own = folder / ARTEFACTS_FOLDER / signature
            if not own.is_dir():
                continue  # left out: the folder would have grown beyond its bound
            script = own / _SCRIPT
            curl = tuple(curl_lines(artefact) or ())
            shown[signature] = ShownReproducer(script if script.is_file() else own, curl)
            if len(shown) == len(signatures):
                break
    return shown
