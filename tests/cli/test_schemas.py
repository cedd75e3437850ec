"""The published schemas: up to date, and what Cartfuzz writes and wrote is valid by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.analysis import RunState, compare, summary_of
from cartfuzz.cli import main
from cartfuzz.cli.schema import PUBLISHED
from cartfuzz.record import FORMAT, Event, RunStarted, decode_line, encode_line, read_events
from cartfuzz.reports import write_json, write_summary

from ..record.events import started
from ..reports.comparisons import everything
from ..reports.test_markdown_report import events_with

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
OLDER = sorted((ROOT / "tests" / "data" / "format-0.1").glob("*/events.ndjson"))


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """The published schema."""
    return jsonschema_rs.validator_for(json.loads(published(name)))


def published(name: str) -> str:
    """The file of a schema."""
    return (SCHEMAS / PUBLISHED[name].file_name).read_text("utf-8")


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_schemas_are_up_to_date(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``cartfuzz schema`` prints what docs/schemas holds, and it is a valid schema."""
    assert main(["schema", name]) == 0
    assert capsys.readouterr().out == published(name), "make schemas writes them anew"
    jsonschema_rs.meta.validate(json.loads(published(name)))


def test_the_list_of_schemas_names_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name; ``make schemas`` and programs read it."""
    assert main(["schema"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == list(PUBLISHED)
    assert {row[1] for row in rows} == {path.name for path in SCHEMAS.iterdir()}


@pytest.mark.parametrize("name", sorted(PUBLISHED.keys() - {"events", "configuration"}))
def test_a_document_has_the_version_of_its_schema(name: str) -> None:
    """In its member ``format``; a record has it in its first line."""
    schema = json.loads(published(name))
    top = schema["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    assert "format" in top["properties"]
    assert schema["$id"] == f"urn:cartfuzz:{name}:{FORMAT}"


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.parent.name)
def test_older_records_and_their_summaries_are_valid(path: Path, tmp_path: Path) -> None:
    """As they were written, and as they are written now."""
    events = list(read_events(path))
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            validator("events").validate(json.loads(line))
    for event in events:
        validator("events").validate(json.loads(encode_line(event)))
    write_summary(summary_of(RunState.of(events)), tmp_path / "summary.json")
    validator("summary").validate(json.loads((tmp_path / "summary.json").read_text("utf-8")))


def test_what_is_written_now_is_valid_and_has_its_version(tmp_path: Path) -> None:
    """The summary always; the record, where a run writes it."""
    events: list[Event] = events_with("CART-02", "STATE-01", text="\ud800<odd>")
    for event in events:
        validator("events").validate(json.loads(encode_line(event)))
    write_summary(summary_of(RunState.of(events)), tmp_path / "summary.json")
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    validator("summary").validate(summary)
    assert summary["format"] == FORMAT


def test_a_comparison_is_valid(tmp_path: Path) -> None:
    """With each thing that there is, and of two older records."""
    write_json(everything("\ud800<odd>"), tmp_path / "diff.json")
    validator("diff").validate(json.loads((tmp_path / "diff.json").read_text("utf-8")))
    old, new = (summary_of(RunState.of(list(read_events(path)))) for path in OLDER[:2])
    write_json(compare(old, new, names=("old", "new")), tmp_path / "diff.json")
    read = json.loads((tmp_path / "diff.json").read_text("utf-8"))
    validator("diff").validate(read)
    assert read["format"] == FORMAT


def test_a_file_without_version_is_of_the_first_one() -> None:
    """Every file was, before the member was there."""
    line: dict[str, Any] = json.loads(encode_line(started(format_version=9)))
    assert line.pop("format") == 9
    event = decode_line(json.dumps(line).encode() + b"\n")
    assert isinstance(event, RunStarted)
    assert event.format_version == 1


def test_a_schema_leaves_later_members_open() -> None:
    """What a later Cartfuzz adds in the same version does not break a program."""
    for name in PUBLISHED.keys() - {"configuration"}:
        assert '"additionalProperties": false' not in published(name)
    later = json.loads(encode_line(started())) | {"later": 1}
    validator("events").validate(later)
    assert msgspec.json.decode(json.dumps(later), type=RunStarted) == started()
