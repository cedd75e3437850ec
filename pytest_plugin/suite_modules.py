"""Collects the ready-made suite, whatever the project calls its own files and functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from .options import SUITE

_FOLDER = Path(__file__).parent.parent / "suite"


class SuiteModule(pytest.Module):
    """A module of the suite: ``python_functions`` and ``python_classes`` are for other modules."""

    def funcnamefilter(self, name: str) -> bool:
        """Whether a function is a test."""
        return name.startswith("test_")

    def classnamefilter(self, name: str) -> bool:  # noqa: ARG002 - pytest's signature
        """Whether a class holds tests: none does."""
        return False


def module_of_suite(path: Path, parent: pytest.Collector) -> SuiteModule | None:
    """The collector of a file of the suite that holds tests; None: the file is another one.

    The IDs of its tests are what ``--pyargs`` takes: ``cartfuzz.suite.test_rules::test_rule[…]``.
    """
    if not is_in_suite(path) or not path.match("test_*.py"):
        return None
    # The path of an installed file would fill the line, and leave no room for a reason.
    return SuiteModule.from_parent(parent, path=path, nodeid=f"{SUITE}.{path.stem}")


def is_in_suite(path: Path) -> bool:
    """Whether ``path`` is a file of the suite."""
    return path.parent == _FOLDER


def is_of_suite(item: pytest.Item) -> bool:
    """Whether ``item`` is a test of the suite."""
    return item.getparent(SuiteModule) is not None


def lift_time_limit(item: pytest.Item) -> None:
    """Takes a test of the suite out of the time limit that pytest-timeout puts on each test.

    Whichever test comes first waits until everything is sent: minutes, where few requests a second
    are allowed. Each request has a time limit of its own.
    """
    if is_of_suite(item) and item.config.pluginmanager.hasplugin("timeout"):
        item.add_marker(pytest.mark.timeout(0))
