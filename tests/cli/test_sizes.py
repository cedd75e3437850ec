"""The folder of a run stays within ``--max-record``, however much of the target is broken."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.analysis.importance import for_artefacts
from cartfuzz.cli import main
from cartfuzz.harness.plan import DEFAULT_MAX_RECORD
from cartfuzz.record import read_events
from cartfuzz.reports.run_report import write_report

FAULTS = (
    "refuses-to-create-closed",
    "creates-cancelled-sessions",
    "creates-returned-sessions",
    "accepts-empty-skus",
    "prices-are-optional",
    "accepts-quantity-zero",
)
MAX_BYTES = 100_000
ROOM_FOR_ONE = 200_000
"""More than the folder of one discrepancy takes."""


def test_artefacts_keep_the_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most important ones have folders; the others are counted, and can be written later."""
    options = [part for fault in FAULTS for part in ("--sandbox-fault", fault)]
    bounds = ("--phase", "edges", "--seed", "1", "--requests", "400", "--no-minimise")
    report = ("--report-dir", str(tmp_path))

    def within(*given: Any, max_artefact_bytes: int) -> int:
        assert max_artefact_bytes == DEFAULT_MAX_RECORD
        return write_report(*given, max_artefact_bytes=MAX_BYTES)  # the option takes no such size

    monkeypatch.setattr("cartfuzz.cli.run_loop.write_report", within)
    assert main(["run", *options, *bounds, *report]) == 1
    artefacts = tmp_path / "discrepancies"
    names = {path.name for path in artefacts.iterdir()}
    written = len(names)
    state = RunState.of(read_events(tmp_path / "events.ndjson"))
    summary, found_scenarios = summary_of(state), reproducers_of(state).scenarios
    steps = {name: len(one.scenario.steps) for name, one in found_scenarios.items()}
    assert set(for_artefacts(summary.discrepancies, summary.catalogue, steps)[:written]) == names
    sizes = sum(path.stat().st_size for path in artefacts.rglob("*") if path.is_file())
    assert written
    assert sizes < MAX_BYTES + ROOM_FOR_ONE
    found = re.search(r"(\d+) discrepanc\S+ ha\S+ no folder", capsys.readouterr().out)
    assert found is not None
    main(["report", str(tmp_path)])
    assert len(list(artefacts.iterdir())) == written + int(found[1])
