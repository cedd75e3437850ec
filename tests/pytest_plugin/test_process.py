"""How a process learns its place among those of pytest-xdist, and the folder that they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.pytest_plugin.process import Process, SharedFolder, process_of


def test_without_workers_there_is_one_process(pytester: pytest.Pytester) -> None:
    """It makes the shared folder and sends everything."""
    assert process_of(pytester.parseconfig()) == Process()


def test_a_worker_takes_number_count_and_folder_from_its_controller(
    pytester: pytest.Pytester,
) -> None:
    """Numbers begin with 1, so that no worker takes the marks of the only process."""
    config = pytester.parseconfig()
    given = {"workerid": "gw3", "workercount": 4, "cartfuzz_shared": "/shared"}
    vars(config)["workerinput"] = given  # as pytest-xdist sets it
    assert process_of(config) == Process(
        is_worker=True, number=4, worker_count=4, shared_folder=Path("/shared")
    )


def test_the_folder_is_made_on_first_use_for_its_owner_only() -> None:
    """It holds the key of the sandbox."""
    shared = SharedFolder(None)
    path = shared.path
    assert path == shared.path
    assert path.stat().st_mode & 0o077 == 0
    shared.remove()
    assert not path.exists()


def test_a_folder_that_nobody_asked_for_is_not_made(tmp_path: Path) -> None:
    """To remove it is no error."""
    shared = SharedFolder(tmp_path / "absent")
    shared.remove()
    SharedFolder(None).remove()
    assert not (tmp_path / "absent").exists()
