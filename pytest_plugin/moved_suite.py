"""Keeps the suite's former path working, with a warning, until the next release."""

from __future__ import annotations

import pytest

from .options import SUITE

FORMER_SUITE = "cartfuzz.harness.suite"
_MESSAGE = (
    f"{FORMER_SUITE} has moved and will stop working in the next release: "
    f"use pytest --pyargs {SUITE}"
)


def rewrite_former_path(config: pytest.Config) -> None:
    """Replaces the suite's former path among what pytest is about to collect, and warns.

    ``config.args`` holds it wherever it was written: on the command line, in ``addopts`` or in
    ``testpaths``. Workers of pytest-xdist get the user's command line again, so they replace it
    too, but only the process that the user started warns.

    Raises:
        pytest.UsageError: the user's filters make an error of the warning. A bare exception would
            end pytest with the traceback of an internal error here.
    """
    if not config.option.pyargs or not any(map(_is_former, config.args)):
        return
    config.args[:] = [
        SUITE + arg.removeprefix(FORMER_SUITE) if _is_former(arg) else arg for arg in config.args
    ]
    if hasattr(config, "workerinput"):
        return
    try:
        config.issue_config_time_warning(pytest.PytestDeprecationWarning(_MESSAGE), stacklevel=2)
    except pytest.PytestDeprecationWarning as warning:
        raise pytest.UsageError(f"cartfuzz: {warning} (filterwarnings=error)") from None


def _is_former(arg: str) -> bool:
    """Whether ``arg`` names the former package, a module of it, or a test in one."""
    rest = arg.removeprefix(FORMER_SUITE)
    return rest != arg and rest[:1] in ("", ".", ":")
