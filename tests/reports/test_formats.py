"""The formats of a report: their names, their files, and what is missing for one of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cartfuzz.analysis.report_format import Format
from cartfuzz.contract import ConfigurationError
from cartfuzz.record import RecordWriter
from cartfuzz.reports.formats import (
    FILES,
    check_formats,
    formats_line,
    formats_named,
    write_formats,
)

from .test_markdown_report import events_with, run_with

WITHOUT_EXTRA = [one for one in Format if one is not Format.HTML]


def test_names_have_commas_between_them() -> None:
    """Spaces do not count, and a name twice is that format once."""
    named = formats_named("sarif, markdown,sarif", option="--report")
    assert named == (Format.SARIF, Format.MARKDOWN)


@pytest.mark.parametrize("text", ["", "pdf", "html,", "HTML", "html;sarif"])
def test_a_wrong_name_is_answered_with_all_of_them(text: str) -> None:
    """The line names the option, what can be chosen, and what was given."""
    with pytest.raises(ConfigurationError) as caught:
        formats_named(text, option="--format")
    assert str(caught.value) == (
        "--format: expected some of html, junit, markdown, sarif, har, json, with commas between "
        f"them, found {text!r}"
    )


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the command that installs it; the other formats need nothing."""
    monkeypatch.setitem(sys.modules, "cartfuzz.reports.html", None)
    check_formats(WITHOUT_EXTRA, option="--report")
    with pytest.raises(ConfigurationError, match=r"^--report: .*pip install 'cartfuzz\[html\]'"):
        check_formats([Format.HTML], option="--report")


def test_nothing_is_written_where_a_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even what comes before it."""
    monkeypatch.setitem(sys.modules, "cartfuzz.reports.html", None)
    with pytest.raises(ConfigurationError):
        write_formats([Format.JSON, Format.HTML], *run_with("CART-02"), tmp_path, option="--format")
    assert not list(tmp_path.iterdir())


def test_each_format_has_its_file(tmp_path: Path) -> None:
    """And only those are written that were asked for."""
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events_with("CART-02"):
            record.write(event)
    write_formats(list(Format), *run_with("CART-02"), tmp_path, option="--format")
    written = {path.name for path in tmp_path.iterdir()} - {"events.ndjson"}
    assert written == set(FILES.values())
    assert all((tmp_path / name).stat().st_size for name in written)
    assert formats_line(Path("r"), [Format.SARIF, Format.HAR]) == (
        "report: r/report.sarif, report.har"
    )
