"""What a user names is found, in the working directory as well."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cartfuzz.harness.named_import import named_object

ONE, TWO = "module_of_a_test_one", "module_of_a_test_two"


def test_the_working_directory_is_searched_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a file there takes the place of no module that is installed."""
    here, installed = tmp_path / "here", tmp_path / "installed"
    for folder, names in ((here, (ONE, TWO)), (installed, (TWO,))):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.py").write_text(f"class C:\n    where = {folder.name!r}\n", "utf-8")
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "path", [str(installed), *(entry for entry in sys.path if entry)])
    for name in (ONE, TWO):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert named_object(ONE, "C.where") == "here"
    assert named_object(TWO, "C.where") == "installed"
    assert named_object(TWO, "C.nothing.where") is None
    for name in (ONE, TWO):
        del sys.modules[name]
