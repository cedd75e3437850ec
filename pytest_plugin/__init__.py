"""The pytest plugin: options, fixtures, a marker, a terminal section; works under pytest-xdist.

It is loaded wherever Cartfuzz is installed, so this module imports nothing that is slow to import;
`cartfuzz.pytest_plugin.state` gives the reason and the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import cartfuzz_client, cartfuzz_environment, cartfuzz_target, cartfuzz_verdicts
from .markers import check_markers
from .moved_suite import rewrite_former_path
from .options import MARKERS, add_options
from .process import SHARED_FOLDER_INPUT
from .state import STATE, PluginState, state_of

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

__all__ = [
    "cartfuzz_client",
    "cartfuzz_environment",
    "cartfuzz_target",
    "cartfuzz_verdicts",
]

_HYPOTHESIS_PROFILE = "--hypothesis-profile"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Hypothesis' own hook, which loads the profile that the user names."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    profile = config.getoption(_HYPOTHESIS_PROFILE, None)
    if isinstance(profile, str) and profile.startswith("cartfuzz-"):
        from .profiles import register_profiles  # noqa: PLC0415 - imports Hypothesis, see state.py

        register_profiles()
    rewrite_former_path(config)
    state = config.stash[STATE] = PluginState(config)
    state.check_settings()


def pytest_unconfigure(config: pytest.Config) -> None:
    # There is no state if an option was wrong.
    state = config.stash.get(STATE, None)
    if state is not None:
        state.close()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return state_of(config).header()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the hook of pytest-xdist, after which the controller begins."""
    state_of(session.config).add_items(session.items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    check_markers(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Assigns what the client sends to the test that is running."""
    state = state_of(item.config)
    state.begin_test(item)
    try:
        return (yield)
    finally:
        state.end_test()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fails a test that passed for what no further request of it can explain any more."""
    result = yield  # raises where the test failed: it keeps its own reason
    state_of(item.config).settle_test()
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In the controller of pytest-xdist: a worker is about to start."""
    node.workerinput[SHARED_FOLDER_INPUT] = str(state_of(node.config).shared.path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:  # noqa: ARG001
    """In the controller of pytest-xdist: a worker knows its tests; none has begun."""
    state_of(node.config).open_target_if_needed()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    state_of(session.config).finish()


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    lines = list(state_of(config).terminal_lines(config.get_verbosity()))
    if lines:
        terminalreporter.section("cartfuzz")
    for line in lines:
        terminalreporter.write_line(line)
