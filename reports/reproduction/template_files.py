"""Reads the template files of reproduction scripts and fills in their values.

A template is the script itself with placeholders ``@@{name}``: neither the shell nor Python gives
``@@`` a meaning, so that all else in the file is as it will be sent to somebody.
"""

from __future__ import annotations

import ast
import inspect
import string
from functools import cache
from importlib.resources import files
from types import ModuleType


class _ScriptTemplate(string.Template):
    delimiter = "@@"


def filled(name: str, **values: object) -> str:
    """The text of the template file ``name`` with ``values`` in place of its placeholders.

    Values are inserted as they are: a placeholder in one of them stays text.

    Args:
        name: the file in ``templates/`` without its suffix, such as ``reproduce.sh``.
        values: by name of the placeholder; shown with `str`.

    Raises:
        FileNotFoundError: there is no such template.
        KeyError: the template has a placeholder without a value.
    """
    template = files(__package__).joinpath("templates", f"{name}.template")
    return _ScriptTemplate(template.read_text("utf-8")).substitute(values)


def body_of(module: ModuleType) -> str:
    """The source of a module of ``runtime`` after its docstring and its imports."""
    source = inspect.getsource(module)
    end = max(statement.lineno for statement in _imports(source))
    return "\n".join(source.splitlines()[end:]).strip()


def import_lines(*sources: str) -> list[str]:
    """All imports of ``sources``, sorted, one line a module.

    That of ``__future__`` is left out: a script has it at its top.
    """
    names: dict[str, set[str]] = {}
    modules: set[str] = set()
    for statement in (statement for source in sources for statement in _imports(source)):
        imported = {ast.unparse(alias) for alias in statement.names}
        if isinstance(statement, ast.Import):
            modules |= imported
        elif statement.module is not None and statement.module != "__future__":
            names.setdefault(statement.module, set()).update(imported)
    return [
        *(f"import {module}" for module in sorted(modules)),
        *(f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)),
    ]


@cache  # the modules of `runtime`, again for each script
def _imports(source: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return tuple(
        statement
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    )
