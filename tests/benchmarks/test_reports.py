"""The made record of the bench of reports is one that Cartfuzz could have written."""

from __future__ import annotations

import json
from pathlib import Path

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.analysis.report_format import Format
from cartfuzz.record import RecordWriter, encode_line
from cartfuzz.reports.formats import FILES, write_formats

from ..cli.test_schemas import validator
from ..reports.schemas_of_others import har
from .script import script

BENCH = script("reports")


def test_the_made_record_is_a_record(tmp_path: Path) -> None:
    """Its events are valid, its discrepancies are confirmed, and each format can be made of it."""
    events = list(BENCH.events(500, 3))
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events:
            validator("events").validate(json.loads(encode_line(event)))
            record.write(event)
    state = RunState.of(events)
    summary = summary_of(state)
    assert [bug.unconfirmed for bug in summary.discrepancies] == [False] * 3
    assert summary.scenarios == 500
    chosen = [Format.MARKDOWN, Format.SARIF, Format.HAR, Format.JSON]
    write_formats(chosen, summary, reproducers_of(state), tmp_path, option="--format")
    har().validate(json.loads((tmp_path / FILES[Format.HAR]).read_text("ascii")))
