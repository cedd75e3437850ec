"""Standard output that is full or closed, a disk that is full, a folder that goes away."""

from __future__ import annotations

import errno
import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.cli.output_guard import guarded_output
from cartfuzz.cli.run_record import RunRecord
from cartfuzz.record import RecordWriter, RunStarted, read_events

from ..record.events import scenario_run, started

Output = pytest.CaptureFixture[str]
FAULT = ("run", "--sandbox-fault", "refuses-to-create-closed", "--seed", "1", "--no-minimise")


class Broken(io.StringIO):
    """A stream that takes some writes and then none."""

    def __init__(self, number: int, after: int) -> None:
        super().__init__()
        self._number, self._left = number, after

    def write(self, text: str) -> int:
        self._left -= 1
        if self._left < 0:
            raise OSError(self._number, "broken")
        return super().write(text)


@contextmanager
def standard_output(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", stream)
        yield


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC])
def test_output_costs_no_file_and_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, after: int
) -> None:
    """Whatever of it could be written."""
    with standard_output(Broken(number, after), monkeypatch):
        code = main([*FAULT, "--requests", "300", "--report-dir", str(tmp_path)])
    summary = read_summary(tmp_path / "summary.json")
    assert code == (1 if summary.discrepancies else 130)
    assert number == errno.EPIPE or summary.discrepancies
    assert (tmp_path / "junit.xml").exists()


def test_a_closed_output_ends_the_run_and_a_full_one_is_replaced(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """After ``| head -1`` nobody wants an hour more; what a full disk refuses is still printed."""
    stop = threading.Event()
    with standard_output(Broken(errno.EPIPE, 0), monkeypatch), guarded_output() as output:
        output.when_closed(stop.set)
        click.echo("lost")
    assert stop.is_set()
    assert "lost" not in capsys.readouterr().err
    with standard_output(Broken(errno.ENOSPC, 1), monkeypatch), guarded_output():
        click.echo("kept")
    assert "kept" in capsys.readouterr().err


def test_what_cannot_be_recorded_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """A full disk: the run stops, exit 9, all that was found on the terminal."""
    write = RecordWriter.write

    def full(record: RecordWriter, event: object) -> None:
        if getattr(event, "discrepancies", ()):
            raise OSError(errno.ENOSPC, "No space left on device", "events.ndjson")
        write(record, event)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordWriter, "write", full)
    assert main([*FAULT, "--report-dir", str(tmp_path)]) == 9
    output, errors = capsys.readouterr()
    assert "STATE-02" in output
    assert "the report could not be written: events.ndjson: no space left on device" in output
    assert "the run stops, since nothing more is recorded" in errors


def test_a_line_that_does_not_fit_leaves_no_part(tmp_path: Path) -> None:
    """The record ends with the last whole line, and further ones may follow."""
    path = tmp_path / "events.ndjson"
    with RecordWriter(path) as record:
        record.write(started())
        file = record._file

        class Full:
            """Takes ten bytes of a line."""

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

            def write(self, line: bytes) -> int:
                file.write(line[:10])
                raise OSError(errno.ENOSPC, "full")

        record._file = Full()  # type: ignore[assignment]
        with pytest.raises(OSError, match=r"events\.ndjson"):
            record.write(scenario_run(0))
        record._file = file
        record.write(scenario_run(1))
    assert list(read_events(path)) == [started(), scenario_run(1)]


def test_a_record_whose_folder_is_removed_is_put_back(tmp_path: Path, capsys: Output) -> None:
    """With all that it held; a file of others in its place is left alone, and ends the run."""
    path, stop = tmp_path / "report" / "events.ndjson", threading.Event()
    path.parent.mkdir()
    with RunRecord(path, started(), stop=stop) as record:
        record.write(scenario_run(0))
        shutil.rmtree(path.parent)
        record.write(scenario_run(1))
        assert list(read_events(path)) == [started(), scenario_run(0), scenario_run(1)]
        assert "was removed while the run writes it" in capsys.readouterr().err
        path.unlink()
        path.write_text("mine")
        record.write(scenario_run(2))
    assert path.read_text() == "mine"
    assert stop.is_set()


def test_a_record_of_an_earlier_run_stays_until_there_is_a_newer(tmp_path: Path) -> None:
    """No moment leaves a folder with a record that holds nothing."""
    path = tmp_path / "events.ndjson"
    for _ in range(2):
        with RunRecord(path, started(), stop=threading.Event()):
            assert isinstance(next(read_events(path)), RunStarted)
    assert [one.name for one in tmp_path.iterdir()] == ["events.ndjson"]
