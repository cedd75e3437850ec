"""Finds what a user names by module and attribute."""

from __future__ import annotations

import sys
from importlib import import_module


def named_object(module: str, path: str) -> object:
    """What ``path`` names in a module; None: nothing.

    The working directory is searched as well, after all else: a file there must not take the place
    of a module that is imported later.

    Args:
        module: ``"shop.api"``.
        path: ``"app"``, or ``"factory.app"``.

    Raises:
        Exception: whatever the import raises, `SystemExit` included.
    """
    if "" not in sys.path:
        sys.path.append("")  # a console script does not search the working directory
    found: object = import_module(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found
