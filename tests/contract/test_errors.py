"""The tree of errors: everything that a user can meet is below one base."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import cartfuzz
from cartfuzz.contract import CartfuzzError, ConfigurationError, errors

_SIGNALS = {
    "cartfuzz.harness.cleaning._OverError",
    "cartfuzz.harness.corpus.entries.BadEntryError",
    "cartfuzz.harness.har.exchanges.SkippedRequestError",
    "cartfuzz.harness.plugins.bounded_call.NoAnswerError",
    "cartfuzz.harness.side_by_side.comparison._TargetLostError",
    "cartfuzz.harness.transport.response_parser.NotHTTPError",
    "cartfuzz.harness.transport.tls._WantsPasswordError",
    "cartfuzz.harness.transport.troubles.ProxyError",
    "cartfuzz.harness.triage.minimise.trials.BoundHitError",
    "cartfuzz.oracle.model.raw_requests._Doubt",
    "cartfuzz.oracle.possible_states.TooManyStatesError",
    "cartfuzz.sandbox.calls.Refusal",
    "cartfuzz.wire.contract_profile.UntranslatableError",
}
"""Exceptions that are caught before a user meets them; a plugin may raise the last one."""


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)


@pytest.fixture(scope="module", autouse=True)
def all_modules() -> None:
    """Imports every module, so that every exception class exists."""
    for module in pkgutil.walk_packages(cartfuzz.__path__, "cartfuzz."):
        if not module.name.startswith("cartfuzz.suite") and not module.name.endswith("__main__"):
            try:
                importlib.import_module(module.name)
            except ModuleNotFoundError as error:
                # An extra that is not installed.
                assert not str(error.name).startswith("cartfuzz")  # noqa: PT017


def test_the_drawing_is_the_tree() -> None:
    """The docstring of the module draws each class below its base, and no other class."""
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r" {4}((?:[│├└─ ]{4})*)(\w+Error)\b", line)
        if match:
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            if depth:
                drawn[match[2]] = path[depth - 1]
    classes = {kind.__name__: kind for kind in _below(CartfuzzError)}
    assert set(drawn) == set(classes)
    for name, base in drawn.items():
        assert base in {kind.__name__ for kind in classes[name].__bases__}


def test_every_exception_of_the_project_is_in_the_tree_or_a_signal() -> None:
    """A new exception class that users can meet cannot be forgotten."""
    ours = {kind for kind in _below(Exception) if kind.__module__.startswith("cartfuzz.")}
    outside = {f"{kind.__module__}.{kind.__name__}" for kind in ours - set(_below(CartfuzzError))}
    assert outside - {"cartfuzz.contract.errors.CartfuzzError"} == _SIGNALS


def test_a_configuration_error_names_where_expected_and_found() -> None:
    """Its text is one line, and a place further out comes first."""
    error = ConfigurationError("target.rps", expected="a number above 0", found="0")
    assert str(error) == "target.rps: expected a number above 0, found 0"
    assert str(error.within("cartfuzz.toml")) == f"cartfuzz.toml: {error}"
    assert isinstance(error, ValueError)
