"""The pytest plugin: options, fixtures, a marker, a terminal section; workers of xdist included.

It is loaded wherever Cartfuzz is installed, so this module and what it imports at its top level
import nothing but pytest: everything else waits until a test asks for a target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from . import state
from .fixtures import cartfuzz_client, cartfuzz_environment, cartfuzz_target, cartfuzz_verdicts
from .options import MARKERS, add_options

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
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    profile = config.getoption(_HYPOTHESIS_PROFILE, None)
    if isinstance(profile, str) and profile.startswith("cartfuzz-"):
        from .profiles import register_profiles  # noqa: PLC0415 - imports Hypothesis

        register_profiles()
    state.open_desk(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    state.close_desk(config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return state.header(config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Before xdist's own hook, which lets the controller begin."""
    state.note_need(session.config, session.items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("cartfuzz"):
        rule = marker.kwargs.get("rule")
        if not isinstance(rule, str) or marker.args or len(marker.kwargs) != 1:
            pytest.fail(
                f"{item.nodeid}: expected @pytest.mark.cartfuzz(rule=RULE-ID), "
                f"found arguments {marker.args!r} and {marker.kwargs!r}",
                pytrace=False,
            )
        item.user_properties.append(("cartfuzz_rule", rule))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Tells the client, if there is one, which test asks."""
    state.begin_test(item)
    try:
        return (yield)
    finally:
        state.end_test(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fails a test that passed for what no further request of it can explain any more."""
    result = yield  # raises where the test failed: it keeps its own reason
    state.settle_test(item)
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: a worker is about to start."""
    node.workerinput["cartfuzz_shared"] = str(state.shared_folder(node.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:  # noqa: ARG001
    """xdist: a worker knows its tests; none has begun."""
    state.open_target_if_needed(node.config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    state.finish(session.config)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    state.write_section(config, terminalreporter)
