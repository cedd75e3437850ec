"""The runtime modules need nothing but the standard library, alone and inside scripts."""

from __future__ import annotations

import ast
import inspect
import sys
from types import ModuleType

import pytest

from cartfuzz.reports.reproduction.runtime import claim_checker, raw_sockets


@pytest.mark.parametrize("module", [claim_checker, raw_sockets])
def test_only_the_standard_library_is_imported(module: ModuleType) -> None:
    """At any place in the module, and nothing of this package."""
    names = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").partition(".")[0])
    assert names
    assert names <= sys.stdlib_module_names
