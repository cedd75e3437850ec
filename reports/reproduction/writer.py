"""Writes the folders of discrepancies, and removes those of an earlier run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import msgspec

from ...record.whole_file import remove_unfinished
from ..clean_file import write_clean
from .artefact import Artefact
from .claim_payload import record_breaks_claim
from .curl_script import curl_script
from .explain import explanation
from .pytest_script import pytest_script

_FILES = ("scenario.json", "explain.md", "reproduce.sh", "test_reproduce.py")
_READABLE, _EXECUTABLE = 0o644, 0o755
_SIGNATURE = re.compile(r"[A-Z0-9-]+-[0-9a-f]+", re.ASCII)


def write_artefact(artefact: Artefact, folder: Path) -> None:
    """Writes ``artefact`` into a folder under ``folder`` that has its signature as name.

    ``scenario.json`` and ``explain.md`` are always written; ``scenario.json`` of a contradiction
    holds a list of both scenarios. ``reproduce.sh`` and ``test_reproduce.py`` are written only if a
    script can decide without the model whether the bug is there: the claim must fail on the
    recorded answers, unless the requests are synthetic.

    Raises:
        OSError: a file cannot be written; the error names its path.
        ValueError: the signature cannot be the name of a folder.
    """
    found = artefact.discrepancy
    if not _SIGNATURE.fullmatch(found.signature):
        raise ValueError(
            f"signature of an artefact: expected one such as CART-02-91f0c3a7de, "
            f"found {found.signature!r}"
        )
    artefact = with_proven_claim(artefact)
    own = folder / found.signature
    own.mkdir(parents=True, exist_ok=True)
    _write(own / "scenario.json", json.dumps(_scenario_json(artefact), indent=2))
    _write(own / "explain.md", explanation(artefact))
    if artefact.can_be_scripted:
        _write(own / "test_reproduce.py", pytest_script(artefact))
        _write(own / "reproduce.sh", curl_script(artefact), mode=_EXECUTABLE)


def with_proven_claim(artefact: Artefact) -> Artefact:
    """``artefact`` without its claim where that holds on the recorded answers: then no script can
    show the discrepancy. The answers to synthetic requests are not on record."""
    if not artefact.can_be_scripted or artefact.synthetic or record_breaks_claim(artefact):
        return artefact
    found = msgspec.structs.replace(artefact.discrepancy, claim=None)
    return replace(artefact, discrepancy=found)


def remove_artefacts(folder: Path) -> None:
    """Removes what `write_artefact` wrote under ``folder``. Files of others stay.

    Raises:
        OSError: a file cannot be removed; the error names its path.
    """
    for own in folder.iterdir() if folder.is_dir() else ():
        if _SIGNATURE.fullmatch(own.name) and own.is_dir():
            remove_unfinished(own, _FILES)
            for name in _FILES:
                (own / name).unlink(missing_ok=True)
            if not any(own.iterdir()):
                own.rmdir()


def _scenario_json(artefact: Artefact) -> object:
    if artefact.second_scenario is None:
        return msgspec.to_builtins(artefact.scenario)
    return msgspec.to_builtins((artefact.scenario, artefact.second_scenario))


def _write(path: Path, text: str, *, mode: int = _READABLE) -> None:
    write_clean(path, (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"), mode=mode)
