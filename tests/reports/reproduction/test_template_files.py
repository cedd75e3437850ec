"""Templates are files; values fill them as they are."""

from __future__ import annotations

import ast
import inspect
from importlib.resources import files
from types import ModuleType

import pytest

from cartfuzz.reports.reproduction import template_files
from cartfuzz.reports.reproduction.runtime import claim_checker, raw_sockets
from cartfuzz.reports.reproduction.template_files import body_of, filled, import_lines


def test_templates_are_shipped() -> None:
    """All of them are package data."""
    folder = files(template_files.__package__).joinpath("templates")
    assert sorted(member.name for member in folder.iterdir()) == [
        "check_claim.py.template",
        "fresh_codes.py.template",
        "raw_requests.sh.template",
        "repeated_requests.py.template",
        "repeated_requests.sh.template",
        "reproduce.sh.template",
        "test_reproduce.py.template",
    ]


def test_a_value_is_not_read_as_a_template() -> None:
    """A placeholder inside a value stays as it is."""
    text = filled(
        "check_claim.py", claim_checker="@@{step} $x {y}", requests=[], step=3, statuses=[]
    )
    assert "@@{step} $x {y}" in text
    assert "problem(claim, answers, 3)" in text


def test_a_missing_value_is_an_error() -> None:
    """No script has an unfilled placeholder."""
    with pytest.raises(KeyError, match="step"):
        filled("check_claim.py", claim_checker="", requests=[], statuses=[])


def test_an_unknown_template_is_an_error_with_its_path() -> None:
    """The name is in the error."""
    with pytest.raises(FileNotFoundError, match=r"nothing\.template"):
        filled("nothing")


@pytest.mark.parametrize("module", [claim_checker, raw_sockets])
def test_a_module_is_copied_without_its_imports(module: ModuleType) -> None:
    """Everything else is there, and is Python."""
    body = ast.parse(body_of(module)).body
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in body)
    copied = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    own = inspect.getmembers(module, inspect.isfunction)
    assert copied == {name for name, function in own if function.__module__ == module.__name__}


def test_imports_are_one_line_a_module() -> None:
    """Those of several sources are merged; that of __future__ is on top of a script already."""
    source = "from __future__ import annotations\nimport re\nfrom a import (\n    d,\n    c,\n)\n"
    assert import_lines(source, "import json, re\nfrom a import b") == [
        "import json",
        "import re",
        "from a import b, c, d",
    ]
