"""The record on disk: whole runs, killed runs, odd texts."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import Operation, Ruling
from cartfuzz.record import (
    BUCKETS,
    Answered,
    BadRecordError,
    Event,
    RecordWriter,
    RequestedState,
    RunFinished,
    SourceState,
    StopReason,
    Tally,
    TransitionCase,
    decode_line,
    encode_line,
    latency_key,
    read_events,
    signature_of,
)

from .events import discrepancy, scenario_run, started

EVENTS: list[Event] = [
    started(),
    scenario_run(0, discrepancies=(discrepancy("CART-02"),)),
    scenario_run(1, title="odd \ud800 \x00 \u202e"),
    Tally(scenarios={"explore": 3}, requests={"explore": 9}, ids=((4, 6),), redeemed={"A": 1}),
    RunFinished(seconds=1.5, reason=StopReason.COMPLETED),
]


def written(folder: Path) -> Path:
    path = folder / "events.ndjson"
    with RecordWriter(path) as record:
        for event in EVENTS:
            record.write(event)
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """A record holds one event a line and gives the same events back."""
    path = written(tmp_path)
    assert path.read_bytes().count(b"\n") == len(EVENTS)
    assert list(read_events(path)) == EVENTS


def test_events_are_on_disk_at_once(tmp_path: Path) -> None:
    """Each event can be read by others before the writer is closed."""
    path = tmp_path / "events.ndjson"
    with RecordWriter(path) as record:
        record.write(EVENTS[0])
        assert list(read_events(path)) == EVENTS[:1]


@given(st.integers(min_value=0))
def test_a_killed_run_leaves_a_readable_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Wherever the file is cut, the events before the cut are read."""
    path = written(tmp_path_factory.mktemp("record"))
    whole = path.read_bytes()
    path.write_bytes(whole[: cut % (len(whole) + 1)])
    events = list(read_events(path))
    assert events == EVENTS[: len(events)]
    assert len(events) >= whole[: cut % (len(whole) + 1)].count(b"\n")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """A complete line that is no event is an error with file and line."""
    path = written(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"type": "nonsense"}\n' + lines[1])
    with pytest.raises(BadRecordError, match=r"events\.ndjson, line 2: expected an event"):
        list(read_events(path))


@given(st.text(st.characters()))
def test_any_text_survives(text: str) -> None:
    """Titles with any characters, lone surrogates too, survive the round trip."""
    event = scenario_run(0, title=text)
    line = encode_line(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_line(line) == event


def test_signatures_tell_bugs_apart() -> None:
    """Each part of the identity counts, and equal identities have equal signatures."""
    parts = {"rule": "R", "check": "c", "operation": "o", "situation": "s", "outcome": "x"}
    one = signature_of(**parts)
    assert one == signature_of(**parts)
    others = {signature_of(**{**parts, key: "another"}) for key in parts}
    assert len(others | {one}) == len(parts) + 1


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("transitions", ("open get none accept", "open get none accept accepted wet", "")),
        ("transitions", ("moon get none accept accepted", "open get none accept accepted\n")),
        ("latency", ("get", "get 177", "get -1", "patch 3", "get 03")),
    ],
)
def test_a_count_under_another_key_is_refused(field: str, keys: tuple[str, ...]) -> None:
    """A record that was edited by hand is named when it is read, not when its report is made."""
    for key in keys:
        event = scenario_run(0, **{field: {key: 1}})
        with pytest.raises(msgspec.ValidationError, match=f"regex.*{field}"):
            decode_line(encode_line(event))


def test_every_transition_and_every_bucket_has_a_key() -> None:
    """What a run writes is read again, and a key says what it was made of."""
    cases = [
        TransitionCase(*words, dry=dry)
        for words in product(SourceState, Operation, RequestedState, Ruling, Answered)
        for dry in (False, True)
    ]
    assert len({case.key for case in cases}) == len(cases)
    assert all(TransitionCase.parse(case.key) == case for case in cases)
    buckets = {latency_key(name, at): 1 for name in Operation for at in range(BUCKETS)}
    event = scenario_run(0, transitions={case.key: 1 for case in cases}, latency=buckets)
    assert decode_line(encode_line(event)) == event


def test_a_text_that_is_no_transition_is_an_error() -> None:
    """It shows the text."""
    with pytest.raises(ValueError, match="found 'open'"):
        TransitionCase.parse("open")
