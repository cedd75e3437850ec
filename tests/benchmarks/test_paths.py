"""The benchmarks name files of the project; these exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
_ROOMS = "contract|wire|record|analysis|oracle|strategies|harness|reports|sandbox|cli|tests"


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.name)
def test_files_and_folders_that_a_benchmark_names_exist(path: Path) -> None:
    """A moved module does not leave a benchmark looking for its former place."""
    pattern = rf'"/?(?:cartfuzz/)?((?:{_ROOMS})/[\w/]*(?:\.py)?)[:"]'
    named = re.findall(pattern, path.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
