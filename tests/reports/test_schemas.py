"""The published schemas: up to date, and what Cartfuzz writes and wrote is valid by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.analysis import RunState, summary_of
from cartfuzz.cli import main
from cartfuzz.record import FORMAT, Event, RunStarted, decode_line, encode_line, read_events
from cartfuzz.reports import write_summary
from cartfuzz.reports.schemas import Schema, schema_of, schema_text

from ..record.events import started
from .test_markdown_report import events_with

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "schemas"
OLDER = sorted((ROOT / "tests" / "data" / "format-0.1").glob("*/events.ndjson"))


@cache
def validator(what: Schema) -> jsonschema_rs.Validator:
    """The published schema."""
    return jsonschema_rs.validator_for(json.loads((PUBLISHED / what.file_name).read_text("utf-8")))


@pytest.mark.parametrize("what", list(Schema))
def test_published_schemas_are_up_to_date(what: Schema, capsys: pytest.CaptureFixture[str]) -> None:
    """``cartfuzz schema`` prints what docs/schemas holds, and it is a valid schema."""
    assert main(["schema", what.value]) == 0
    published = (PUBLISHED / what.file_name).read_text("utf-8")
    assert capsys.readouterr().out == published, "make schemas writes them anew"
    jsonschema_rs.meta.validate(schema_of(what))


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.parent.name)
def test_older_records_and_their_summaries_are_valid(path: Path, tmp_path: Path) -> None:
    """As they were written, and as they are written now."""
    events = list(read_events(path))
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            validator(Schema.EVENTS).validate(json.loads(line))
    for event in events:
        validator(Schema.EVENTS).validate(json.loads(encode_line(event)))
    write_summary(summary_of(RunState.of(events)), tmp_path / "summary.json")
    validator(Schema.SUMMARY).validate(json.loads((tmp_path / "summary.json").read_text("utf-8")))


def test_what_is_written_now_is_valid_and_has_its_version(tmp_path: Path) -> None:
    """The summary always; the record, where a run writes it."""
    events: list[Event] = events_with("CART-02", "STATE-01", text="\ud800<odd>")
    for event in events:
        validator(Schema.EVENTS).validate(json.loads(encode_line(event)))
    write_summary(summary_of(RunState.of(events)), tmp_path / "summary.json")
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    validator(Schema.SUMMARY).validate(summary)
    assert summary["format"] == FORMAT


def test_a_file_without_version_is_of_the_first_one() -> None:
    """Every file was, before the member was there."""
    line: dict[str, Any] = json.loads(encode_line(started(format_version=9)))
    assert line.pop("format") == 9
    event = decode_line(json.dumps(line).encode() + b"\n")
    assert isinstance(event, RunStarted)
    assert event.format_version == 1


def test_a_schema_leaves_later_members_open() -> None:
    """What a later Cartfuzz adds in the same version does not break a program."""
    for what in Schema:
        assert '"additionalProperties": false' not in schema_text(what)
    later = json.loads(encode_line(started())) | {"later": 1}
    validator(Schema.EVENTS).validate(later)
    assert msgspec.json.decode(json.dumps(later), type=RunStarted) == started()
