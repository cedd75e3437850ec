"""The Python blocks of the pages run as they are; those of one page share their names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .blocks import ROOT, executable

FIXTURE = re.compile(r"\bcartfuzz_(?:client|environment|target)\b")
"""What only a test of pytest can use: ``tests/pytest_plugin/test_documentation.py`` runs those."""
PAGES = sorted({one.page for one in executable("python") if not FIXTURE.search(one.text)})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each example runs, and one that judges names the rule that is broken."""
    namespace: dict[str, object] = {"__name__": "page"}
    for block in executable("python"):
        if block.page != page or FIXTURE.search(block.text):
            continue
        exec(compile(block.text, block.name, "exec"), namespace)  # noqa: S102 - our own page
        for name in [name for name in namespace if name.startswith("test_")]:
            test = namespace.pop(name)
            assert callable(test)
            test()
        if "print(" in block.text:
            printed = capsys.readouterr().out
            assert re.search(r"^STATE-0\d ", printed, re.MULTILINE), printed
