"""Lines laid aside on disk."""

from __future__ import annotations

import gc
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import spill_file as aside
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
    """Whatever was laid aside since."""
    kept = SpillFile()
    places = []
    for line in lines:
        places.append(kept.put(line))
        for place, before in zip(places, lines, strict=False):
            assert place is not None
            assert kept.get(place) == before


def test_a_full_disk_loses_nothing_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "TemporaryFile", lambda **_: FullFile(tmp_path / "aside"))
    kept = SpillFile()
    places = [kept.put(line) for line in (b"one", b"two", b"three", b"four")]
    assert places[2:] == [None, None]
    assert [kept.get(place) for place in places if place is not None] == [b"one", b"two"]


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert SpillFile().put(b"one") is None


def test_its_file_goes_with_it() -> None:
    """An open file would be told as a warning, which is an error here."""
    kept = SpillFile()
    assert kept.put(b"one") is not None
    file = kept._file
    del kept
    gc.collect()
    assert file is not None
    assert file.closed
