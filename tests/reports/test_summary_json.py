"""``summary.json`` is JSON, and is replaced as a whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from cartfuzz.record import StopReason
from cartfuzz.reports import write_summary

from .summaries import any_text, ended, summary_of


@settings(deadline=None)
@given(any_text)
def test_summary_json_is_json(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The file is JSON with every text in it unharmed, and no other file is left in the folder."""
    folder = tmp_path_factory.mktemp("summary")
    write_summary(summary_of(text), folder / "summary.json")
    read = json.loads((folder / "summary.json").read_text("utf-8"))
    assert read["discrepancies"][0]["found"] == text
    assert [path.name for path in folder.iterdir()] == ["summary.json"]


def test_a_failed_write_leaves_the_old_summary(tmp_path: Path) -> None:
    """If the file cannot be replaced, the old one stays and no temporary file is left."""
    path = tmp_path / "summary.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"summary\.json"):
        write_summary(ended(StopReason.COMPLETED), path)
    assert [member.name for member in tmp_path.iterdir()] == ["summary.json"]
    assert path.is_dir()
