"""Lines in a temporary file."""

from __future__ import annotations

import gc
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import spill_file
from cartfuzz.analysis.spill_file import SpillFile


class FullFile(io.FileIO):
    """Takes half of the third write, as a file does on a disk that gets full, and then no more."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w+b")
        self._writes = 0

    def write(self, data: object) -> int:
        self._writes += 1
        if self._writes > 3:
            raise OSError(28, "No space left on device")
        assert isinstance(data, bytes)
        return super().write(data if self._writes < 3 else data[: len(data) // 2])


@given(st.lists(st.binary()))
def test_each_line_is_read_back(lines: list[bytes]) -> None:
    """Every line can be read, however many were appended after it."""
    file = SpillFile()
    spans = []
    for line in lines:
        spans.append(file.append(line))
        for span, before in zip(spans, lines, strict=False):
            assert span is not None
            assert file.read(span) == before


def test_a_full_disk_loses_nothing_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first write that fails nothing is appended, and earlier lines can be read."""
    monkeypatch.setattr(spill_file, "TemporaryFile", lambda **_: FullFile(tmp_path / "spilled"))
    file = SpillFile()
    spans = [file.append(line) for line in (b"one", b"two", b"three", b"four")]
    assert spans[2:] == [None, None]
    assert [file.read(span) for span in spans if span is not None] == [b"one", b"two"]


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder for temporary files a line is not kept, and nothing is raised."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert SpillFile().append(b"one") is None


def test_its_file_goes_with_it() -> None:
    """An open file would cause a warning, which is an error here."""
    lines = SpillFile()
    assert lines.append(b"one") is not None
    file = lines._file
    del lines
    gc.collect()
    assert file is not None
    assert file.closed
