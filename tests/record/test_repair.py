"""A record that a kill cut off is repaired before events follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.record import Event, RecordWriter, cut_torn_line, read_events

from .events import scenario_run, started


@pytest.mark.parametrize("kept", [0, 1, 2])
@pytest.mark.parametrize("torn", [0, 1, 50, 200_000])
def test_a_torn_line_is_cut_off_and_events_follow(tmp_path: Path, kept: int, torn: int) -> None:
    """All whole lines stay, however long the torn one is, and what is appended can be read."""
    path = tmp_path / "events.ndjson"
    both: tuple[Event, Event] = (started(), scenario_run(0))
    events = both[:kept]
    with RecordWriter(path) as record:
        for event in events:
            record.write(event)
    with path.open("ab") as file:
        file.write(b"{" * torn)
    assert cut_torn_line(path) == torn
    assert cut_torn_line(path) == 0
    with RecordWriter(path, append=True) as record:
        record.write(scenario_run(1))
    assert list(read_events(path)) == [*events, scenario_run(1)]
