"""What the folders of two runs add to their comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis import Change, Comparison
from cartfuzz.reports.diff_evidence import with_folders

from .comparisons import changed


def folders_of(tmp_path: Path, *changes: Change, signature: str) -> list[str]:
    """The folder that each change gets, relative to ``tmp_path``."""
    result = Comparison.build(
        [changed(change, signature=signature) for change in changes], names=("old", "new")
    )
    found = with_folders(result, tmp_path / "old", tmp_path / "new")
    return [one.folder.removeprefix(f"{tmp_path}/") for one in found.changes]


def test_each_is_in_the_folder_of_the_run_that_shows_it(tmp_path: Path) -> None:
    """What is gone in the older one, all else in the newer one; without a folder there is none."""
    name = "CART-02-0123456789"
    every = (Change.NEW, Change.FIXED, Change.NOT_SEEN, Change.STILL_THERE)
    assert folders_of(tmp_path, *every, signature=name) == [""] * 4
    for run in ("old", "new"):
        (tmp_path / run / "discrepancies" / name).mkdir(parents=True)
    runs = [one.partition("/")[0] for one in folders_of(tmp_path, *every, signature=name)]
    assert runs == ["new", "old", "old", "new"]


@pytest.mark.parametrize("name", ["../../secret", "..", "a/b", ""])
def test_a_forged_signature_leads_nowhere(tmp_path: Path, name: str) -> None:
    """A link out of the folder of discrepancies is never made."""
    (tmp_path / "new" / "discrepancies" / "a" / "b").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    assert folders_of(tmp_path, Change.NEW, signature=name) == [""]
