"""Keeps the plugin's state of one process, and answers the hooks and fixtures from it.

**Start-up.** pytest loads this plugin in every project of an environment in which Cartfuzz is
installed, so a run of pytest that asks for no target must not pay for it: Hypothesis, the engine
and what they import take most of a second. Therefore this module, the hooks, the fixtures and what
they import use pytest and the standard library only. Everything else is imported by
`cartfuzz.pytest_plugin.target_run`, and that one in a single place, `PluginState.target_run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from .markers import rules_of
from .options import SUITE, settings_of
from .process import SharedFolder, process_of
from .suite_modules import is_of_suite

if TYPE_CHECKING:
    from .client import Client
    from .target import Target
    from .target_run import TargetRun
    from .verdicts import Verdicts

_NEEDED_FILE = "needed"
"""In the shared folder: some worker has collected a test that needs a target."""
_SUITE_FILE = "suite"
"""In the shared folder: some worker has collected tests of the suite."""
_FIXTURES = frozenset(("cartfuzz_target", "cartfuzz_client", "cartfuzz_verdicts"))
"""The fixtures that need a target."""
_CACHE = "cartfuzz/shown"
"""In pytest's cache: rule to the IDs of scenarios that showed it broken, for ``--lf``."""


class PluginState:
    """What the plugin keeps in one process while pytest runs.

    Args:
        config: of this run of pytest.

    Attributes:
        settings: the options.
        process: this process among those of pytest-xdist.
        shared: the folder that all processes of the run share.
        client: the client of the tests of this process; None: no test has asked for it.

    Raises:
        pytest.UsageError: the value of an option is wrong.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.settings = settings_of(config)
        self.process = process_of(config)
        self.shared = SharedFolder(self.process.shared_folder)
        self.client: Client | None = None
        self._config = config
        self._items: Sequence[pytest.Item] = ()
        self._test = ""
        self._rules: frozenset[str] = frozenset()
        self._target_run: TargetRun | None = None

    @property
    def target_run(self) -> TargetRun:
        """All that takes more than pytest and the standard library; imported on first use."""
        if self._target_run is None:
            from .target_run import TargetRun  # noqa: PLC0415 - see the module's docstring

            self._target_run = TargetRun(self.settings, self.process, self.shared)
        return self._target_run

    def check_settings(self) -> None:
        """Checks the target and the files that the options name, before a test runs.

        Raises:
            pytest.UsageError: with the text for the user.
        """
        settings = self.settings
        named = (settings.url, settings.config, settings.contract, settings.faults)
        files = (settings.corpus, settings.baseline, settings.report)
        shown = (settings.log_file, settings.metrics_file, settings.metrics_port, settings.otel)
        if any((*named, *files, *shown, settings.sandbox)):
            self.target_run.check_settings()

    def header(self) -> list[str]:
        """One line where a target is named or the suite is asked for, else none; and one for each
        attribute for which hardly a value can be drawn."""
        settings = self.settings
        asked = any(SUITE in str(arg) for arg in self._config.args)
        named = (settings.url, settings.faults, settings.sandbox, settings.config)
        if not asked and not (any(named) and self.target_run.is_named):
            return []
        seed = f"seed {settings.seed}"
        if settings.fixed_seed:
            seed += " (the same in every run; --cartfuzz-seed random takes another one each time)"
        parts = [self.target_run.target_words, seed]
        if settings.config is None and (file := self.target_run.located.config):
            parts.append(f"configuration {file}")
        if settings.contract:
            parts.append(f"contract {settings.contract}")
        if settings.corpus:
            parts.append(f"corpus {settings.corpus}")
        if settings.baseline:
            parts.append(f"{len(self.target_run.baseline)} known failures")
        notes = self.target_run.attribute_notes()
        return [f"cartfuzz: {text}" for text in (", ".join(parts), *notes)]

    def add_items(self, items: Sequence[pytest.Item]) -> None:
        """Keeps the tests that are about to run; a worker reports that they need a target.

        Raises:
            pytest.UsageError: tests of the suite are among them, and no target is named. In a
                worker of pytest-xdist the controller raises it.
        """
        self._items = items
        is_suite = any(map(is_of_suite, items))
        if not self.process.is_worker:
            if is_suite and not self._config.option.collectonly:
                self.target_run.check_named()
            return
        if is_suite:
            (self.shared.path / _SUITE_FILE).touch()
        if any(map(_needs_target, items)):
            (self.shared.path / _NEEDED_FILE).touch()

    def open_target_if_needed(self) -> None:
        """In the controller of pytest-xdist: opens the target once some worker needs it.

        Raises:
            pytest.UsageError: workers have collected the suite, and no target is named.
        """
        if (self.shared.path / _SUITE_FILE).exists():
            self.target_run.check_named()
        if (self.shared.path / _NEEDED_FILE).exists():
            self.target_run.open_target()

    @property
    def chosen_rules(self) -> frozenset[str]:
        """The rules whose tests of the suite are about to run."""
        tests = (item for item in self._items if is_of_suite(item) and _has_parameter(item, "rule"))
        return frozenset(rule for item in tests for rule in rules_of(item))

    def begin_test(self, item: pytest.Item) -> None:
        """From now on the client fails the test for the rules that ``item`` is marked with."""
        self._test = item.nodeid
        self._rules = rules_of(item)
        if self.client is not None:
            self.client.begin(self._rules)

    def require_target(self) -> None:
        """Opens the target; ends the test that is running if it cannot be tested (any more)."""
        self.target_run.require_target(self._test)

    def prepare_test(self, item: pytest.Item) -> None:
        """Opens the target if ``item`` needs it, before any fixture does."""
        if _needs_target(item):
            self.require_target()
        if is_of_suite(item):
            self.target_run.require_judged(self._test)

    def settle_test(self) -> None:
        """Fails the test, whose function has returned, for what the client held back until now."""
        if self.client is not None:
            self.client.settle()

    def end_test(self) -> None:
        """Records what the client did in the test."""
        if self.client is not None:
            self.client.end()

    def open_client(self, target: Target) -> Client:
        """Opens the client for this test and those that follow in this process."""
        self.client = self.target_run.new_client(target)
        self.client.begin(self._rules)
        return self.client

    def verdicts(self, target: Target) -> Verdicts:
        """What the suite found, once all workers together have sent what its tests need."""
        cache = self._cache()
        shown: Mapping[str, Any] = cache.get(_CACHE, {}) if cache is not None else {}
        return self.target_run.verdicts(target, self._items, shown, test=self._test)

    def complete_report(self, report: pytest.TestReport, error: BaseException | None) -> None:
        """Gives a failed test a reason in one line, and shows what it had sent."""
        if self._target_run is not None and error is not None and report.failed:
            self._target_run.complete_report(report, error, self.client)

    def finish(self, *, interrupted: bool) -> None:
        """In the process that the user started: merges and reports what all workers recorded."""
        if self.process.is_worker or self._target_run is None:
            return
        shown = self._target_run.finish(interrupted=interrupted)
        cache = self._cache()
        if cache is not None and shown:
            cache.set(_CACHE, shown)

    @property
    def has_failed_judgements(self) -> bool:
        """Whether an error of Cartfuzz kept responses from being judged; known after `finish`."""
        return self._target_run is not None and self._target_run.has_failed_judgements

    def terminal_lines(self, verbosity: int, shown: str) -> Iterable[str]:
        """The lines of the terminal section; empty: nothing was sent.

        Args:
            verbosity: of pytest.
            shown: what the failed tests have printed.
        """
        if self._target_run is None:
            return ()
        return self._target_run.terminal_lines(verbosity, shown)

    def close(self) -> None:
        """Ends the sandbox and removes the shared folder; workers leave both to the controller."""
        if self.process.is_worker:
            return
        if self._target_run is not None:
            self._target_run.close()
        self.shared.remove()

    def _cache(self) -> pytest.Cache | None:
        """Pytest's cache; None where its plugin is switched off."""
        return getattr(self._config, "cache", None)


STATE = pytest.StashKey[PluginState]()


def state_of(config: pytest.Config) -> PluginState:
    """The plugin's state in this process."""
    return config.stash[STATE]


def _has_parameter(item: pytest.Item, name: str) -> bool:
    return name in getattr(getattr(item, "callspec", None), "params", ())


def _needs_target(item: pytest.Item) -> bool:
    return not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
