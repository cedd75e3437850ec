"""Files that are written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.record.whole_file import write_named


def test_a_file_is_replaced_and_a_link_is_followed(tmp_path: Path) -> None:
    """A user may name a link, such as ``/dev/stdout``: it stays one."""
    file, link = tmp_path / "file", tmp_path / "link"
    write_named(file, b"one")
    link.symlink_to(file)
    write_named(link, b"two")
    assert link.is_symlink()
    assert file.read_bytes() == b"two"
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nothing is left behind."""
    with pytest.raises(OSError, match=tmp_path.name):
        write_named(tmp_path, b"one")
    assert list(tmp_path.iterdir()) == []
