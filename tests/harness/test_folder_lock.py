"""The lock on a report folder: one holder, named to the others, and none that outlives it."""

from __future__ import annotations

import multiprocessing
import os
import re
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.harness.folder_lock import LOCK_FILE, FolderInUseError, locked_folder
from cartfuzz.harness.private_folder import private_folder, removed_at_end


def test_the_second_is_refused_and_learns_who_holds_it(tmp_path: Path) -> None:
    """With process and time; afterwards the folder is free, and no file is left."""
    expected = rf"{re.escape(str(tmp_path))}: .* process {os.getpid()}, since \d{{4}}-.* UTC; wait"
    with (
        locked_folder(tmp_path),
        pytest.raises(FolderInUseError, match=expected),
        locked_folder(tmp_path),
    ):
        pass
    with locked_folder(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["run", "--sandbox"], ["ci", "--sandbox"]])
def test_a_run_leaves_a_folder_in_use_alone(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 before anything is sent or removed."""
    (tmp_path / "summary.json").touch()
    with locked_folder(tmp_path):
        assert main([*command, "--report-dir", str(tmp_path)]) == 2
    assert "in use by process" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def hold_and_die(folder: Path) -> None:
    """Ends without giving the lock back."""
    with locked_folder(folder):
        os._exit(1)


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    """The file that it leaves locks nothing, and the next holder removes it."""
    process = multiprocessing.get_context("spawn").Process(target=hold_and_die, args=(tmp_path,))
    process.start()
    process.join()
    assert (tmp_path / LOCK_FILE).exists()
    with locked_folder(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_only_read_is_not_locked(tmp_path: Path) -> None:
    """Reading commands work on what cannot be written."""
    with locked_folder(tmp_path / "missing"):
        pass


def test_temporary_files_of_a_killed_run_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a living one stay; the folder of all is the user's alone."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with removed_at_end("living"):
        base = private_folder()
        assert base.stat().st_mode & 0o777 == 0o700
        (base / "killed").mkdir()
        (base / "killed" / "1.lock").touch()
        with removed_at_end("next"):
            assert sorted(path.name for path in base.iterdir()) == ["living", "next"]
    assert list(base.iterdir()) == []


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name can be foreseen; a link is none of ours either."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"cartfuzz-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="expected a folder of user"):
        private_folder()
