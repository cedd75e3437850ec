"""The pytest plugin: options, fixtures, a marker, a terminal section; works under pytest-xdist.

It is loaded wherever Cartfuzz is installed, so this module imports nothing that is slow to import;
`cartfuzz.pytest_plugin.state` gives the reason and the rule.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import cartfuzz_client, cartfuzz_environment, cartfuzz_target, cartfuzz_verdicts
from .markers import check_markers
from .moved_suite import rewrite_former_path
from .options import MARKERS, add_options
from .process import SEED_INPUT, SHARED_FOLDER_INPUT
from .state import STATE, PluginState, state_of
from .suite_modules import lift_time_limit, module_of_suite

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


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where pytest prints no header, names the target all the same."""
    config = session.config
    reporter: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.collectonly:
        return
    if config.get_verbosity() < 0 or config.option.no_header:
        for line in state_of(config).header():
            reporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collects the suite where the project names its own test files in another way."""
    collectors = yield
    module = None if collectors else module_of_suite(file_path, parent)
    return [module] if module is not None else collectors


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Collects the suite's functions whatever the project calls its own."""
    return module_of_suite(module_path, parent)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        lift_time_limit(item)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the hook of pytest-xdist, after which the controller begins."""
    state_of(session.config).add_items(session.items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    check_markers(item)
    state_of(item.config).prepare_test(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    state_of(item.config).complete_report(report, call.excinfo.value if call.excinfo else None)
    return report


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
    state = state_of(node.config)
    node.workerinput[SHARED_FOLDER_INPUT] = str(state.shared.path)
    if not state.settings.fixed_seed:
        node.workerinput[SEED_INPUT] = state.settings.seed


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:  # noqa: ARG001
    """In the controller of pytest-xdist: a worker knows its tests; none has begun."""
    state_of(node.config).open_target_if_needed()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    state = state_of(session.config)
    state.finish(interrupted=interrupted)
    if state.has_failed_judgements and exitstatus in (
        pytest.ExitCode.OK,
        pytest.ExitCode.TESTS_FAILED,
    ):
        # Responses that an error of Cartfuzz kept from being judged belong to no test.
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    """After pytest's own summary, so that the last line names the target."""
    yield
    reports = (*terminalreporter.getreports("failed"), *terminalreporter.getreports("error"))
    shown = "\n".join(report.longreprtext for report in reports)
    lines = list(state_of(config).terminal_lines(config.get_verbosity(), shown))
    if lines:
        terminalreporter.section("cartfuzz")
    for line in lines:
        terminalreporter.write_line(line)
