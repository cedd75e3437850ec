"""Folders of discrepancies are written whole, and nothing of others is removed."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any

import pytest

from cartfuzz.contract import MARK, Fetch, Scenario
from cartfuzz.record import StatusIn, TypeIs
from cartfuzz.reports.reproduction import remove_artefacts, write_artefact

from .examples import artefact, exchange, found

REFUSED = StatusIn(statuses=(400,))


def test_a_folder_holds_four_files(tmp_path: Path) -> None:
    """Scenario, explanation, and two scripts of which the shell's can be run."""
    shown = artefact(REFUSED)
    write_artefact(shown, tmp_path)
    own = tmp_path / shown.discrepancy.signature
    assert sorted(path.name for path in own.iterdir()) == [
        "explain.md",
        "reproduce.sh",
        "scenario.json",
        "test_reproduce.py",
    ]
    assert os.access(own / "reproduce.sh", os.X_OK)
    ast.parse((own / "test_reproduce.py").read_text("utf-8"))


@pytest.mark.parametrize(
    "changes",
    [
        {"discrepancy": found(None)},
        {"exchanges": (exchange(status=400),)},
        {"no_script_reason": "it takes 9,000 sessions", "synthetic": True},
    ],
)
def test_a_script_that_cannot_decide_is_not_written(changes: Any, tmp_path: Path) -> None:
    """No claim, a claim that holds on the record, or a reason against it."""
    shown = artefact(REFUSED, **changes)
    write_artefact(shown, tmp_path)
    own = tmp_path / shown.discrepancy.signature
    assert sorted(path.name for path in own.iterdir()) == ["explain.md", "scenario.json"]
    assert "There is no script: " in (own / "explain.md").read_text("utf-8")


def test_synthetic_requests_need_no_answers_on_record(tmp_path: Path) -> None:
    """Their scripts are written though the record cannot break the claim."""
    shown = artefact(REFUSED, exchanges=(), synthetic=True)
    write_artefact(shown, tmp_path)
    assert (tmp_path / shown.discrepancy.signature / "reproduce.sh").exists()


def test_a_contradiction_stores_both_scenarios(tmp_path: Path) -> None:
    """As a list."""
    second = Scenario(title="second", sessions=(MARK,), steps=(Fetch(),))
    shown = artefact(REFUSED, second_scenario=second)
    write_artefact(shown, tmp_path)
    stored = json.loads((tmp_path / shown.discrepancy.signature / "scenario.json").read_text())
    assert [len(stored), stored[1]["title"]] == [2, "second"]


@pytest.mark.parametrize("body", ["[" * 2_000 + "]" * 2_000, "[" * 65_536])
def test_answers_that_are_nested_too_deeply_are_written(body: str, tmp_path: Path) -> None:
    """Scripts do not take them for JSON either."""
    shown = artefact(TypeIs(pointer="", type="object"), exchanges=(exchange(answer=body),))
    write_artefact(shown, tmp_path)
    assert (tmp_path / shown.discrepancy.signature / "reproduce.sh").exists()


def test_only_signatures_name_folders(tmp_path: Path) -> None:
    """No path leads out of the folder, and the error shows the value."""
    shown = artefact(None, discrepancy=found(None, signature="../../CART-02-ab"))
    with pytest.raises(ValueError, match=r"expected one such as .*, found '\.\./\.\./CART-02-ab'"):
        write_artefact(shown, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_error_names_the_path(tmp_path: Path) -> None:
    """Of the file that cannot be written."""
    shown = artefact(REFUSED)
    (tmp_path / shown.discrepancy.signature / "explain.md").mkdir(parents=True)
    with pytest.raises(OSError, match=r"explain\.md"):
        write_artefact(shown, tmp_path)
    with pytest.raises(OSError, match=r"explain\.md"):
        remove_artefacts(tmp_path)


def test_removing_leaves_what_others_wrote(tmp_path: Path) -> None:
    """Files in folders of other names, and further files in an artefact's folder."""
    shown = artefact(REFUSED)
    own = tmp_path / shown.discrepancy.signature
    write_artefact(shown, tmp_path)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "explain.md").write_text("mine")
    (own / "notes.txt").write_text("mine")
    remove_artefacts(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["explain.md", "notes.txt"]
    (own / "notes.txt").unlink()
    remove_artefacts(tmp_path)
    assert not own.exists()


def test_there_may_be_nothing_to_remove(tmp_path: Path) -> None:
    """An earlier run may not have left a folder."""
    remove_artefacts(tmp_path / "absent")
