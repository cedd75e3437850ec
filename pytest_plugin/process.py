"""Describes this process among those of pytest-xdist, and the folder that all of them share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SHARED_FOLDER_INPUT = "cartfuzz_shared"
"""The controller of pytest-xdist hands each worker the path of the shared folder under this key."""
SEED_INPUT = "cartfuzz_seed"
"""And the seed under this one: a random seed must be the same for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """This process among those of one run of pytest.

    Attributes:
        is_worker: whether pytest-xdist started it; False for the process that the user started.
        number: 0 for the process that the user started, the number of a worker from 1.
        worker_count: processes that send requests.
        shared_folder: where the controller made the shared folder; None: this process makes it.
    """

    is_worker: bool = False
    number: int = 0
    worker_count: int = 1
    shared_folder: Path | None = None


def process_of(config: pytest.Config) -> Process:
    """This process, as pytest-xdist describes it to its workers."""
    given: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if given is None:
        return Process()
    digits = str(given.get("workerid", "")).removeprefix("gw")
    shared = given.get(SHARED_FOLDER_INPUT)
    return Process(
        is_worker=True,
        number=int(digits) + 1 if digits.isdecimal() else 0,
        worker_count=int(given.get("workercount", 1)),
        shared_folder=Path(shared) if shared is not None else None,
    )


class SharedFolder:
    """A folder for the processes of one run of pytest, made once somebody asks for its path.

    Only its owner may look into it: it holds the key of the embedded sandbox.

    Args:
        path: the folder, if another process has made it.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """The folder; it exists."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="cartfuzz-"))
        return self._path

    def remove(self) -> None:
        """Removes the folder with all that it holds."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            self._path = None
