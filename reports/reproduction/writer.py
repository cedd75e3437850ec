"""Writes the folder of one discrepancy."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import msgspec

from .artefact import Artefact
from .claim_payload import claim_of
from .curl_script import shell_script
from .explain import answers_of, explanation
from .pytest_script import test_file
from .runtime.claim_checker import problem

FILES = ("scenario.json", "explain.md", "reproduce.sh", "test_reproduce.py")
_SAFE = re.compile(r"[A-Z0-9-]+-[0-9a-f]+", re.ASCII)


def write_artefact(artefact: Artefact, folder: Path) -> None:
    """Writes ``artefact`` into a folder of its own under ``folder``, named by its signature.

    ``reproduce.sh`` and ``test_reproduce.py`` are there only where a script can tell the bug by
    itself: where the claim fails on the recorded answers, if there are some. ``scenario.json`` of
    a contradiction holds both scenarios.

    Raises:
        OSError: a file cannot be written.
        ValueError: the signature is no name of a folder.
    """
    found = artefact.discrepancy
    if not _SAFE.fullmatch(found.signature):
        raise ValueError(
            f"expected a signature such as CART-02-91f0c3a7de, found {found.signature!r}"
        )
    if artefact.can_be_scripted and not artefact.made and not _tells(artefact):
        artefact = replace(artefact, discrepancy=msgspec.structs.replace(found, claim=None))
    own = folder / found.signature
    own.mkdir(parents=True, exist_ok=True)
    scenarios = msgspec.to_builtins((artefact.scenario, artefact.second))
    shown = scenarios if artefact.second is not None else scenarios[0]
    _write(own / "scenario.json", json.dumps(shown, indent=2))
    _write(own / "explain.md", explanation(artefact))
    if artefact.can_be_scripted:
        _write(own / "test_reproduce.py", test_file(artefact))
        _write(own / "reproduce.sh", shell_script(artefact))
        (own / "reproduce.sh").chmod(0o755)


def remove_artefacts(folder: Path) -> None:
    """Removes what `write_artefact` left under ``folder``, and nothing else."""
    for own in folder.iterdir() if folder.is_dir() else ():
        if _SAFE.fullmatch(own.name) and own.is_dir():
            for name in FILES:
                (own / name).unlink(missing_ok=True)
            if not any(own.iterdir()):
                own.rmdir()


def _tells(artefact: Artefact) -> bool:
    answers = answers_of(artefact)
    step = min(artefact.discrepancy.step, len(answers) - 1)
    return bool(problem(claim_of(artefact), answers, step))


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip("\n") + "\n", "utf-8", "backslashreplace")
